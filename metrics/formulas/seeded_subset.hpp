#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "suite/base/ids.hpp"

namespace kgaudit::metrics {

/// `persons`, or `most` of them drawn from the stream when there are more; those in ascending
/// order.
[[nodiscard]] std::vector<EntityId> seeded_subset(std::vector<EntityId> persons, std::size_t most,
                                                  std::uint64_t seed, std::string_view stream);

}  // namespace kgaudit::metrics
