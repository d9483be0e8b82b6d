#include "metrics/formulas/logistic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deque>
#include <vector>

#include "metrics/formulas/feature_products.hpp"
#include "models/embedding/matrix_block.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;
using Vector = Eigen::VectorXf;
using RowVector = Eigen::RowVectorXf;

/// In doubles and in sixteen lanes, which keep the adders busy; their sums are added in pairs.
double dot(const float* a, const float* b, std::size_t n) {
  constexpr std::size_t kLanes = 16;
  std::array<double, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      sums[l] += static_cast<double>(a[i + l]) * static_cast<double>(b[i + l]);
    }
  }
  for (std::size_t l = 0; i < n; ++i, ++l) {
    sums[l] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) sums[l] += sums[l + half];
  }
  return sums[0];
}

double dot(const Vector& a, const Vector& b) {
  return dot(a.data(), b.data(), static_cast<std::size_t>(a.size()));
}

using ConstWeights = Eigen::Map<const FeatureMatrix>;
using Weights = Eigen::Map<FeatureMatrix>;

Index row_count(const FeatureMatrix& rows) { return rows.rows(); }
Index row_count(const SparseRows& rows) { return static_cast<Index>(rows.rows()); }
Index column_count(const FeatureMatrix& rows) { return rows.cols(); }
Index column_count(const SparseRows& rows) { return static_cast<Index>(rows.columns); }

/// rows * weights
FeatureMatrix weighted(const FeatureMatrix& rows, const ConstWeights& weights) {
  return product(rows, weights);
}
FeatureMatrix weighted(const SparseRows& rows, const ConstWeights& weights) {
  FeatureMatrix result = FeatureMatrix::Zero(row_count(rows), weights.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (const std::uint32_t c : rows.row(i)) {
      result.row(static_cast<Index>(i)) += weights.row(static_cast<Index>(c));
    }
  }
  return result;
}

/// out = rows^T * residuals + l2 * weights
void write_gradient(const FeatureMatrix& rows, const FeatureMatrix& residuals, double l2,
                    const ConstWeights& weights, Weights& out) {
  out = transposed_product(rows, residuals);
  out += static_cast<float>(l2) * weights;
}
void write_gradient(const SparseRows& rows, const FeatureMatrix& residuals, double l2,
                    const ConstWeights& weights, Weights& out) {
  out = static_cast<float>(l2) * weights;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (const std::uint32_t c : rows.row(i)) {
      out.row(static_cast<Index>(c)) += residuals.row(static_cast<Index>(i));
    }
  }
}

/// The mean penalised cross-entropy of a linear softmax classifier, over one flat vector that holds
/// the weights (features x classes) and then the biases.
template <typename Rows>
class LogisticLoss {
 public:
  LogisticLoss(const Rows& train, std::span<const std::uint32_t> labels, Index classes, double l2)
      : train_(train), labels_(labels), classes_(classes), l2_(l2) {}

  [[nodiscard]] Index size() const { return (column_count(train_) + 1) * classes_; }

  [[nodiscard]] FeatureMatrix logits(const Rows& rows, const Vector& at) const {
    const ConstWeights weights(at.data(), column_count(train_), classes_);
    const Eigen::Map<const RowVector> bias(at.data() + column_count(train_) * classes_, classes_);
    FeatureMatrix result = weighted(rows, weights);
    result.rowwise() += bias;
    return result;
  }

  double operator()(const Vector& at, Vector& gradient) const {
    FeatureMatrix p = logits(train_, at);
    double loss = softmax_rows(p, labels_);
    subtract_truth(p, labels_);
    const Index features = column_count(train_);
    const ConstWeights weights(at.data(), features, classes_);
    Weights weight_gradient(gradient.data(), features, classes_);
    Eigen::Map<RowVector> bias_gradient(gradient.data() + features * classes_, classes_);
    write_gradient(train_, p, l2_, weights, weight_gradient);
    bias_gradient = models::column_sums(p);
    const auto size = static_cast<std::size_t>(weights.size());
    loss += 0.5 * l2_ * dot(weights.data(), weights.data(), size);
    const auto n = static_cast<double>(row_count(train_));
    gradient /= static_cast<float>(n);
    return loss / n;
  }

 private:
  const Rows& train_;
  std::span<const std::uint32_t> labels_;
  Index classes_;
  double l2_;
};

/// Minimises `loss` from 0.
template <typename Rows>
Vector lbfgs(const LogisticLoss<Rows>& loss, int max_iterations, double tolerance) {
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
      direction /= static_cast<float>(std::max(1.0, std::sqrt(dot(gradient, gradient))));
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

template <typename Rows>
FeatureMatrix fitted_probabilities(const Rows& train, std::span<const std::uint32_t> labels,
                                   std::uint32_t classes, const Rows& test,
                                   const LogisticOptions& options) {
  KGA_REQUIRE(static_cast<std::size_t>(row_count(train)) == labels.size(), "{} rows, {} labels",
              row_count(train), labels.size());
  const LogisticLoss<Rows> loss(train, labels, static_cast<Index>(classes), options.l2);
  const Vector at = lbfgs(loss, options.max_iterations, options.tolerance);
  FeatureMatrix result = loss.logits(test, at);
  softmax_rows(result);
  return result;
}

}  // namespace

FeatureMatrix logistic_probabilities(const FeatureMatrix& train,
                                     std::span<const std::uint32_t> labels, std::uint32_t classes,
                                     const FeatureMatrix& test, const LogisticOptions& options) {
  return fitted_probabilities(train, labels, classes, test, options);
}

FeatureMatrix logistic_probabilities(const SparseRows& train, std::span<const std::uint32_t> labels,
                                     std::uint32_t classes, const SparseRows& test,
                                     const LogisticOptions& options) {
  KGA_REQUIRE(train.columns == test.columns, "{} and {} columns", train.columns, test.columns);
  return fitted_probabilities(train, labels, classes, test, options);
}

}  // namespace kgaudit::metrics
