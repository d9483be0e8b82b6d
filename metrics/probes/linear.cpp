#include "metrics/formulas/logistic.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix linear_probabilities(const ProbeTask& task) {
  LogisticOptions options;
  options.l2 = task.parameters.real("l2");
  return logistic_probabilities(task.train.numbers, task.labels, task.classes, task.test.numbers,
                                options);
}

}  // namespace

extern const ProbeEntry linear;
constinit const ProbeEntry linear = {
    .id = kLinearProbe,
    .title = "Multinomial logistic regression with an L2 penalty on a person's row",
    .source = "Nocedal & Wright 2006, algorithm 7.5 (L-BFGS)",
    .pitfalls = "Finds only what a hyperplane separates: what it misses, an MLP may still read.",
    .panel = true,
    .probabilities = &linear_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
