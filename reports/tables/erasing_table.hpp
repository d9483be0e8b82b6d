#pragma once

#include <map>
#include <span>
#include <string>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// What the strongest probe reads from the rows of an embedding, by attribute, of persons whose
/// value is known.
struct ProbedRows {
  std::string name;                             ///< "as read", "inlp [a]"
  std::map<std::string, Measurement> auc;       ///< .5 is a guess
  std::map<std::string, Measurement> balanced;  ///< balanced accuracy less chance
};

/// Both figures of each attribute, a row for each of `rows`. The first are those before erasing;
/// their attributes are the columns.
[[nodiscard]] Table erasing_table(std::span<const ProbedRows> rows, std::string caption);

}  // namespace kgaudit::reports
