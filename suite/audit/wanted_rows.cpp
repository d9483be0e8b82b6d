#include "suite/audit/wanted_rows.hpp"

#include <algorithm>

namespace kgaudit::run {

WantedRows::WantedRows(const datasets::PeopleTable& people, const datasets::MatchOptions& matching,
                       std::span<const std::string> entities)
    : people_(people.names, matching), entities_(entities) {
  for (const datasets::PeopleColumn& column : people.columns) {
    values_.insert(column.values.begin(), column.values.end());
  }
}

bool WantedRows::add(std::string_view name) {
  const std::uint64_t row = seen_++;
  // Each matcher has to see every row, wanted for another reason or not.
  const bool of_person = people_.add_row(name);
  const bool of_entity = entities_.add_row(name);
  if (!of_person && !of_entity && !values_.contains(std::string(name))) return false;
  kept_.push_back(row);
  return true;
}

datasets::NameMatches WantedRows::among_kept(datasets::NameMatches matches) const {
  const auto place = [this](std::uint32_t row) {
    const auto at = std::lower_bound(kept_.begin(), kept_.end(), std::uint64_t{row});
    return static_cast<std::uint32_t>(at - kept_.begin());
  };
  for (auto& row : matches.row_of) {
    if (row) row = place(*row);
  }
  for (datasets::AmbiguousName& name : matches.ambiguous) {
    std::transform(name.rows.begin(), name.rows.end(), name.rows.begin(), place);
  }
  return matches;
}

}  // namespace kgaudit::run
