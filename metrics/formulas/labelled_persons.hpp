#pragma once

#include <cstdint>
#include <vector>

#include "datasets/dataset.hpp"

namespace kgaudit::metrics {

/// Persons with exactly one usable value, and what was left out.
struct LabelledPersons {
  std::vector<EntityId> persons;
  std::vector<std::uint32_t> labels;   ///< 0 = the most frequent value
  std::vector<std::uint32_t> values;   ///< per label: value index in the attribute
  std::uint64_t with_many_values = 0;  ///< dropped: more than one value
  std::uint64_t in_small_groups = 0;   ///< dropped: their value has too few persons
  std::uint64_t over_the_cap = 0;      ///< left out of the seeded subset
};

/// Those whose value is stated in train: at most `max_persons`, a seeded subset of more, and then
/// the values that `min_group` of them have.
[[nodiscard]] LabelledPersons stated_persons(const datasets::PersonAttribute& attribute,
                                             std::uint64_t seed, std::size_t max_persons,
                                             std::size_t min_group);

/// Those whose only value is stated in valid or test, so that the embedding never saw the answer.
/// Labels and values are those of `stated`.
[[nodiscard]] LabelledPersons held_out_persons(const datasets::Dataset& data,
                                               const datasets::PersonAttribute& attribute,
                                               const LabelledPersons& stated);

}  // namespace kgaudit::metrics
