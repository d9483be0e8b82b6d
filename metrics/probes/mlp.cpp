#include "metrics/formulas/mlp.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix mlp_probabilities(const ProbeTask& task) {
  MlpOptions options;
  options.epochs = static_cast<int>(task.parameters.integer("mlp_epochs"));
  return mlp_probabilities(task.train.numbers, task.labels, task.classes, task.test.numbers,
                           options, task.rng);
}

}  // namespace

extern const ProbeEntry mlp;
constinit const ProbeEntry mlp = {
    .id = "mlp",
    .title = "A network of 300 ReLU units on a person's row",
    .source = "Fisher et al. 2020, section 4.3",
    .pitfalls =
        "Its training is short and depends on the seed, so its accuracy is a lower bound on what a "
        "row reveals.",
    .slow = true,
    .probabilities = &mlp_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
