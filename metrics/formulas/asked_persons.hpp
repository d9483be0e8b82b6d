#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/dataset.hpp"

namespace kgaudit::metrics {

/// Persons with known values of one attribute, of whom a measure asks something.
struct AskedPersons {
  struct Values {
    std::vector<std::uint32_t> own;    ///< value indices that the person is asked about, ascending
    std::vector<std::uint32_t> known;  ///< all that are true of the person: never a wrong answer
  };
  std::vector<EntityId> persons;  ///< ascending
  std::vector<Values> values;     ///< aligned with `persons`

  [[nodiscard]] std::size_t size() const { return persons.size(); }
};

/// Persons whose value train states: `own` = those of train, `known` = those of train, valid and
/// test.
[[nodiscard]] AskedPersons stated_in_train(const datasets::PersonAttribute& attribute);

/// Persons whose value training did not see: the hidden ones where the data hide some
/// (datasets/hidden_persons.hpp), else those whose value stands in valid or test only. `own` and
/// `known` are the same.
[[nodiscard]] AskedPersons unseen_in_train(const datasets::Dataset& data,
                                           const datasets::PersonAttribute& attribute);

}  // namespace kgaudit::metrics
