#include "models/embedding/double_products.hpp"

#include <algorithm>
#include <array>
#include <vector>

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "models/embedding/double_products.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "suite/base/error.hpp"

HWY_BEFORE_NAMESPACE();
namespace kgaudit::models {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// A tile of results, whose chains stay in registers: eight rows (one AVX-512 vector, two AVX2 ones,
// four of NEON) by six columns.
constexpr std::size_t kTileRows = 8;
constexpr std::size_t kTileColumns = 6;
// Steps of the chains between two visits of a tile: the packed operands of a tile lie in the
// nearest cache.
constexpr std::size_t kSteps = 256;

using DoubleTag = hn::CappedTag<double, kTileRows>;
using DoubleVector = hn::Vec<DoubleTag>;
constexpr std::size_t kDoubles = std::min<std::size_t>(kTileRows, HWY_LANES(double));
constexpr std::size_t kVectors = kTileRows / kDoubles;

/// tile += a b for operands that are packed step by step.
void add_steps(const double* a, const double* b, std::size_t steps, double* tile) {
  const DoubleTag tag;
  std::array<std::array<DoubleVector, kVectors>, kTileColumns> sums;
  for (std::size_t j = 0; j < kTileColumns; ++j) {
    for (std::size_t v = 0; v < kVectors; ++v)
      sums[j][v] = hn::LoadU(tag, tile + j * kTileRows + v * kDoubles);
  }
  for (std::size_t k = 0; k < steps; ++k) {
    std::array<DoubleVector, kVectors> rows;
    for (std::size_t v = 0; v < kVectors; ++v)
      rows[v] = hn::LoadU(tag, a + k * kTileRows + v * kDoubles);
    for (std::size_t j = 0; j < kTileColumns; ++j) {
      const DoubleVector factor = hn::Set(tag, b[k * kTileColumns + j]);
      for (std::size_t v = 0; v < kVectors; ++v)
        sums[j][v] = hn::MulAdd(rows[v], factor, sums[j][v]);
    }
  }
  for (std::size_t j = 0; j < kTileColumns; ++j) {
    for (std::size_t v = 0; v < kVectors; ++v)
      hn::StoreU(sums[j][v], tag, tile + j * kTileRows + v * kDoubles);
  }
}

/// The rows [first, first + width) of `from` at the steps [step, step + steps), step by step; 0
/// where there is none.
void pack_steps(const Strided<const double>& from, std::size_t first, std::size_t width,
                std::size_t step, std::size_t steps, double sign, double* to) {
  for (std::size_t k = 0; k < steps; ++k) {
    for (std::size_t i = 0; i < width; ++i) {
      to[k * width + i] = first + i < from.rows ? sign * from.at(first + i, step + k) : 0.0;
    }
  }
}

}  // namespace

void add_product_of(const Strided<const double>& a, const Strided<const double>& b, double sign,
                    const Strided<double>& out) {
  const std::size_t tiles = (a.rows + kTileRows - 1) / kTileRows;
  std::vector<double> packed_a(tiles * kSteps * kTileRows);
  std::array<double, kSteps * kTileColumns> packed_b;
  std::array<double, kTileRows * kTileColumns> tile;
  for (std::size_t step = 0; step < a.columns; step += kSteps) {
    const std::size_t steps = std::min(kSteps, a.columns - step);
    for (std::size_t t = 0; t < tiles; ++t) {
      pack_steps(a, t * kTileRows, kTileRows, step, steps, sign,
                 packed_a.data() + t * kSteps * kTileRows);
    }
    for (std::size_t j = 0; j < b.columns; j += kTileColumns) {
      const std::size_t columns = std::min(kTileColumns, b.columns - j);
      pack_steps(b.transposed(), j, kTileColumns, step, steps, 1.0, packed_b.data());
      for (std::size_t t = 0; t < tiles; ++t) {
        const std::size_t first = t * kTileRows;
        const std::size_t rows = std::min(kTileRows, a.rows - first);
        tile.fill(0.0);
        for (std::size_t c = 0; c < columns; ++c) {
          for (std::size_t r = 0; r < rows; ++r) tile[c * kTileRows + r] = out.at(first + r, j + c);
        }
        add_steps(packed_a.data() + t * kSteps * kTileRows, packed_b.data(), steps, tile.data());
        for (std::size_t c = 0; c < columns; ++c) {
          for (std::size_t r = 0; r < rows; ++r) out.at(first + r, j + c) = tile[c * kTileRows + r];
        }
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::models
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit::models {

HWY_EXPORT(add_product_of);

void add_product(const Strided<const double>& a, const Strided<const double>& b, double sign,
                 const Strided<double>& out) {
  KGA_REQUIRE(a.columns == b.rows && out.rows == a.rows && out.columns == b.columns,
              "{} x {} by {} x {} into {} x {}", a.rows, a.columns, b.rows, b.columns, out.rows,
              out.columns);
  HWY_DYNAMIC_DISPATCH(add_product_of)(a, b, sign, out);
}

}  // namespace kgaudit::models

#endif  // HWY_ONCE
