#include "metrics/formulas/grouped_rows.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace kgaudit::metrics {

using Eigen::Index;

std::vector<std::uint32_t> GroupedRows::compared() const {
  if (groups() == 2) return {1};
  std::vector<std::uint32_t> all;
  for (std::uint32_t g = 0; g < groups(); ++g) all.push_back(g);
  return all;
}

std::vector<bool> GroupedRows::members(std::uint32_t group) const {
  std::vector<bool> result;
  for (const std::uint32_t label : persons.labels) result.push_back(label == group);
  return result;
}

GroupedRows grouped_rows(const AttributeTask& task, RowScaling scaling) {
  const std::size_t min_group = task.parameters.count("min_group");
  GroupedRows result;
  result.persons = stated_persons(task.attribute, task.parameters.count("max_persons"), min_group);
  if (result.groups() < 2) {
    result.missing = fmt::format("{} value(s) with at least min_group = {} persons: groups need 2",
                                 result.groups(), min_group);
    return result;
  }
  LabelledPersons& persons = result.persons;
  result.rows.resize(static_cast<Index>(persons.persons.size()),
                     static_cast<Index>(task.context.scorer.dimension()));
  std::vector<std::uint64_t> sizes(result.groups(), 0);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < persons.persons.size(); ++i) {
    const auto row = task.context.scorer.entity_row(persons.persons[i]);
    const auto target = result.rows.row(static_cast<Index>(kept));
    std::copy(row.begin(), row.end(), result.rows.row(static_cast<Index>(kept)).data());
    const double length = target.norm();
    if (!std::isfinite(length)) {
      result.missing = "an entity row holds a value that is not finite";
      return result;
    }
    if (scaling == RowScaling::kUnitLength && length == 0.0) {
      ++result.zero_rows;
      continue;
    }
    persons.persons[kept] = persons.persons[i];
    persons.labels[kept] = persons.labels[i];
    ++sizes[persons.labels[kept]];
    ++kept;
  }
  persons.persons.resize(kept);
  persons.labels.resize(kept);
  result.rows.conservativeResize(static_cast<Index>(kept), Eigen::NoChange);
  if (std::ranges::any_of(sizes, [&](std::uint64_t n) { return n < min_group; })) {
    result.missing = fmt::format("rows of 0 leave a group with fewer than {} persons", min_group);
    return result;
  }
  if (scaling == RowScaling::kUnitLength) {
    result.rows.rowwise().normalize();
  } else {
    const Eigen::RowVectorXd mean = result.rows.colwise().mean();
    result.rows.rowwise() -= mean;
  }
  return result;
}

void add_group_counts(AttributeTask& task, const GroupedRows& grouped) {
  const auto count = [&](std::string_view name, std::uint64_t value, const char* unit) {
    task.facts.add(
        name, Measurement::of(static_cast<double>(value), value, unit, Direction::kDescriptive));
  };
  count("persons", grouped.persons.persons.size(), "persons");
  count("groups", grouped.groups(), "values");
  count("dropped_many_values", grouped.persons.with_many_values, "persons");
  count("dropped_small_groups", grouped.persons.in_small_groups, "persons");
  count("dropped_over_max_persons", grouped.persons.over_the_cap, "persons");
  count("dropped_zero_rows", grouped.zero_rows, "persons");
}

ParameterSpec min_group_parameter() {
  return ParameterSpec::integer("min_group", 10, 2, 1000000, "persons",
                                "Values with fewer persons are dropped with their persons");
}

ParameterSpec max_persons_parameter(std::int64_t most) {
  return ParameterSpec::integer("max_persons", most, 100, 10000000, "persons",
                                "An attribute with more persons is measured on a seeded subset");
}

double shuffles_p(double observed, const std::vector<double>& shuffled) {
  const double least = observed - 1e-12 * (1.0 + std::abs(observed));
  const auto as_large = std::ranges::count_if(shuffled, [&](double x) { return x >= least; });
  return (1.0 + static_cast<double>(as_large)) / (1.0 + static_cast<double>(shuffled.size()));
}

}  // namespace kgaudit::metrics
