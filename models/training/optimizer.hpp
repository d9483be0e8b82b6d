#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "models/embedding/archive.hpp"
#include "models/embedding/embedding_table.hpp"

namespace kgaudit::models {

/// The update rule of one table's rows, with the state that it keeps for them. Different rows may
/// be updated by different threads at once.
class RowOptimizer {
 public:
  virtual ~RowOptimizer() = default;

  /// Moves x, row `row` of the table, against its gradient g: both are padded rows of the table's
  /// width (FloatTable). `step` counts the updates of the whole training, from 1.
  virtual void apply(std::size_t row, float* x, const float* g, float learning_rate,
                     std::uint64_t step) = 0;
  /// Asks for what `apply` keeps of this row, ahead of its use.
  virtual void prefetch(std::size_t row) const = 0;
  /// All that `apply` keeps.
  virtual void visit(Archive& archive) = 0;
};

/// One roster entry: an update rule as users see it, and how to make its state. In formulas: x a
/// row, g its gradient, k a coordinate, lr the learning rate.
struct OptimizerEntry {
  std::string_view id;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::string_view pitfalls;
  /// The state before the first update of a table of `rows` rows of `width` floats.
  std::unique_ptr<RowOptimizer> (*make)(std::size_t rows, std::size_t width);
};

/// All update rules in roster order.
[[nodiscard]] std::span<const OptimizerEntry* const> optimizers();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const OptimizerEntry& find_optimizer(std::string_view id);

}  // namespace kgaudit::models
