#include "metrics/formulas/mlp.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix mlp_stopped_probabilities(const ProbeTask& task) {
  MlpOptions options;
  options.epochs = static_cast<int>(task.parameters.integer("mlp_most_epochs"));
  options.weight_decay = task.parameters.real("mlp_weight_decay");
  options.learning_rate = 3e-3;
  options.output_scale = 0.1;
  options.judge_one_in = 7;
  options.patience = 3;
  return mlp_probabilities(task.train.numbers, task.labels, task.classes, task.test.numbers,
                           options, task.rng);
}

}  // namespace

extern const ProbeEntry mlp_stopped;
constinit const ProbeEntry mlp_stopped = {
    .id = "mlp-stopped",
    .title =
        "A network of 300 ReLU units with weight decay, stopped where it is best on a seventh "
        "of its training persons",
    .source = "Fisher et al. 2020, section 4.3, for the shape; Prechelt 1998 (early stopping)",
    .pitfalls = "Learns from six sevenths of the persons only, and depends on the seed.",
    .panel = true,
    .slow = true,
    .probabilities = &mlp_stopped_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
