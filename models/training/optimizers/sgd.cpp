#include <Eigen/Core>

#include "models/training/optimizer.hpp"

namespace kgaudit::models::optimizers_roster {
namespace {

class Sgd final : public RowOptimizer {
 public:
  explicit Sgd(std::size_t width) : stride_(FloatTable(0, width).stride()) {}

  void apply(std::size_t /*row*/, float* x, const float* g, float learning_rate,
             std::uint64_t /*step*/) override {
    const auto n = static_cast<Eigen::Index>(stride_);
    Eigen::Map<Eigen::ArrayXf>(x, n) -= learning_rate * Eigen::Map<const Eigen::ArrayXf>(g, n);
  }
  void prefetch(std::size_t /*row*/) const override {}
  void visit(Archive& /*archive*/) override {}

 private:
  std::size_t stride_;
};

std::unique_ptr<RowOptimizer> make_sgd(std::size_t /*rows*/, std::size_t width) {
  return std::make_unique<Sgd>(width);
}

}  // namespace

extern const OptimizerEntry sgd;
constinit const OptimizerEntry sgd = {
    .id = "sgd",
    .title = "Stochastic gradient descent",
    .formula = "x -= lr g",
    .source = "Robbins & Monro 1951",
    .pitfalls =
        "g is a sum over the batch, not a mean: common entities take the largest steps, and the "
        "learning rate that suits them is too small for the rare ones. Diverges sooner than the "
        "others.",
    .make = &make_sgd,
};

}  // namespace kgaudit::models::optimizers_roster
