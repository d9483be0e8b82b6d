#include "metrics/formulas/seeded_subset.hpp"

#include <algorithm>
#include <span>

#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

std::vector<EntityId> seeded_subset(std::vector<EntityId> persons, std::size_t most,
                                    std::uint64_t seed, std::string_view stream) {
  if (persons.size() <= most) return persons;
  Rng(seed, stream).shuffle(std::span<EntityId>(persons));
  persons.resize(most);
  std::sort(persons.begin(), persons.end());
  return persons;
}

}  // namespace kgaudit::metrics
