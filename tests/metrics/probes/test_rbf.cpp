#include <vector>

#include "metrics/formulas/probe_quality.hpp"
#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::PersonFeatures;
using metrics::ProbeQuality;

namespace {

/// Persons whose class is the exclusive or of the signs of two of eight features, or a coin's.
struct XorSample {
  PersonFeatures features;
  std::vector<std::uint32_t> labels;

  XorSample(std::uint64_t seed, bool planted) {
    Rng rng(seed, "xor");
    features.numbers.resize(1500, 8);
    for (Eigen::Index i = 0; i < features.numbers.rows(); ++i) {
      for (Eigen::Index k = 0; k < 8; ++k) {
        features.numbers(i, k) = static_cast<float>(rng.normal());
      }
      const bool coin = rng.uniform() < 0.5;
      const bool differ = (features.numbers(i, 0) > 0) != (features.numbers(i, 1) > 0);
      labels.push_back((planted ? differ : coin) ? 1 : 0);
    }
  }
};

ProbeQuality read_by(std::string_view id, bool planted) {
  const XorSample train(1, planted);
  const XorSample test(2, planted);
  const Parameters parameters(metrics::find_metric("leakage").parameters());
  return metrics::probe_quality(
      metrics::find_probe(id).probabilities(
          {train.features, train.labels, 2, test.features, parameters, Rng(3, "probe")}),
      test.labels, 2);
}

}  // namespace

TEST_CASE("The probes rbf and mlp-stopped read an exclusive or, which linear does not see",
          "[metrics][leakage][rbf]") {
  CHECK(*read_by("rbf", true).auc > 0.9);
  CHECK(*read_by("mlp-stopped", true).auc > 0.9);
  CHECK(std::abs(*read_by("linear", true).auc - 0.5) < 0.06);
}

TEST_CASE("On labels that a coin gave no probe of the panel finds anything",
          "[metrics][leakage][rbf]") {
  for (const std::string_view id : {"linear", "rbf", "mlp-stopped"}) {
    CAPTURE(id);
    // 1,500 persons: a standard error of .015.
    CHECK(std::abs(*read_by(id, false).auc - 0.5) < 0.06);
  }
}
