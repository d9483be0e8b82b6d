#include <cmath>

#include <Eigen/Core>

#include "models/training/optimizer.hpp"

namespace kgaudit::models::optimizers_roster {
namespace {

class Adam final : public RowOptimizer {
 public:
  Adam(std::size_t rows, std::size_t width) : m_(rows, width), v_(rows, width) {}

  void apply(std::size_t row, float* x, const float* g, float learning_rate,
             std::uint64_t step) override {
    constexpr float kBeta1 = 0.9F;
    constexpr float kBeta2 = 0.999F;
    constexpr float kEpsilon = 1e-8F;
    const auto n = static_cast<Eigen::Index>(m_.stride());
    const Eigen::Map<const Eigen::ArrayXf> gradient(g, n);
    Eigen::Map<Eigen::ArrayXf> m(m_.row(row), n);
    Eigen::Map<Eigen::ArrayXf> v(v_.row(row), n);
    m = kBeta1 * m + (1.0F - kBeta1) * gradient;
    v = kBeta2 * v + (1.0F - kBeta2) * gradient.square();
    const auto t = static_cast<double>(step);
    const auto m_scale = static_cast<float>(1.0 / (1.0 - std::pow(0.9, t)));
    const auto v_scale = static_cast<float>(1.0 / (1.0 - std::pow(0.999, t)));
    Eigen::Map<Eigen::ArrayXf>(x, n) -=
        learning_rate * (m * m_scale) / ((v * v_scale).sqrt() + kEpsilon);
  }
  void prefetch(std::size_t row) const override {
    m_.prefetch(row);
    v_.prefetch(row);
  }
  void visit(Archive& archive) override {
    archive.table("optimizer.m", m_);
    archive.table("optimizer.v", v_);
  }

 private:
  FloatTable m_;  ///< running mean of g
  FloatTable v_;  ///< running mean of g^2
};

std::unique_ptr<RowOptimizer> make_adam(std::size_t rows, std::size_t width) {
  return std::make_unique<Adam>(rows, width);
}

}  // namespace

extern const OptimizerEntry adam;
constinit const OptimizerEntry adam = {
    .id = "adam",
    .title = "Sparse Adam",
    .formula =
        "m = .9 m + .1 g; v = .999 v + .001 g^2; x -= lr m' / (sqrt(v') + 1e-8), m' = m / (1 - "
        ".9^t), v' = v / (1 - .999^t), t the steps of the whole training",
    .source = "Kingma & Ba 2015; torch's SparseAdam",
    .pitfalls =
        "Moments move only where a row has a gradient (\"lazy\" Adam), but the bias correction "
        "counts the steps of the whole training: a row that is first met late starts with steps "
        "that are too large. Keeps two more numbers for every number of the tables.",
    .make = &make_adam,
};

}  // namespace kgaudit::models::optimizers_roster
