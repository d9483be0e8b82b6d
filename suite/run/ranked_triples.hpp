#pragma once

#include <cstdint>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/knowledge_graph.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::run {

// Which triples of a graph are ranked. `evaluation` is the plan's table of that name. A sample is
// drawn once: it is the same for every system, seed and run.

/// What early stopping ranks: the validation triples or a sample of them, without those of
/// sensitive relations, which a debiased system is meant to lose.
[[nodiscard]] std::vector<datasets::Triple> validation_triples(const datasets::Dataset& data,
                                                               const Parameters& evaluation);

/// The places in the test set that are ranked, ascending: all or a sample.
[[nodiscard]] std::vector<std::uint32_t> test_places(const datasets::KnowledgeGraph& graph,
                                                     const Parameters& evaluation);

}  // namespace kgaudit::run
