#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/embedding/archive.hpp"
#include "models/embedding/embedding_table.hpp"

namespace kgaudit::models {

enum class OptimizerKind {
  /// One accumulator a row: G += mean_k(g_k^2); x -= lr g / (sqrt(G) + 1e-10). PyTorch-BigGraph's
  /// RowAdagrad.
  kRowAdagrad,
  /// Element-wise AdaGrad (Duchi et al. 2011): G_k += g_k^2; x_k -= lr g_k / (sqrt(G_k) + 1e-10).
  kAdagrad,
  /// Sparse ("lazy") Adam (Kingma & Ba 2015), betas .9 and .999, eps 1e-8: moments move only for
  /// rows with a
  /// gradient; the bias correction counts the steps of the whole training, as torch's SparseAdam
  /// does.
  kAdam,
  /// x -= lr g.
  kSgd,
};

/// Throws nothing: the parameter tables list exactly these words.
[[nodiscard]] OptimizerKind optimizer_from_text(std::string_view text);

/// The state that an optimiser keeps for one table, and its update of one row. Different rows may
/// be updated by different threads at once.
class RowOptimizer {
 public:
  RowOptimizer() = default;
  RowOptimizer(OptimizerKind kind, std::size_t rows, std::size_t width);

  /// x (a row of `width` floats, padded) moves against g. `step` counts from 1 and is used by Adam.
  void apply(std::size_t row, float* x, const float* g, float learning_rate, std::uint64_t step);

  /// Asks for what `apply` keeps of this row, ahead of its use.
  void prefetch(std::size_t row) const {
    if (!row_sums_.empty()) __builtin_prefetch(&row_sums_[row], 1);
    if (first_.rows() != 0) first_.prefetch(row);
    if (second_.rows() != 0) second_.prefetch(row);
  }

  void visit(Archive& archive);

 private:
  OptimizerKind kind_ = OptimizerKind::kSgd;
  std::size_t width_ = 0;
  std::size_t stride_ = 0;
  std::vector<float> row_sums_;  ///< row-AdaGrad: G per row
  FloatTable first_;             ///< AdaGrad: G; Adam: m
  FloatTable second_;            ///< Adam: v
};

}  // namespace kgaudit::models
