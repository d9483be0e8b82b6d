#include "metrics/formulas/ridge.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix answers_probabilities(const ProbeTask& task) {
  return ridge_probabilities(task.train.numbers, task.labels, task.classes, task.test.numbers,
                             task.rng);
}

}  // namespace

extern const ProbeEntry answers;
constinit const ProbeEntry answers = {
    .id = "answers",
    .title = "A linear classifier on the model's own answers about a person",
    .source = "this project; ridge regression on one-hot labels",
    .pitfalls =
        "Needs the model and no row: it asks for the relations that most triples of persons have, "
        "without those that state the attribute or may use it.",
    .features = ProbeFeatures::kAnswers,
    .panel = true,
    .slow = true,
    .probabilities = &answers_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
