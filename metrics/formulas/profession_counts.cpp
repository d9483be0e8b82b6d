#include "metrics/formulas/profession_counts.hpp"

#include <algorithm>

#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics {

std::optional<ValuePair> two_most_frequent(const datasets::PersonAttribute& attribute) {
  const auto counts = attribute.train_counts();
  if (counts.size() < 2 || counts[1] == 0) return std::nullopt;
  return ValuePair{0, 1};
}

std::optional<std::uint32_t> side_of(const datasets::PersonAttribute& attribute,
                                     const ValuePair& pair, EntityId person) {
  const auto values = attribute.train_values(person);
  const bool has_a = std::binary_search(values.begin(), values.end(), pair.a);
  const bool has_b = std::binary_search(values.begin(), values.end(), pair.b);
  if (has_a == has_b) return std::nullopt;
  return has_a ? 0U : 1U;
}

ProfessionCounts count_professions(const datasets::PersonAttribute& profession,
                                   const datasets::PersonAttribute& attribute,
                                   const ValuePair& pair) {
  ProfessionCounts counts;
  counts.of_profession.resize(profession.values().size(), {0U, 0U});
  for (const EntityId person : profession.train_persons()) {
    const auto side = side_of(attribute, pair, person);
    if (!side) continue;
    ++counts.persons[*side];
    for (const std::uint32_t o : profession.train_values(person)) {
      ++counts.of_profession[o][*side];
    }
  }
  return counts;
}

double log_ratio(const std::array<std::uint32_t, 2>& of_profession) {
  return portable::log((static_cast<double>(of_profession[0]) + 1.0) /
                       (static_cast<double>(of_profession[1]) + 1.0));
}

std::optional<double> data_bias(const ProfessionCounts& counts, std::size_t profession) {
  if (counts.persons[0] == 0 || counts.persons[1] == 0) return std::nullopt;
  const auto& of = counts.of_profession[profession];
  return static_cast<double>(of[0]) / static_cast<double>(counts.persons[0]) -
         static_cast<double>(of[1]) / static_cast<double>(counts.persons[1]);
}

}  // namespace kgaudit::metrics
