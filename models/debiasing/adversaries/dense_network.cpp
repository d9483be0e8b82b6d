#include "models/debiasing/adversaries/dense_network.hpp"

#include <algorithm>
#include <cmath>

#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_functions.hpp"
#include "models/embedding/row_products.hpp"
#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::models {
namespace {

using Index = Eigen::Index;

constexpr Index kRowBlock = 128;
constexpr Index kColumnBlock = 32;
// Rows of a weight matrix whose gradient is one task: each task packs all samples' gradients anew.
constexpr Index kWeightBlock = 64;
constexpr float kNormEpsilon = 1e-5F;
constexpr float kNormMomentum = 0.1F;

/// Calls per_block(first, count) for fixed blocks of [0, n) on the pool.
template <typename F>
void for_blocks(Index n, Index block, ThreadPool& pool, const F& per_block) {
  pool.run(static_cast<std::size_t>((n + block - 1) / block), [&](std::size_t task, std::size_t) {
    const Index first = index(task) * block;
    per_block(first, std::min(block, n - first));
  });
}

void leaky(Eigen::Ref<NetworkMatrix> values, float leak) {
  for (Index i = 0; i < values.rows(); ++i) {
    leaky_relu(leak, {values.row(i).data(), static_cast<std::size_t>(values.cols())});
  }
}

/// Back through it, from what it gave.
void leaky_gradient(const Eigen::Ref<const NetworkMatrix>& output, float leak,
                    Eigen::Ref<NetworkMatrix> gradient) {
  const auto columns = static_cast<std::size_t>(gradient.cols());
  for (Index i = 0; i < gradient.rows(); ++i) {
    leaky_relu_gradient({output.row(i).data(), columns}, leak, gradient.row(i).data());
  }
}

void visit_matrix(Archive& archive, std::string_view name, NetworkMatrix& matrix) {
  std::vector<float> flat(matrix.data(), matrix.data() + matrix.size());
  archive.numbers(name, flat);
  std::copy(flat.begin(), flat.end(), matrix.data());
}

}  // namespace

void DenseNetwork::Weights::resize(std::size_t rows, std::size_t columns) {
  for (NetworkMatrix* matrix : {&value, &gradient, &m, &v, &largest_v}) {
    matrix->setZero(index(rows), index(columns));
  }
}

void DenseNetwork::Weights::step(float learning_rate, std::uint64_t t) {
  adam_step(adam_rates(static_cast<double>(learning_rate), t),
            {gradient.data(), static_cast<std::size_t>(gradient.size())}, m.data(), v.data(),
            largest_v.data(), value.data());
}

void DenseNetwork::Weights::visit(Archive& archive) {
  visit_matrix(archive, "weights.value", value);
  visit_matrix(archive, "weights.m", m);
  visit_matrix(archive, "weights.v", v);
  visit_matrix(archive, "weights.largest_v", largest_v);
}

DenseNetwork::DenseNetwork(DenseNetworkShape shape, const Rng& stream) : shape_(std::move(shape)) {
  KGA_REQUIRE(shape_.widths.size() >= 2, "widths = {}", shape_.widths.size());
  layers_.resize(shape_.widths.size() - 1);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const std::size_t inputs = shape_.widths[l];
    const std::size_t outputs = shape_.widths[l + 1];
    Layer& layer = layers_[l];
    layer.weight.resize(inputs, outputs);
    layer.bias.resize(1, outputs);
    Rng rng = stream.at(l);
    const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
    for (NetworkMatrix* matrix : {&layer.weight.value, &layer.bias.value}) {
      for (Index i = 0; i < matrix->size(); ++i) {
        matrix->data()[i] = static_cast<float>(rng.uniform(-bound, bound));
      }
    }
  }
  if (shape_.normalise_output) {
    const std::size_t outputs = shape_.widths.back();
    scale_.resize(1, outputs);
    scale_.value.setOnes();
    shift_.resize(1, outputs);
    running_mean_.setZero(1, index(outputs));
    running_variance_.setOnes(1, index(outputs));
  }
}

// Eigen's resize does nothing to a matrix that has the size already: batch for batch, nothing is
// allocated.
const NetworkMatrix& DenseNetwork::forward(const Eigen::Ref<const NetworkMatrix>& x,
                                           ThreadPool& pool) {
  const Index n = x.rows();
  for (std::size_t l = 0; l < layers_.size(); ++l)
    layers_[l].output.resize(n, index(shape_.widths[l + 1]));
  for_blocks(n, kRowBlock, pool, [&](Index first, Index count) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Layer& layer = layers_[l];
      auto out = layer.output.middleRows(first, count);
      const RowBlock in = l == 0 ? block_of(x.middleRows(first, count))
                                 : block_of(layers_[l - 1].output.middleRows(first, count));
      multiply(in, block_of(layer.weight.value), mutable_block_of(out));
      out.rowwise() += layer.bias.value.row(0);
      if (activated(l)) leaky(out, shape_.leak);
    }
  });
  if (!shape_.normalise_output) return layers_.back().output;
  normalise(pool);
  return output_;
}

void DenseNetwork::normalise(ThreadPool& pool) {
  const NetworkMatrix& in = layers_.back().output;
  const Index n = in.rows();
  normalised_.resize(n, in.cols());
  output_.resize(n, in.cols());
  inverse_deviation_.resize(1, in.cols());
  for_blocks(in.cols(), kColumnBlock, pool, [&](Index first, Index count) {
    const auto columns = in.middleCols(first, count);
    const float samples = static_cast<float>(n);
    const Eigen::RowVectorXf mean = column_sums(columns) / samples;
    Eigen::RowVectorXf variance = Eigen::RowVectorXf::Zero(count);
    for (Index i = 0; i < n; ++i) {
      auto centered = normalised_.row(i).segment(first, count);
      centered = columns.row(i) - mean;
      variance += centered.cwiseAbs2();
    }
    variance /= samples;
    const Eigen::RowVectorXf inverse = (variance.array() + kNormEpsilon).rsqrt();
    inverse_deviation_.middleCols(first, count) = inverse;
    const auto scale = scale_.value.row(0).segment(first, count).array();
    const auto shift = shift_.value.row(0).segment(first, count).array();
    for (Index i = 0; i < n; ++i) {
      auto row = normalised_.row(i).segment(first, count).array();
      row *= inverse.array();
      output_.row(i).segment(first, count) = row * scale + shift;
    }
    // Running variance is the unbiased one, as torch keeps it.
    const float unbias = n > 1 ? static_cast<float>(n) / static_cast<float>(n - 1) : 1.0F;
    auto running_mean = running_mean_.middleCols(first, count);
    auto running_variance = running_variance_.middleCols(first, count);
    running_mean = (1.0F - kNormMomentum) * running_mean + kNormMomentum * mean;
    running_variance =
        (1.0F - kNormMomentum) * running_variance + (kNormMomentum * unbias) * variance;
  });
}

void DenseNetwork::normalise_gradient(const NetworkMatrix& doutput, bool learn, ThreadPool& pool) {
  const Index n = doutput.rows();
  last_gradient_.resize(n, doutput.cols());
  const float share = 1.0F / static_cast<float>(n);
  for_blocks(doutput.cols(), kColumnBlock, pool, [&](Index first, Index count) {
    const auto dout = doutput.middleCols(first, count);
    const auto x = normalised_.middleCols(first, count);
    const Eigen::RowVectorXf sum = column_sums(dout);
    Eigen::RowVectorXf product = Eigen::RowVectorXf::Zero(count);
    for (Index i = 0; i < n; ++i) product += dout.row(i).cwiseProduct(x.row(i));
    if (learn) {
      shift_.gradient.middleCols(first, count) = sum;
      scale_.gradient.middleCols(first, count) = product;
    }
    const Eigen::RowVectorXf factor = scale_.value.middleCols(first, count).array() *
                                      inverse_deviation_.middleCols(first, count).array();
    const Eigen::RowVectorXf mean = share * sum;
    const Eigen::RowVectorXf slope = share * product;
    for (Index i = 0; i < n; ++i) {
      last_gradient_.row(i).segment(first, count).array() =
          ((dout.row(i) - mean).array() - x.row(i).array() * slope.array()) * factor.array();
    }
  });
}

NetworkMatrix DenseNetwork::evaluate(const Eigen::Ref<const NetworkMatrix>& x) const {
  NetworkMatrix out = x;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    NetworkMatrix next(out.rows(), layers_[l].weight.value.cols());
    multiply(block_of(out), block_of(layers_[l].weight.value), mutable_block_of(next));
    next.rowwise() += layers_[l].bias.value.row(0);
    if (activated(l)) leaky(next, shape_.leak);
    out = std::move(next);
  }
  if (shape_.normalise_output) {
    const Eigen::RowVectorXf factor =
        scale_.value.row(0).array() * (running_variance_.row(0).array() + kNormEpsilon).rsqrt();
    out = ((out.rowwise() - running_mean_.row(0)).array().rowwise() * factor.array()).rowwise() +
          shift_.value.row(0).array();
  }
  return out;
}

const NetworkMatrix& DenseNetwork::backward(const Eigen::Ref<const NetworkMatrix>& x,
                                            const NetworkMatrix& doutput, Gradients wanted,
                                            ThreadPool& pool) {
  const Index n = x.rows();
  const bool learn = wanted != Gradients::kInput;
  const NetworkMatrix* top = &doutput;
  if (shape_.normalise_output) {
    normalise_gradient(doutput, learn, pool);
    top = &last_gradient_;
  }
  for (Layer& layer : layers_) layer.gradient.resize(n, layer.output.cols());
  dx_.resize(n, x.cols());
  for_blocks(n, kRowBlock, pool, [&](Index first, Index count) {
    for (std::size_t l = layers_.size(); l-- > 0;) {
      Layer& layer = layers_[l];
      auto gradient = layer.gradient.middleRows(first, count);
      if (l + 1 == layers_.size()) {
        gradient = top->middleRows(first, count);
      } else {
        const Layer& above = layers_[l + 1];
        multiply_by_transposed(block_of(above.gradient.middleRows(first, count)),
                               block_of(above.weight.value), mutable_block_of(gradient));
      }
      if (activated(l)) {
        leaky_gradient(layer.output.middleRows(first, count), shape_.leak, gradient);
      }
    }
    if (wanted == Gradients::kWeights) return;
    const Layer& bottom = layers_.front();
    multiply_by_transposed(block_of(bottom.gradient.middleRows(first, count)),
                           block_of(bottom.weight.value),
                           mutable_block_of(dx_.middleRows(first, count)));
  });
  if (learn) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Layer& layer = layers_[l];
      // Each task owns some rows of the weights and sums over all samples: no partial sums to add.
      for_blocks(layer.weight.value.rows(), kWeightBlock, pool, [&](Index first, Index count) {
        const RowBlock in = l == 0 ? block_of(x.middleCols(first, count))
                                   : block_of(layers_[l - 1].output.middleCols(first, count));
        multiply_transposed(in, block_of(layer.gradient),
                            mutable_block_of(layer.weight.gradient.middleRows(first, count)));
      });
      layer.bias.gradient = column_sums(layer.gradient);
    }
  }
  return dx_;
}

void DenseNetwork::step(float learning_rate) {
  ++steps_;
  for (Layer& layer : layers_) {
    layer.weight.step(learning_rate, steps_);
    layer.bias.step(learning_rate, steps_);
  }
  if (shape_.normalise_output) {
    scale_.step(learning_rate, steps_);
    shift_.step(learning_rate, steps_);
  }
}

void DenseNetwork::visit(Archive& archive) {
  archive.value("network.steps", steps_);
  for (Layer& layer : layers_) {
    layer.weight.visit(archive);
    layer.bias.visit(archive);
  }
  if (shape_.normalise_output) {
    scale_.visit(archive);
    shift_.visit(archive);
    visit_matrix(archive, "network.running_mean", running_mean_);
    visit_matrix(archive, "network.running_variance", running_variance_);
  }
}

double softmax_cross_entropy(const NetworkMatrix& logits, const NetworkMatrix& target,
                             NetworkMatrix& gradient) {
  const Index n = logits.rows();
  gradient.resize(n, logits.cols());
  const float share = 1.0F / static_cast<float>(n);
  double loss = 0.0;
  for (Index i = 0; i < n; ++i) {
    auto shares = gradient.row(i);
    const SoftmaxScale scale =
        softmax({logits.row(i).data(), static_cast<std::size_t>(logits.cols())}, shares.data());
    const double log_sum =
        portable::log(static_cast<double>(scale.sum)) + static_cast<double>(scale.largest);
    for (Index c = 0; c < logits.cols(); ++c) {
      loss += static_cast<double>(target(i, c)) * (log_sum - static_cast<double>(logits(i, c)));
    }
    shares = share * (shares - target.row(i));
  }
  return loss / static_cast<double>(n);
}

}  // namespace kgaudit::models
