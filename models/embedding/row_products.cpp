#include "models/embedding/row_products.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "models/embedding/row_products.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "models/embedding/transpose-inl.hpp"
#include "suite/base/error.hpp"

HWY_BEFORE_NAMESPACE();
namespace kgaudit::models {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::ScalableTag<float>;
using V = hn::Vec<Tag>;

constexpr std::size_t kLanes = HWY_LANES(float);
constexpr std::size_t kMostVectors = 2;  ///< side by side in a tile
constexpr std::size_t kMostColumns = kMostVectors * kLanes;
/// Rows of a tile. Its sums, a vector of b for each column block and one value of a must fit the
/// register file: 32 registers with AVX-512, 16 before it.
constexpr std::size_t kRows = kLanes >= 16 ? 8 : 6;
/// Depth of a packed panel of b, so that it stays in the first cache.
constexpr std::size_t kDepth = 256;

/// Values that lie `row` floats apart from row to row and `column` floats from column to column.
struct Strided {
  const float* data;
  std::size_t row;
  std::size_t column;
};

enum class Start { kZero, kOut };

/// Adds to each of kTile x (kVectors kLanes) sums, one after another, the products of one row of a
/// and one column of the panel. A sum is one chain of fused multiply-adds, whatever the width of a
/// vector.
template <std::size_t kTile, std::size_t kVectors, bool kNegative>
void add_tile(const Strided& a, const float* panel, std::size_t depth, Start start, float* out,
              std::size_t stride) {
  constexpr std::size_t kColumns = kVectors * kLanes;
  const Tag tag;
  std::array<std::array<V, kVectors>, kTile> sums;
  for (std::size_t i = 0; i < kTile; ++i) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      sums[i][v] =
          start == Start::kOut ? hn::LoadU(tag, out + i * stride + v * kLanes) : hn::Zero(tag);
    }
  }
  for (std::size_t k = 0; k < depth; ++k) {
    std::array<V, kVectors> b;
    for (std::size_t v = 0; v < kVectors; ++v)
      b[v] = hn::Load(tag, panel + k * kColumns + v * kLanes);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kTile; ++i) {
      const V x = hn::Set(tag, a.data[i * a.row + k * a.column]);
      for (std::size_t v = 0; v < kVectors; ++v) {
        sums[i][v] =
            kNegative ? hn::NegMulAdd(x, b[v], sums[i][v]) : hn::MulAdd(x, b[v], sums[i][v]);
      }
    }
  }
  for (std::size_t i = 0; i < kTile; ++i) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[i][v], tag, out + i * stride + v * kLanes);
    }
  }
}

using Tile = void (*)(const Strided&, const float*, std::size_t, Start, float*, std::size_t);

// kTiles[r - 1] is for r rows.
template <std::size_t kVectors, bool kNegative>
constexpr std::array<Tile, kRows> kTiles = []<std::size_t... r>(std::index_sequence<r...>) {
  return std::array<Tile, kRows>{&add_tile<r + 1, kVectors, kNegative>...};
}
(std::make_index_sequence<kRows>{});

/// `columns` columns of `depth` rows of b, side by side in a panel of `width`; its rest is 0.
void pack(const Strided& b, std::size_t depth, std::size_t columns, std::size_t width,
          float* panel) {
  if (columns < width) std::fill_n(panel, depth * width, 0.0F);
  if (b.column != 1) {  // a transposed matrix: its columns lie in rows
    transpose(b.data, b.column, columns, depth, panel, width);
    return;
  }
  const Tag tag;
  for (std::size_t k = 0; k < depth; ++k) {
    const float* const from = b.data + k * b.row;
    float* const to = panel + k * width;
    if (columns < width) {
      std::copy_n(from, columns, to);
      continue;
    }
    // Whole vectors: a call of memmove for each row would take longer than the copy.
    for (std::size_t c = 0; c < width; c += kLanes)
      hn::Store(hn::LoadU(tag, from + c), tag, to + c);
  }
}

/// out = a b, or out -= a b, with a m x k, b k x n and out m x n.
template <bool kNegative>
void add_product(const Strided& a, const Strided& b, std::size_t depth,
                 const MutableRowBlock& out) {
  HWY_ALIGN std::array<float, kDepth * kMostColumns> panel;
  HWY_ALIGN std::array<float, kRows* kMostColumns> edge = {};
  const std::size_t m = out.rows;
  const std::size_t n = out.width;
  for (std::size_t first = 0; first == 0 || first < depth; first += kDepth) {
    const std::size_t deep = std::min(kDepth, depth - first);
    const Start start = first > 0 || kNegative ? Start::kOut : Start::kZero;
    for (std::size_t j = 0; j < n; j += kMostColumns) {
      const std::size_t columns = std::min(kMostColumns, n - j);
      // A probe of few classes, and the last columns of many a product, fit one vector.
      const bool narrow = columns <= kLanes;
      const std::size_t width = narrow ? kLanes : kMostColumns;
      pack({b.data + first * b.row + j * b.column, b.row, b.column}, deep, columns, width,
           panel.data());
      const auto& tiles = narrow ? kTiles<1, kNegative> : kTiles<kMostVectors, kNegative>;
      for (std::size_t i = 0; i < m; i += kRows) {
        const std::size_t rows = std::min(kRows, m - i);
        const Strided part = {a.data + i * a.row + first * a.column, a.row, a.column};
        const Tile tile = tiles[rows - 1];
        if (columns == width) {
          tile(part, panel.data(), deep, start, out.row(i) + j, out.stride);
          continue;
        }
        for (std::size_t r = 0; start == Start::kOut && r < rows; ++r) {
          std::copy_n(out.row(i + r) + j, columns, edge.data() + r * width);
        }
        tile(part, panel.data(), deep, start, edge.data(), width);
        for (std::size_t r = 0; r < rows; ++r) {
          std::copy_n(edge.data() + r * width, columns, out.row(i + r) + j);
        }
      }
    }
  }
}

Strided plain(const RowBlock& rows) { return {rows.data, rows.stride, 1}; }
Strided transposed(const RowBlock& rows) { return {rows.data, 1, rows.stride}; }

}  // namespace

void products(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  add_product<false>(plain(a), plain(b), a.width, out);
}

void products_by_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  add_product<false>(plain(a), transposed(b), a.width, out);
}

void products_of_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  add_product<false>(transposed(a), plain(b), a.rows, out);
}

void less_products(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  add_product<true>(plain(a), plain(b), a.width, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::models
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit::models {

HWY_EXPORT(products);
HWY_EXPORT(products_by_transposed);
HWY_EXPORT(products_of_transposed);
HWY_EXPORT(less_products);

namespace {

void require_shapes(std::size_t m, std::size_t n, std::size_t k_of_a, std::size_t k_of_b,
                    const RowBlock& out) {
  KGA_REQUIRE(k_of_a == k_of_b && out.rows == m && out.width == n, "{} x {} by {} x {} to {} x {}",
              m, k_of_a, k_of_b, n, out.rows, out.width);
}

}  // namespace

void multiply(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.width, a.width, b.rows, out);
  HWY_DYNAMIC_DISPATCH(products)(a, b, out);
}

void multiply_by_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.rows, a.width, b.width, out);
  HWY_DYNAMIC_DISPATCH(products_by_transposed)(a, b, out);
}

void multiply_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.width, b.width, a.rows, b.rows, out);
  HWY_DYNAMIC_DISPATCH(products_of_transposed)(a, b, out);
}

void subtract_product(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.width, a.width, b.rows, out);
  HWY_DYNAMIC_DISPATCH(less_products)(a, b, out);
}

}  // namespace kgaudit::models

#endif  // HWY_ONCE
