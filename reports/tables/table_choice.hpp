#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// A part of the comparison. What is empty is not narrowed.
struct TableChoice {
  std::vector<std::string> columns;     ///< names of `comparison_columns`, or "paper" or "full"
  std::vector<std::string> systems;     ///< "kl+attr" with all its rows, or one: "kl+attr [rows]"
  std::vector<std::string> attributes;  ///< "gender"

  [[nodiscard]] bool any() const {
    return !columns.empty() || !systems.empty() || !attributes.empty();
  }
  /// Whether single columns are named, which may be some that the comparison does not show.
  [[nodiscard]] bool names_columns() const;
};

/// The columns of the comparison by name: "mrr_others", "leakage" (one for each attribute) ...
[[nodiscard]] std::vector<std::string_view> comparison_columns();

/// The comparison of a record, or the part of it that is chosen, with columns that it shows only
/// when they are named. Throws as chosen_part.
[[nodiscard]] Table chosen_comparison(const RunRecord& record, const TableChoice& choice,
                                      Spread spread = Spread::kSd);

/// The chosen columns and rows in the order of the table; the reference row stays. Throws
/// InputError (usage) for a column, system or attribute that the table does not have.
[[nodiscard]] Table chosen_part(const Table& comparison, const TableChoice& choice);

/// The same for a terminal or a paper: its columns, or all where the record is too old to have
/// them.
[[nodiscard]] Table short_comparison(const Table& comparison);

}  // namespace kgaudit::reports
