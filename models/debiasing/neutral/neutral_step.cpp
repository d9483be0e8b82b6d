#include "models/debiasing/neutral/neutral_step.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>

#include "models/embedding/row_products.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

using Index = Eigen::Index;

constexpr std::size_t kRowsATask = 128;  // rows a task

}  // namespace

void NeutralStep::add(const Eigen::Ref<const Matrix>& conditions,
                      const Eigen::Ref<const Eigen::VectorXf>& values, float weight) {
  const Index n = conditions.rows();
  KGA_REQUIRE(conditions.cols() == static_cast<Index>(dimension_) && n == values.size(),
              "{} x {} conditions, {} values", n, conditions.cols(), values.size());
  conditions_.conservativeResize(size_ + n, conditions.cols());
  values_.conservativeResize(size_ + n);
  const float root = std::sqrt(weight);
  conditions_.bottomRows(n) = root * conditions;
  values_.tail(n) = root * values.transpose();
  size_ += n;
}

void NeutralStep::prepare() {
  if (empty()) return;
  // Large weights make the small system too stiff for single precision.
  Matrix products(size_, size_);
  multiply_by_transposed(block_of(conditions_), block_of(conditions_), mutable_block_of(products));
  Eigen::MatrixXd system = products.transpose().cast<double>();
  system.diagonal().array() += 1.0;
  correction_ = system.llt().solve(conditions_.cast<double>()).cast<float>();
}

void NeutralStep::take(FloatTable& table, std::span<const std::uint32_t> rows, ThreadPool& pool) {
  if (empty()) return;
  const auto d = static_cast<Index>(dimension_);
  scratch_.resize(pool.threads());
  pool.run((rows.size() + kRowsATask - 1) / kRowsATask, [&](std::size_t task, std::size_t worker) {
    const auto block =
        rows.subspan(task * kRowsATask, std::min(kRowsATask, rows.size() - task * kRowsATask));
    auto& [x, off] = scratch_[worker];
    x.resize(static_cast<Index>(block.size()), d);
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (i + FloatTable::kAhead < block.size()) table.prefetch(block[i + FloatTable::kAhead]);
      std::copy_n(table.row(block[i]), dimension_, x.row(static_cast<Index>(i)).data());
    }
    off.resize(x.rows(), size_);
    multiply_by_transposed(block_of(x), block_of(conditions_), mutable_block_of(off));
    off.rowwise() -= values_;
    subtract_product(block_of(off), block_of(correction_), mutable_block_of(x));
    for (std::size_t i = 0; i < block.size(); ++i) {
      std::copy_n(x.row(static_cast<Index>(i)).data(), dimension_, table.row(block[i]));
    }
  });
}

}  // namespace kgaudit::models
