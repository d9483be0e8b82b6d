#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "datasets/attribute_table.hpp"

namespace kgaudit::metrics {

/// The two most frequent values of an attribute in train: a = index 0 (male in FB15k-237), b =
/// index 1. Binary metrics speak of these two whatever the attribute; whoever has neither or both
/// is left out. Nothing when fewer than two values are stated.
struct ValuePair {
  std::uint32_t a = 0;
  std::uint32_t b = 1;
};
[[nodiscard]] std::optional<ValuePair> two_most_frequent(
    const datasets::PersonAttribute& attribute);

/// 0 when the person's train values hold a and not b, 1 for b and not a, nothing otherwise.
[[nodiscard]] std::optional<std::uint32_t> side_of(const datasets::PersonAttribute& attribute,
                                                   const ValuePair& pair, EntityId person);

/// How many persons of either value have each profession in train.
struct ProfessionCounts {
  std::vector<std::array<std::uint32_t, 2>> of_profession;  ///< per profession value index
  std::array<std::uint32_t, 2> persons{};  ///< persons with a profession, by side: |M|, |F|
};
[[nodiscard]] ProfessionCounts count_professions(const datasets::PersonAttribute& profession,
                                                 const datasets::PersonAttribute& attribute,
                                                 const ValuePair& pair);

/// log((a + 1) / (b + 1)) of a profession's counts, one added to each so that it is always finite;
/// positive = more persons of value a.
[[nodiscard]] double log_ratio(const std::array<std::uint32_t, 2>& of_profession);

/// theta(o) = |A_o| / |A| - |B_o| / |B|, in [-1, 1]; positive = leaning to value a (Bourli &
/// Pitoura 2020). Nothing when nobody of one value has a profession.
[[nodiscard]] std::optional<double> data_bias(const ProfessionCounts& counts,
                                              std::size_t profession);

}  // namespace kgaudit::metrics
