#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

FeatureMatrix degree_probabilities(const ProbeTask& task) {
  return find_probe(kLinearProbe).probabilities(task);
}

}  // namespace

extern const ProbeEntry degree;
constinit const ProbeEntry degree = {
    .id = "degree",
    .title = "The linear probe on a person's degrees in train: what activity alone tells",
    .source = "this project",
    .pitfalls =
        "Sees no embedding: what it reads is a property of the data, and no system can hide it.",
    .features = ProbeFeatures::kDegree,
    .baseline = true,
    .probabilities = &degree_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
