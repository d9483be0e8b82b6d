#include "metrics/probe.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics::probes_roster {
namespace {

/// The class shares of the labels, repeated: it sees no features.
FeatureMatrix majority_probabilities(const ProbeTask& task) {
  KGA_REQUIRE(!task.labels.empty(), "no labels");
  Eigen::RowVectorXf shares = Eigen::RowVectorXf::Zero(static_cast<Eigen::Index>(task.classes));
  for (const std::uint32_t label : task.labels) shares(static_cast<Eigen::Index>(label)) += 1.0F;
  shares /= static_cast<float>(task.labels.size());
  return shares.replicate(static_cast<Eigen::Index>(task.test.rows()), 1);
}

}  // namespace

extern const ProbeEntry majority;
constinit const ProbeEntry majority = {
    .id = kMajorityProbe,
    .title = "The class shares of the persons it was fitted on, for everybody",
    .source = "this project",
    .pitfalls =
        "High where one value is common: compare the other probes with it, not with 0 or with "
        "equal shares.",
    .features = ProbeFeatures::kDegree,
    .baseline = true,
    .probabilities = &majority_probabilities,
};

}  // namespace kgaudit::metrics::probes_roster
