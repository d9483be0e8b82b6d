#pragma once

#include <cstddef>
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

/// Those whose value is stated in train: at most `max_persons` (of more, a subset that is drawn
/// once and is the same for every training seed, so that seeds can be compared person by person),
/// and then the values that `min_group` of them have.
[[nodiscard]] LabelledPersons stated_persons(const datasets::PersonAttribute& attribute,
                                             std::size_t max_persons, std::size_t min_group);

/// Those with one value that training did not see, see unseen_in_train. Labels and values are those
/// of `stated`.
[[nodiscard]] LabelledPersons held_out_persons(const datasets::Dataset& data,
                                               const datasets::PersonAttribute& attribute,
                                               const LabelledPersons& stated);

}  // namespace kgaudit::metrics
