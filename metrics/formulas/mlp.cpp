#include "metrics/formulas/mlp.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "metrics/formulas/cross_validation.hpp"
#include "metrics/formulas/feature_products.hpp"
#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_functions.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;

std::span<const float> flat(const FeatureMatrix& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.size())};
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
  /// Adam with decoupled weight decay (Loshchilov & Hutter 2019).
  void step(const FeatureMatrix& gradient, const MlpOptions& options, double decay,
            std::uint64_t count) {
    models::AdamRates rates = models::adam_rates(options.learning_rate, count);
    rates.keep = static_cast<float>(1.0 - options.learning_rate * decay);
    models::adam_step(rates, flat(gradient), first_moment.data(), second_moment.data(), nullptr,
                      weights.data());
  }
};

/// d - hidden (ReLU) - classes.
class Network {
 public:
  Network(Index features, Index classes, const MlpOptions& options, Rng& rng)
      : options_(options),
        w1_(features, options.hidden, std::sqrt(2.0 / static_cast<double>(features)), rng),
        b1_(1, options.hidden, 0.0, rng),
        w2_(options.hidden, classes,
            options.output_scale * std::sqrt(1.0 / static_cast<double>(options.hidden)), rng),
        b2_(1, classes, 0.0, rng) {}

  void learn(const FeatureMatrix& x, std::span<const std::uint32_t> truth) {
    activate(x);
    set_product(hidden_, w2_.weights, out_);
    out_.rowwise() += b2_.weights.row(0);
    softmax_rows(out_);
    subtract_truth(out_, truth);
    out_ /= static_cast<float>(truth.size());
    FeatureMatrix hidden_gradient = product_by_transposed(out_, w2_.weights);
    models::leaky_relu_gradient(flat(hidden_), 0.0F, hidden_gradient.data());
    ++steps_;
    w2_.step(transposed_product(hidden_, out_), options_, options_.weight_decay, steps_);
    b2_.step(models::column_sums(out_), options_, 0.0, steps_);
    w1_.step(transposed_product(x, hidden_gradient), options_, options_.weight_decay, steps_);
    b1_.step(models::column_sums(hidden_gradient), options_, 0.0, steps_);
  }
  [[nodiscard]] FeatureMatrix logits(const FeatureMatrix& rows) {
    activate(rows);
    FeatureMatrix result = product(hidden_, w2_.weights);
    result.rowwise() += b2_.weights.row(0);
    return result;
  }
  /// The weights alone, without the optimiser's state.
  [[nodiscard]] std::vector<FeatureMatrix> weights() const {
    return {w1_.weights, b1_.weights, w2_.weights, b2_.weights};
  }
  void set_weights(const std::vector<FeatureMatrix>& weights) {
    w1_.weights = weights[0];
    b1_.weights = weights[1];
    w2_.weights = weights[2];
    b2_.weights = weights[3];
  }

 private:
  void activate(const FeatureMatrix& rows) {
    set_product(rows, w1_.weights, hidden_);
    hidden_.rowwise() += b1_.weights.row(0);
    models::leaky_relu(0.0F, {hidden_.data(), static_cast<std::size_t>(hidden_.size())});
  }

  const MlpOptions& options_;
  Layer w1_;
  Layer b1_;
  Layer w2_;
  Layer b2_;
  FeatureMatrix hidden_;
  FeatureMatrix out_;
  std::uint64_t steps_ = 0;
};

/// The rows that judge when to stop, and the best weights so far.
class EarlyStopping {
 public:
  EarlyStopping(FeatureMatrix rows, std::vector<std::uint32_t> labels, int patience)
      : rows_(std::move(rows)), labels_(std::move(labels)), patience_(patience) {}

  /// Whether training may end.
  [[nodiscard]] bool judge(Network& network) {
    FeatureMatrix p = network.logits(rows_);
    const double entropy = softmax_rows(p, labels_);
    if (entropy < least_) {
      least_ = entropy;
      best_ = network.weights();
      waited_ = 0;
      return false;
    }
    return ++waited_ >= patience_;
  }
  void restore(Network& network) const {
    if (!best_.empty()) network.set_weights(best_);
  }

 private:
  FeatureMatrix rows_;
  std::vector<std::uint32_t> labels_;
  int patience_;
  double least_ = std::numeric_limits<double>::infinity();
  std::vector<FeatureMatrix> best_;
  int waited_ = 0;
};

}  // namespace

FeatureMatrix mlp_probabilities(const FeatureMatrix& train, std::span<const std::uint32_t> labels,
                                std::uint32_t classes, const FeatureMatrix& test,
                                const MlpOptions& options, Rng rng) {
  KGA_REQUIRE(static_cast<std::size_t>(train.rows()) == labels.size(), "{} rows, {} labels",
              train.rows(), labels.size());
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::optional<EarlyStopping> stopping;
  // Fewer rows than that would leave nothing to learn from or nothing to judge by.
  if (options.judge_one_in > 1 && labels.size() > options.judge_one_in) {
    constexpr std::uint64_t kSplit = std::uint64_t{1} << 32U;  // no fold has this number
    const auto parts = stratified_folds(labels, classes, options.judge_one_in, rng.at(kSplit));
    std::vector<std::size_t> judges;
    std::vector<std::uint32_t> truth;
    for (const std::size_t i : order) {
      if (parts[i] != 0) continue;
      judges.push_back(i);
      truth.push_back(labels[i]);
    }
    std::erase_if(order, [&](std::size_t i) { return parts[i] == 0; });
    stopping.emplace(rows_of(train, judges), std::move(truth), options.patience);
  }
  Network network(train.cols(), static_cast<Index>(classes), options, rng);
  const auto batch_size = static_cast<std::size_t>(options.batch);
  FeatureMatrix x;
  std::vector<std::uint32_t> truth;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    rng.shuffle(std::span<std::size_t>(order));
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
      const std::size_t count = std::min(batch_size, order.size() - first);
      x.resize(static_cast<Index>(count), train.cols());
      truth.resize(count);
      for (std::size_t i = 0; i < count; ++i) {
        x.row(static_cast<Index>(i)) = train.row(static_cast<Index>(order[first + i]));
        truth[i] = labels[order[first + i]];
      }
      network.learn(x, truth);
    }
    if (stopping && stopping->judge(network)) break;
  }
  if (stopping) stopping->restore(network);
  FeatureMatrix result = network.logits(test);
  softmax_rows(result);
  return result;
}

}  // namespace kgaudit::metrics
