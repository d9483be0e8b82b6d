#include "metrics/formulas/logistic.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix graph_probabilities(const ProbeTask& task) {
  LogisticOptions options;
  options.l2 = 3.0;
  return logistic_probabilities(task.train.links, task.labels, task.classes, task.test.links,
                                options);
}

}  // namespace

extern const ProbeEntry graph;
constinit const ProbeEntry graph = {
    .id = "graph",
    .title =
        "A linear classifier on the names of a person's neighbours: what the graph alone tells",
    .source = "this project; Nocedal & Wright 2006, algorithm 7.5 (L-BFGS)",
    .pitfalls =
        "Sees no embedding: what it reads stands in the other facts, and hiding it means to lose "
        "or to change what they say.",
    .features = ProbeFeatures::kLinks,
    .baseline = true,
    .slow = true,
    .probabilities = &graph_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
