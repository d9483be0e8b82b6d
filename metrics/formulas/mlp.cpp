#include "metrics/formulas/mlp.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;

/// One matrix or bias row with its Adam state.
struct Layer {
  FeatureMatrix weights;
  FeatureMatrix first_moment;
  FeatureMatrix second_moment;

  Layer(Index rows, Index cols, double deviation, Rng& rng)
      : weights(rows, cols),
        first_moment(FeatureMatrix::Zero(rows, cols)),
        second_moment(FeatureMatrix::Zero(rows, cols)) {
    for (Index i = 0; i < weights.size(); ++i) {
      weights.data()[i] = deviation == 0.0 ? 0.0F : static_cast<float>(deviation * rng.normal());
    }
  }
  /// Kingma & Ba 2015 with decoupled weight decay (Loshchilov & Hutter 2019).
  void step(const FeatureMatrix& gradient, const MlpOptions& options, double decay, int count) {
    constexpr float kBeta1 = 0.9F;
    constexpr float kBeta2 = 0.999F;
    constexpr float kEpsilon = 1e-8F;
    const double scale1 = 1.0 / (1.0 - std::pow(0.9, count));
    const double scale2 = 1.0 / (1.0 - std::pow(0.999, count));
    first_moment = kBeta1 * first_moment + (1.0F - kBeta1) * gradient;
    second_moment = kBeta2 * second_moment + (1.0F - kBeta2) * gradient.cwiseAbs2();
    weights *= static_cast<float>(1.0 - options.learning_rate * decay);
    weights.array() -= static_cast<float>(options.learning_rate * scale1) * first_moment.array() /
                       ((second_moment.array() * static_cast<float>(scale2)).sqrt() + kEpsilon);
  }
};

}  // namespace

FeatureMatrix mlp_probabilities(const FeatureMatrix& train, std::span<const std::uint32_t> labels,
                                std::uint32_t classes, const FeatureMatrix& test,
                                const MlpOptions& options, Rng rng) {
  KGA_REQUIRE(static_cast<std::size_t>(train.rows()) == labels.size(), "{} rows, {} labels",
              train.rows(), labels.size());
  const auto d = static_cast<double>(train.cols());
  Layer w1(train.cols(), options.hidden, std::sqrt(2.0 / d), rng);
  Layer b1(1, options.hidden, 0.0, rng);
  Layer w2(options.hidden, static_cast<Index>(classes),
           std::sqrt(1.0 / static_cast<double>(options.hidden)), rng);
  Layer b2(1, static_cast<Index>(classes), 0.0, rng);

  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto batch_size = static_cast<std::size_t>(options.batch);
  FeatureMatrix x;
  FeatureMatrix hidden;
  FeatureMatrix out;
  std::vector<std::uint32_t> truth;
  int steps = 0;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    rng.shuffle(std::span<std::size_t>(order));
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
      const std::size_t count = std::min(batch_size, order.size() - first);
      const auto rows = static_cast<Index>(count);
      x.resize(rows, train.cols());
      truth.resize(count);
      for (std::size_t i = 0; i < count; ++i) {
        x.row(static_cast<Index>(i)) = train.row(static_cast<Index>(order[first + i]));
        truth[i] = labels[order[first + i]];
      }
      hidden.noalias() = x * w1.weights;
      hidden.rowwise() += b1.weights.row(0);
      hidden = hidden.cwiseMax(0.0F);
      out.noalias() = hidden * w2.weights;
      out.rowwise() += b2.weights.row(0);
      softmax_rows(out);
      subtract_truth(out, truth);
      out /= static_cast<float>(count);
      FeatureMatrix hidden_gradient = out * w2.weights.transpose();
      hidden_gradient.array() *= (hidden.array() > 0.0F).cast<float>();
      ++steps;
      w2.step(hidden.transpose() * out, options, options.weight_decay, steps);
      b2.step(out.colwise().sum(), options, 0.0, steps);
      w1.step(x.transpose() * hidden_gradient, options, options.weight_decay, steps);
      b1.step(hidden_gradient.colwise().sum(), options, 0.0, steps);
    }
  }
  FeatureMatrix test_hidden = test * w1.weights;
  test_hidden.rowwise() += b1.weights.row(0);
  test_hidden = test_hidden.cwiseMax(0.0F);
  FeatureMatrix result = test_hidden * w2.weights;
  result.rowwise() += b2.weights.row(0);
  softmax_rows(result);
  return result;
}

}  // namespace kgaudit::metrics
