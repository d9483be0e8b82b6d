#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// What the probes read from the rows of an embedding.
struct ProbedRows {
  std::string name;  ///< "as read", "inlp [a]"
  /// Attribute and probe -> accuracy on persons whose value train states.
  std::map<std::pair<std::string, std::string>, Measurement> accuracies;
};

/// The accuracies of the linear and the MLP probe of each attribute, below a row of majority
/// guesses. The first of `rows` are those before erasing; their attributes are the columns.
[[nodiscard]] Table erasing_table(std::span<const ProbedRows> rows, std::string caption);

}  // namespace kgaudit::reports
