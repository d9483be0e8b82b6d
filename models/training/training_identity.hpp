#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "datasets/dataset.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::models {

/// One line that says which training a checkpoint belongs to: the system, the seed, and digests of
/// the graph, of what its card says of persons, and of all parameters. The graph's own digest does
/// not cover the card, which decides what systems do.
[[nodiscard]] std::string training_identity(std::string_view system, std::uint64_t seed,
                                            const datasets::Dataset& data,
                                            const Parameters& training,
                                            const Parameters& system_parameters);

}  // namespace kgaudit::models
