#include <Eigen/Core>

#include "models/training/optimizer.hpp"

namespace kgaudit::models::optimizers_roster {
namespace {

class Adagrad final : public RowOptimizer {
 public:
  Adagrad(std::size_t rows, std::size_t width) : sums_(rows, width) {}

  void apply(std::size_t row, float* x, const float* g, float learning_rate,
             std::uint64_t /*step*/) override {
    constexpr float kEpsilon = 1e-10F;
    const auto n = static_cast<Eigen::Index>(sums_.stride());
    const Eigen::Map<const Eigen::ArrayXf> gradient(g, n);
    Eigen::Map<Eigen::ArrayXf> sums(sums_.row(row), n);
    sums += gradient.square();
    Eigen::Map<Eigen::ArrayXf>(x, n) -= learning_rate * gradient / (sums.sqrt() + kEpsilon);
  }
  void prefetch(std::size_t row) const override { sums_.prefetch(row); }
  void visit(Archive& archive) override { archive.table("optimizer.sums", sums_); }

 private:
  FloatTable sums_;  ///< G
};

std::unique_ptr<RowOptimizer> make_adagrad(std::size_t rows, std::size_t width) {
  return std::make_unique<Adagrad>(rows, width);
}

}  // namespace

extern const OptimizerEntry adagrad;
constinit const OptimizerEntry adagrad = {
    .id = "adagrad",
    .title = "AdaGrad",
    .formula = "G_k += g_k^2; x_k -= lr g_k / (sqrt(G_k) + 1e-10)",
    .source = "Duchi et al. 2011",
    .pitfalls =
        "Keeps a second number for every number of the tables. G only grows: steps get ever "
        "smaller. A row's very first step is lr in every coordinate, however small the gradient.",
    .make = &make_adagrad,
};

}  // namespace kgaudit::models::optimizers_roster
