#include "models/training/optimizer.hpp"

#include <cmath>

#include <Eigen/Core>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

using Row = Eigen::Map<Eigen::ArrayXf>;
using ConstRow = Eigen::Map<const Eigen::ArrayXf>;

constexpr float kEpsilon = 1e-10F;

}  // namespace

OptimizerKind optimizer_from_text(std::string_view text) {
  if (text == "row-adagrad") return OptimizerKind::kRowAdagrad;
  if (text == "adagrad") return OptimizerKind::kAdagrad;
  if (text == "adam") return OptimizerKind::kAdam;
  KGA_REQUIRE(text == "sgd", "optimizer = {}", text);
  return OptimizerKind::kSgd;
}

RowOptimizer::RowOptimizer(OptimizerKind kind, std::size_t rows, std::size_t width)
    : kind_(kind), width_(width), stride_(FloatTable(0, width).stride()) {
  if (kind == OptimizerKind::kRowAdagrad) row_sums_.resize(rows, 0.0F);
  if (kind == OptimizerKind::kAdagrad || kind == OptimizerKind::kAdam)
    first_ = FloatTable(rows, width);
  if (kind == OptimizerKind::kAdam) second_ = FloatTable(rows, width);
}

void RowOptimizer::apply(std::size_t row, float* x, const float* g, float learning_rate,
                         std::uint64_t step) {
  const auto n = static_cast<Eigen::Index>(stride_);
  Row x_row(x, n);
  const ConstRow g_row(g, n);
  switch (kind_) {
    case OptimizerKind::kSgd:
      x_row -= learning_rate * g_row;
      return;
    case OptimizerKind::kRowAdagrad: {
      row_sums_[row] += g_row.square().sum() / static_cast<float>(width_);
      x_row -= (learning_rate / (std::sqrt(row_sums_[row]) + kEpsilon)) * g_row;
      return;
    }
    case OptimizerKind::kAdagrad: {
      Row sums(first_.row(row), n);
      sums += g_row.square();
      x_row -= learning_rate * g_row / (sums.sqrt() + kEpsilon);
      return;
    }
    case OptimizerKind::kAdam: {
      constexpr float kBeta1 = 0.9F;
      constexpr float kBeta2 = 0.999F;
      Row m(first_.row(row), n);
      Row v(second_.row(row), n);
      m = kBeta1 * m + (1.0F - kBeta1) * g_row;
      v = kBeta2 * v + (1.0F - kBeta2) * g_row.square();
      const auto t = static_cast<double>(step);
      const auto m_scale = static_cast<float>(1.0 / (1.0 - std::pow(0.9, t)));
      const auto v_scale = static_cast<float>(1.0 / (1.0 - std::pow(0.999, t)));
      x_row -= learning_rate * (m * m_scale) / ((v * v_scale).sqrt() + 1e-8F);
      return;
    }
  }
}

void RowOptimizer::visit(Archive& archive) {
  archive.numbers("optimizer.row_sums", row_sums_);
  archive.table("optimizer.first", first_);
  archive.table("optimizer.second", second_);
}

}  // namespace kgaudit::models
