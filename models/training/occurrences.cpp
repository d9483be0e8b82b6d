#include "models/training/occurrences.hpp"

#include <algorithm>

namespace kgaudit::models {

void Occurrences::begin_batch(std::size_t table_rows) {
  if (slot_.size() != table_rows) {
    slot_.assign(table_rows, 0);
    stamp_.assign(table_rows, 0);
  }
  ++batch_;
  ids_.clear();
}

void Occurrences::collect(std::span<const SparseGradient* const> gradients) {
  begin_.assign(ids_.size() + 1, 0);
  for (const SparseGradient* g : gradients) {
    for (const std::uint32_t id : g->ids) ++begin_[slot_[id] + 1];
  }
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  fill_.assign(begin_.begin(), begin_.end() - 1);
  rows_.resize(begin_.back());
  for (const SparseGradient* g : gradients) {
    for (std::size_t i = 0; i < g->ids.size(); ++i) {
      rows_[fill_[slot_[g->ids[i]]]++] = g->rows.row(i);
    }
  }
}

void Occurrences::sum(std::size_t i, float* out, std::size_t stride) const {
  std::copy_n(rows_[begin_[i]], stride, out);
  for (std::size_t o = begin_[i] + 1; o < begin_[i + 1]; ++o) {
    const float* row = rows_[o];
    for (std::size_t k = 0; k < stride; ++k) out[k] += row[k];
  }
}

}  // namespace kgaudit::models
