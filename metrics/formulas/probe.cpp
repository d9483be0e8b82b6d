#include "metrics/formulas/probe.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;
using Vector = Eigen::VectorXf;
using RowVector = Eigen::RowVectorXf;

/// Rows of logits become rows of probabilities; returns the summed cross-entropy in nats.
double softmax_rows(FeatureMatrix& logits, std::span<const std::uint32_t> labels) {
  double loss = 0.0;
  for (Index i = 0; i < logits.rows(); ++i) {
    auto row = logits.row(i);
    row.array() -= row.maxCoeff();
    const float truth =
        labels.empty() ? 0.0F : row(static_cast<Index>(labels[static_cast<std::size_t>(i)]));
    row = row.array().exp();
    const float sum = row.sum();
    row /= sum;
    if (!labels.empty()) loss += static_cast<double>(std::log(sum) - truth);
  }
  return loss;
}

/// Probabilities minus the one-hot truth: the gradient of the cross-entropy in the logits.
void subtract_truth(FeatureMatrix& probabilities, std::span<const std::uint32_t> labels) {
  for (Index i = 0; i < probabilities.rows(); ++i) {
    probabilities(i, static_cast<Index>(labels[static_cast<std::size_t>(i)])) -= 1.0F;
  }
}

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

std::vector<std::uint32_t> stratified_folds(std::span<const std::uint32_t> labels,
                                            std::uint32_t classes, std::uint32_t folds, Rng rng) {
  KGA_REQUIRE(folds >= 2, "{} folds", folds);
  std::vector<std::vector<std::size_t>> members(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) members[labels[i]].push_back(i);
  std::vector<std::uint32_t> result(labels.size());
  // The dealing goes on from class to class, so that the folds stay of one size as well.
  std::uint32_t next = 0;
  for (auto& of_class : members) {
    rng.shuffle(std::span<std::size_t>(of_class));
    for (const std::size_t i : of_class) {
      result[i] = next;
      next = (next + 1) % folds;
    }
  }
  return result;
}

void standardise(FeatureMatrix& train, FeatureMatrix& test) {
  const Eigen::RowVectorXd center = train.cast<double>().colwise().mean();
  const Eigen::RowVectorXd deviation =
      ((train.cast<double>().rowwise() - center).colwise().squaredNorm() /
       static_cast<double>(std::max<Index>(train.rows(), 1)))
          .cwiseSqrt();
  for (Index c = 0; c < train.cols(); ++c) {
    const double scale = deviation(c) > 1e-12 ? 1.0 / deviation(c) : 0.0;
    for (FeatureMatrix* rows : {&train, &test}) {
      for (Index i = 0; i < rows->rows(); ++i) {
        float& x = (*rows)(i, c);
        x = static_cast<float>((static_cast<double>(x) - center(c)) * scale);
      }
    }
  }
}

FeatureMatrix logistic_probabilities(const FeatureMatrix& train,
                                     std::span<const std::uint32_t> labels, std::uint32_t classes,
                                     const FeatureMatrix& test, const LogisticOptions& options) {
  KGA_REQUIRE(static_cast<std::size_t>(train.rows()) == labels.size(), "{} rows, {} labels",
              train.rows(), labels.size());
  const LogisticLoss loss(train, labels, static_cast<Index>(classes), options.l2);
  const Vector at = lbfgs(loss, options.max_iterations, options.tolerance);
  FeatureMatrix result = loss.logits(test, at);
  softmax_rows(result, {});
  return result;
}

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
      softmax_rows(out, {});
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
  softmax_rows(result, {});
  return result;
}

FeatureMatrix prior_probabilities(std::span<const std::uint32_t> labels, std::uint32_t classes,
                                  Eigen::Index rows) {
  KGA_REQUIRE(!labels.empty(), "no labels");
  RowVector shares = RowVector::Zero(static_cast<Index>(classes));
  for (const std::uint32_t label : labels) shares(static_cast<Index>(label)) += 1.0F;
  shares /= static_cast<float>(labels.size());
  return shares.replicate(rows, 1);
}

ProbeQuality probe_quality(const FeatureMatrix& probabilities,
                           std::span<const std::uint32_t> labels, std::uint32_t classes) {
  KGA_REQUIRE(!labels.empty() && static_cast<std::size_t>(probabilities.rows()) == labels.size(),
              "{} rows, {} labels", probabilities.rows(), labels.size());
  ProbeQuality quality;
  std::vector<double> occur(classes, 0.0);
  std::vector<double> predicted(classes, 0.0);
  std::vector<double> right(classes, 0.0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Index best = 0;
    const auto row = probabilities.row(static_cast<Index>(i));
    row.maxCoeff(&best);
    const std::uint32_t label = labels[i];
    const bool hit = static_cast<std::uint32_t>(best) == label;
    occur[label] += 1.0;
    predicted[static_cast<std::size_t>(best)] += 1.0;
    if (hit) right[label] += 1.0;
    quality.correct.push_back(hit ? 1.0 : 0.0);
    // A float32 softmax can round to 0; the smallest float keeps the surprise finite.
    const double p = std::max(static_cast<double>(row(static_cast<Index>(label))),
                              static_cast<double>(std::numeric_limits<float>::min()));
    quality.cross_entropy.push_back(-std::log2(p));
  }
  quality.accuracy = mean(quality.correct);
  double present = 0.0;
  for (std::uint32_t c = 0; c < classes; ++c) {
    if (occur[c] == 0.0) continue;
    present += 1.0;
    quality.balanced_accuracy += right[c] / occur[c];
    quality.macro_f1 += 2.0 * right[c] / (occur[c] + predicted[c]);
  }
  quality.balanced_accuracy /= present;
  quality.macro_f1 /= present;
  if (classes == 2) {
    std::vector<double> scores(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      scores[i] = static_cast<double>(probabilities(static_cast<Index>(i), 1));
    }
    quality.auc = area_under_curve(scores, labels);
  }
  return quality;
}

}  // namespace kgaudit::metrics
