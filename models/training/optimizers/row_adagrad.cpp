#include <cmath>
#include <span>

#include "models/embedding/row_functions.hpp"
#include "models/training/optimizer.hpp"

namespace kgaudit::models::optimizers_roster {
namespace {

class RowAdagrad final : public RowOptimizer {
 public:
  RowAdagrad(std::size_t rows, std::size_t width)
      : width_(width), stride_(FloatTable(0, width).stride()), sums_(rows, 0.0F) {}

  void apply(std::size_t row, float* x, const float* g, float learning_rate,
             std::uint64_t /*step*/) override {
    constexpr float kEpsilon = 1e-10F;
    // The padding is 0 and takes part: rows then end where vectors do.
    const std::span gradient(g, stride_);
    sums_[row] += sum_of_squares(gradient) / static_cast<float>(width_);
    subtract_scaled(learning_rate / (std::sqrt(sums_[row]) + kEpsilon), gradient, x);
  }
  void prefetch(std::size_t row) const override { __builtin_prefetch(&sums_[row], 1); }
  void visit(Archive& archive) override { archive.numbers("optimizer.row_sums", sums_); }

 private:
  std::size_t width_;
  std::size_t stride_;
  std::vector<float> sums_;  ///< G, one a row
};

std::unique_ptr<RowOptimizer> make_row_adagrad(std::size_t rows, std::size_t width) {
  return std::make_unique<RowAdagrad>(rows, width);
}

}  // namespace

extern const OptimizerEntry row_adagrad;
constinit const OptimizerEntry row_adagrad = {
    .id = "row-adagrad",
    .title = "Row-wise AdaGrad",
    .formula = "G += mean_k(g_k^2); x -= lr g / (sqrt(G) + 1e-10), one G a row",
    .source = "PyTorch-BigGraph's RowAdagrad; after Duchi et al. 2011",
    .pitfalls =
        "All coordinates of a row share one step size, so a coordinate that hardly ever has a "
        "gradient gains nothing by it. G only grows: a row that has learnt much learns slowly ever "
        "after.",
    .make = &make_row_adagrad,
};

}  // namespace kgaudit::models::optimizers_roster
