#include "models/embedding/row_functions.hpp"
#include "models/training/optimizer.hpp"

namespace kgaudit::models::optimizers_roster {
namespace {

class Adam final : public RowOptimizer {
 public:
  Adam(std::size_t rows, std::size_t width) : m_(rows, width), v_(rows, width) {}

  void apply(std::size_t row, float* x, const float* g, float learning_rate,
             std::uint64_t step) override {
    adam_step(adam_rates(static_cast<double>(learning_rate), step), {g, m_.stride()}, m_.row(row),
              v_.row(row), nullptr, x);
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
