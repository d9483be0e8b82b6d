#include "metrics/formulas/mlp.hpp"

#include <vector>

#include "metrics/formulas/logistic.hpp"
#include "metrics/formulas/probe_quality.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;

TEST_CASE("The MLP learns what no linear probe can: exclusive or", "[metrics][leakage]") {
  Rng rng(5, "xor");
  FeatureMatrix x(600, 2);
  std::vector<std::uint32_t> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x(i, 0) = static_cast<float>(rng.normal());
    x(i, 1) = static_cast<float>(rng.normal());
    y.push_back((x(i, 0) > 0) != (x(i, 1) > 0) ? 1 : 0);
  }
  metrics::MlpOptions options;
  options.epochs = 40;
  const auto mlp =
      metrics::probe_quality(metrics::mlp_probabilities(x, y, 2, x, options, Rng(1, "mlp")), y, 2);
  const auto linear = metrics::probe_quality(metrics::logistic_probabilities(x, y, 2, x, {}), y, 2);
  CHECK(mlp.accuracy > 0.95);
  CHECK(linear.accuracy < 0.65);
}

TEST_CASE("The MLP that stops early learns the exclusive or as well, and keeps its best weights",
          "[metrics][leakage]") {
  Rng rng(5, "xor");
  FeatureMatrix x(600, 2);
  std::vector<std::uint32_t> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x(i, 0) = static_cast<float>(rng.normal());
    x(i, 1) = static_cast<float>(rng.normal());
    y.push_back((x(i, 0) > 0) != (x(i, 1) > 0) ? 1 : 0);
  }
  metrics::MlpOptions options;
  options.epochs = 200;
  options.judge_one_in = 7;
  const auto p = metrics::mlp_probabilities(x, y, 2, x, options, Rng(1, "mlp"));
  CHECK(metrics::probe_quality(p, y, 2).accuracy > 0.93);
  CHECK(p == metrics::mlp_probabilities(x, y, 2, x, options, Rng(1, "mlp")));
}

TEST_CASE("The MLP of labels that nothing tells ends with the weights of an early epoch",
          "[metrics][leakage]") {
  Rng rng(5, "noise");
  FeatureMatrix x(300, 2);
  std::vector<std::uint32_t> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x(i, 0) = static_cast<float>(rng.normal());
    x(i, 1) = static_cast<float>(rng.normal());
    y.push_back(rng.below(2));
  }
  metrics::MlpOptions options;
  options.judge_one_in = 7;
  options.patience = 1000;
  const auto trained_for = [&](int epochs) {
    options.epochs = epochs;
    return metrics::mlp_probabilities(x, y, 2, x, options, Rng(1, "mlp"));
  };
  const auto kept = trained_for(120);
  int same = 1;
  while (same < 40 && trained_for(same) != kept) ++same;
  CHECK(same < 40);
}
