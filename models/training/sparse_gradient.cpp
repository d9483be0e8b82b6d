#include "models/training/sparse_gradient.hpp"

#include <algorithm>
#include <utility>

namespace kgaudit::models {

void SparseGradient::resize(std::size_t n, std::size_t width) {
  rows.grow(n, width);
  ids.resize(n);
}

float* SparseGradient::append(std::uint32_t id, std::size_t width) {
  const std::size_t i = ids.size();
  if (rows.rows() <= i || rows.width() != width) {
    FloatTable larger(std::max<std::size_t>(16, 2 * i), width);
    for (std::size_t r = 0; r < i; ++r) std::copy_n(rows.row(r), rows.stride(), larger.row(r));
    rows = std::move(larger);
  }
  ids.push_back(id);
  std::fill_n(rows.row(i), rows.stride(), 0.0F);
  return rows.row(i);
}

void SummedGradient::clear() {
  for (const std::uint32_t id : rows_.ids) place_[id] = 0;
  rows_.ids.clear();
}

float* SummedGradient::row(std::uint32_t id, std::size_t width) {
  if (id >= place_.size()) place_.resize(std::size_t{id} + 1, 0);
  if (place_[id] == 0) {
    float* const added = rows_.append(id, width);
    place_[id] = static_cast<std::uint32_t>(rows_.ids.size());
    return added;
  }
  return rows_.rows.row(place_[id] - 1);
}

}  // namespace kgaudit::models
