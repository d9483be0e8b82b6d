#include <cstdint>

#include "metrics/formulas/kernel_features.hpp"
#include "metrics/formulas/ridge.hpp"
#include "metrics/probe.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

/// Apart from the draws of the ridge regression; no fold has this number.
constexpr std::uint64_t kFeatureStream = std::uint64_t{1} << 32U;

FeatureMatrix rbf_probabilities(const ProbeTask& task) {
  const MappedRows mapped =
      kernel_features(task.train.numbers, task.test.numbers, task.parameters.count("rbf_persons"),
                      task.rng.at(kFeatureStream));
  return ridge_probabilities(mapped.train, task.labels, task.classes, mapped.test, task.rng);
}

}  // namespace

extern const ProbeEntry rbf;
constinit const ProbeEntry rbf = {
    .id = "rbf",
    .title =
        "A classifier with a Gaussian kernel on a person's row, by the kernel with some random "
        "persons",
    .source = "Williams & Seeger 2001 (Nystroem method); ridge regression on one-hot labels",
    .pitfalls =
        "Finds what lies in the rows' shape and not only in their direction. It approximates the "
        "kernel with all persons, the better the more it draws.",
    .panel = true,
    .slow = true,
    .probabilities = &rbf_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
