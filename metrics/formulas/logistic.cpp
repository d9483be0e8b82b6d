#include "metrics/formulas/logistic.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;
using Vector = Eigen::VectorXf;
using RowVector = Eigen::RowVectorXf;

double dot(const Vector& a, const Vector& b) { return a.cast<double>().dot(b.cast<double>()); }

/// The mean penalised cross-entropy of a linear softmax classifier, over one flat vector that holds
/// the weights (features x classes) and then the biases.
class LogisticLoss {
 public:
  LogisticLoss(const FeatureMatrix& train, std::span<const std::uint32_t> labels, Index classes,
               double l2)
      : train_(train), labels_(labels), classes_(classes), l2_(l2) {}

  [[nodiscard]] Index size() const { return (train_.cols() + 1) * classes_; }

  [[nodiscard]] FeatureMatrix logits(const FeatureMatrix& rows, const Vector& at) const {
    const Eigen::Map<const FeatureMatrix> weights(at.data(), train_.cols(), classes_);
    const Eigen::Map<const RowVector> bias(at.data() + train_.cols() * classes_, classes_);
    FeatureMatrix result = rows * weights;
    result.rowwise() += bias;
    return result;
  }

  double operator()(const Vector& at, Vector& gradient) const {
    FeatureMatrix p = logits(train_, at);
    double loss = softmax_rows(p, labels_);
    subtract_truth(p, labels_);
    const Eigen::Map<const FeatureMatrix> weights(at.data(), train_.cols(), classes_);
    Eigen::Map<FeatureMatrix> weight_gradient(gradient.data(), train_.cols(), classes_);
    Eigen::Map<RowVector> bias_gradient(gradient.data() + train_.cols() * classes_, classes_);
    weight_gradient.noalias() = train_.transpose() * p;
    weight_gradient += static_cast<float>(l2_) * weights;
    bias_gradient = p.colwise().sum();
    loss += 0.5 * l2_ * static_cast<double>(weights.squaredNorm());
    const auto n = static_cast<double>(train_.rows());
    gradient /= static_cast<float>(n);
    return loss / n;
  }

 private:
  const FeatureMatrix& train_;
  std::span<const std::uint32_t> labels_;
  Index classes_;
  double l2_;
};

/// Minimises `loss` from 0.
Vector lbfgs(const LogisticLoss& loss, int max_iterations, double tolerance) {
  constexpr std::size_t kPairs = 10;
  constexpr double kArmijo = 1e-4;
  constexpr int kHalvings = 30;
  struct Pair {
    Vector step;
    Vector change;
    double inverse_curvature;
  };
  std::deque<Pair> pairs;
  Vector x = Vector::Zero(loss.size());
  Vector gradient(loss.size());
  double value = loss(x, gradient);
  Vector next_gradient(loss.size());
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    if (!(static_cast<double>(gradient.cwiseAbs().maxCoeff()) > tolerance)) break;
    Vector direction = -gradient;
    std::vector<double> alphas(pairs.size());
    for (std::size_t i = pairs.size(); i-- > 0;) {
      alphas[i] = pairs[i].inverse_curvature * dot(pairs[i].step, direction);
      direction -= static_cast<float>(alphas[i]) * pairs[i].change;
    }
    if (pairs.empty()) {
      direction /= std::max(1.0F, gradient.norm());
    } else {
      const Pair& last = pairs.back();
      direction *= static_cast<float>(1.0 / last.inverse_curvature / dot(last.change, last.change));
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double beta = pairs[i].inverse_curvature * dot(pairs[i].change, direction);
      direction += static_cast<float>(alphas[i] - beta) * pairs[i].step;
    }
    const double slope = dot(gradient, direction);
    if (!(slope < 0.0)) break;  // rounding has eaten the descent direction: we are there
    double length = 1.0;
    Vector next(loss.size());
    double next_value = value;
    bool accepted = false;
    for (int halving = 0; halving < kHalvings && !accepted; ++halving, length /= 2.0) {
      next = x + static_cast<float>(length) * direction;
      next_value = loss(next, next_gradient);
      accepted = next_value <= value + kArmijo * length * slope;
    }
    if (!accepted) break;  // no step of float32 size improves the loss
    Pair pair{next - x, next_gradient - gradient, 0.0};
    const double curvature = dot(pair.step, pair.change);
    if (curvature > 1e-12) {
      pair.inverse_curvature = 1.0 / curvature;
      pairs.push_back(std::move(pair));
      if (pairs.size() > kPairs) pairs.pop_front();
    }
    x = std::move(next);
    gradient = next_gradient;
    value = next_value;
  }
  return x;
}

}  // namespace

FeatureMatrix logistic_probabilities(const FeatureMatrix& train,
                                     std::span<const std::uint32_t> labels, std::uint32_t classes,
                                     const FeatureMatrix& test, const LogisticOptions& options) {
  KGA_REQUIRE(static_cast<std::size_t>(train.rows()) == labels.size(), "{} rows, {} labels",
              train.rows(), labels.size());
  const LogisticLoss loss(train, labels, static_cast<Index>(classes), options.l2);
  const Vector at = lbfgs(loss, options.max_iterations, options.tolerance);
  FeatureMatrix result = loss.logits(test, at);
  softmax_rows(result);
  return result;
}

}  // namespace kgaudit::metrics
