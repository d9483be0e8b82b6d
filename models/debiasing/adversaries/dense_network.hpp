#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "models/embedding/archive.hpp"
#include "models/embedding/matrix_block.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// Values of a layer (samples x units) or its weights (inputs x outputs).
using NetworkMatrix = RowMatrix;

struct DenseNetworkShape {
  std::vector<std::size_t> widths;  ///< input, hidden ..., output
  float leak = 0.01F;               ///< slope of LeakyReLU below 0
  bool activate_output = false;     ///< LeakyReLU after the last layer too
  bool normalise_output = false;    ///< batch normalisation at the end (eps 1e-5, momentum .1)
};

/// What a backward pass is asked for; what is not asked for is not computed.
enum class Gradients { kInput, kWeights, kInputAndWeights };

/// A multilayer perceptron with LeakyReLU, trained by Adam with AMSGrad (betas .9, .999, eps 1e-8):
/// the filters and discriminators of Bose & Hamilton 2019. Weights start as U(-1, 1) /
/// sqrt(inputs), torch's default. Rows are samples. Bits do not depend on the number of threads.
class DenseNetwork {
 public:
  DenseNetwork(DenseNetworkShape shape, const Rng& stream);

  /// Output of a training pass; batch statistics normalise, and running statistics move. What
  /// `backward` needs is kept inside. `x` must live until then.
  const NetworkMatrix& forward(const Eigen::Ref<const NetworkMatrix>& x, ThreadPool& pool);
  /// Output with running statistics; changes nothing.
  [[nodiscard]] NetworkMatrix evaluate(const Eigen::Ref<const NetworkMatrix>& x) const;

  /// Given dL/doutput of the last forward pass on the same x: dL/dx, if `wanted`; it stays as it is
  /// until it is wanted again. The weights' gradients, if wanted, are kept for `step`.
  const NetworkMatrix& backward(const Eigen::Ref<const NetworkMatrix>& x,
                                const NetworkMatrix& doutput, Gradients wanted, ThreadPool& pool);
  /// One Adam step with the gradients of the last backward pass.
  void step(float learning_rate);

  void visit(Archive& archive);

 private:
  /// A block of weights with its gradient and Adam's moments. A rule of its own beside
  /// models/training/optimizers/adam: AMSGrad keeps the largest v, a network's weights all have a
  /// gradient in every step, and rows of a table that is read at random do not.
  struct Weights {
    NetworkMatrix value, gradient, m, v, largest_v;
    void resize(std::size_t rows, std::size_t columns);
    void step(float learning_rate, std::uint64_t t);
    void visit(Archive& archive);
  };
  struct Layer {
    Weights weight;          ///< inputs x outputs
    Weights bias;            ///< 1 x outputs
    NetworkMatrix output;    ///< after the activation
    NetworkMatrix gradient;  ///< dL/d(before the activation)
  };

  [[nodiscard]] bool activated(std::size_t layer) const {
    return layer + 1 < layers_.size() || shape_.activate_output;
  }
  void normalise(ThreadPool& pool);
  void normalise_gradient(const NetworkMatrix& doutput, bool learn, ThreadPool& pool);

  DenseNetworkShape shape_;
  std::vector<Layer> layers_;
  std::uint64_t steps_ = 0;
  // Batch normalisation
  Weights scale_;
  Weights shift_;
  NetworkMatrix running_mean_;
  NetworkMatrix running_variance_;
  NetworkMatrix normalised_;  ///< before scale and shift
  NetworkMatrix inverse_deviation_;
  NetworkMatrix output_;
  NetworkMatrix last_gradient_;
  NetworkMatrix dx_;
};

/// Mean over rows of -sum_k target_k log softmax(logits)_k, and its gradient (target - softmax
/// reversed, divided by the number of rows). Rows of `target` sum to 1.
double softmax_cross_entropy(const NetworkMatrix& logits, const NetworkMatrix& target,
                             NetworkMatrix& gradient);

}  // namespace kgaudit::models
