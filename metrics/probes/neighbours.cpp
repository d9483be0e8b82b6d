#include "metrics/formulas/ridge.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix neighbours_probabilities(const ProbeTask& task) {
  return ridge_probabilities(task.train.numbers, task.labels, task.classes, task.test.numbers,
                             task.rng);
}

}  // namespace

extern const ProbeEntry neighbours;
constinit const ProbeEntry neighbours = {
    .id = "neighbours",
    .title = "A linear classifier on a person's row and the mean row of the neighbours in train",
    .source = "this project; ridge regression on one-hot labels",
    .pitfalls =
        "Needs the graph beside the rows: compare with the probe graph, which needs the graph "
        "alone.",
    .features = ProbeFeatures::kRowAndNeighbours,
    .probabilities = &neighbours_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
