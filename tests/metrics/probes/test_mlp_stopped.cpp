#include <vector>

#include "metrics/formulas/mlp.hpp"
#include "metrics/formulas/probe_quality.hpp"
#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using metrics::PersonFeatures;

TEST_CASE("An MLP that stops early is no surer than it may be, where one that goes on is",
          "[metrics][leakage][mlp-stopped]") {
  // 40 features of noise and labels of a coin: everything that is learnt is wrong.
  Rng rng(7, "noise");
  const auto drawn = [&](Eigen::Index rows) {
    PersonFeatures x;
    x.numbers.resize(rows, 40);
    for (Eigen::Index i = 0; i < x.numbers.size(); ++i) {
      x.numbers.data()[i] = static_cast<float>(rng.normal());
    }
    return x;
  };
  const PersonFeatures train = drawn(300);
  const PersonFeatures test = drawn(300);
  std::vector<std::uint32_t> y;
  std::vector<std::uint32_t> truth;
  for (int i = 0; i < 300; ++i) {
    y.push_back(rng.below(2));
    truth.push_back(rng.below(2));
  }
  const Parameters parameters(metrics::find_metric("leakage").parameters());
  const auto entropy = [&](std::string_view id) {
    const FeatureMatrix p =
        metrics::find_probe(id).probabilities({train, y, 2, test, parameters, Rng(1, "probe")});
    double sum = 0.0;
    for (const double bits : metrics::probe_quality(p, truth, 2).cross_entropy) sum += bits;
    return sum / 300.0;
  };
  CHECK(entropy("mlp-stopped") < 1.1);
  CHECK(entropy("mlp") > 1.2);
}
