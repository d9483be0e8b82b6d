#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/association.hpp"
#include "metrics/formulas/labelled_persons.hpp"

namespace kgaudit::metrics {

/// The rows of persons who have one value each, in groups that are large enough.
struct GroupedRows {
  LabelledPersons persons;
  RowMatrix rows;               ///< one a person, without attribute vectors
  std::uint64_t zero_rows = 0;  ///< persons left out because their row is 0
  std::string missing;          ///< why there is nothing to compare; empty if there is

  [[nodiscard]] std::uint32_t groups() const {
    return static_cast<std::uint32_t>(persons.values.size());
  }
  /// Labels of the groups that are compared with all others: all of them; of two, the rarer one,
  /// because the other gives the same figures.
  [[nodiscard]] std::vector<std::uint32_t> compared() const;
  /// Per person: whether the label is `group`.
  [[nodiscard]] std::vector<bool> members(std::uint32_t group) const;
};

enum class RowScaling : std::uint8_t {
  kCentred,    ///< moved so that the mean row is 0
  kUnitLength  ///< each at length 1; rows of 0 are left out and counted
};

/// By the parameters "min_group" and "max_persons" (stated_persons).
[[nodiscard]] GroupedRows grouped_rows(const AttributeTask& task, RowScaling scaling);

/// The facts persons, groups and what was left out.
void add_group_counts(AttributeTask& task, const GroupedRows& grouped);

/// The parameters min_group and max_persons, for tables of row measures.
[[nodiscard]] ParameterSpec min_group_parameter();
[[nodiscard]] ParameterSpec max_persons_parameter(std::int64_t most);

/// (1 + how many shuffles reach the observed value) / (1 + shuffles); sums in another order may
/// differ in their last bits.
[[nodiscard]] double shuffles_p(double observed, const std::vector<double>& shuffled);

}  // namespace kgaudit::metrics
