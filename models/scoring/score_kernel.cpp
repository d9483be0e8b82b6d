#include "models/scoring/score_kernel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <Eigen/Core>

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/scoring/score_kernel.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_functions.hpp"
#include "models/embedding/row_products.hpp"
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
constexpr std::size_t kPanel = CandidatePanels::kWidth;
/// Candidates of a panel that are compared at once.
constexpr std::size_t kPart = 2 * kLanes;
static_assert(kPanel % kPart == 0);
// 2 x kRows accumulators, 2 candidate vectors and 1 broadcast must fit the register file: 32
// registers with AVX-512, 16 before it.
constexpr std::size_t kRows = kLanes >= 16 ? 12 : 5;

// One comparison is `step` over the dimensions and one `finish`; T is a vector of candidates.
struct Dot {
  template <class T>
  static T step(T sum, T q, T c) {
    return hn::MulAdd(q, c, sum);
  }
  template <class T>
  static T finish(T sum) {
    return sum;
  }
};
struct L1 {
  template <class T>
  static T step(T sum, T q, T c) {
    return hn::Add(sum, hn::Abs(hn::Sub(q, c)));
  }
  template <class T>
  static T finish(T sum) {
    return hn::Neg(sum);
  }
};
struct L2 {
  template <class T>
  static T step(T sum, T q, T c) {
    const T x = hn::Sub(q, c);
    return hn::MulAdd(x, x, sum);
  }
  template <class T>
  static T finish(T sum) {
    return hn::Neg(hn::Sqrt(sum));
  }
};

/// Scores of kBlock queries against `columns` <= kPart candidates, whose panel begins at `panel`.
template <class Compare, std::size_t kBlock>
void compare_block(const float* queries, std::size_t q_stride, const float* panel,
                   std::size_t dimension, float* out, std::size_t out_stride, std::size_t columns) {
  const Tag tag;
  std::array<std::array<V, 2>, kBlock> sum;
  for (std::size_t i = 0; i < kBlock; ++i) sum[i][0] = sum[i][1] = hn::Zero(tag);
  for (std::size_t k = 0; k < dimension; ++k) {
    const V c0 = hn::Load(tag, panel + k * kPanel);
    const V c1 = hn::Load(tag, panel + k * kPanel + kLanes);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kBlock; ++i) {
      const V q = hn::Set(tag, queries[i * q_stride + k]);
      sum[i][0] = Compare::step(sum[i][0], q, c0);
      sum[i][1] = Compare::step(sum[i][1], q, c1);
    }
  }
  for (std::size_t i = 0; i < kBlock; ++i) {
    const V s0 = Compare::finish(sum[i][0]);
    const V s1 = Compare::finish(sum[i][1]);
    float* row = out + i * out_stride;
    if (columns == kPart) {
      hn::StoreU(s0, tag, row);
      hn::StoreU(s1, tag, row + kLanes);
    } else {
      HWY_ALIGN std::array<float, kPart> whole;
      hn::Store(s0, tag, whole.data());
      hn::Store(s1, tag, whole.data() + kLanes);
      std::copy_n(whole.data(), columns, row);
    }
  }
}

// Complex rows are halves: coordinate k is q[k] + i q[k + half].
template <std::size_t kBlock>
void compare_complex_block(const float* queries, std::size_t q_stride, const float* panel,
                           std::size_t dimension, float* out, std::size_t out_stride,
                           std::size_t columns) {
  const Tag tag;
  const std::size_t half = dimension / 2;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const float* q = queries + i * q_stride;
    HWY_ALIGN std::array<float, kPart> whole;
    for (std::size_t part = 0; part < kPart; part += kLanes) {
      V sum = hn::Zero(tag);
      for (std::size_t k = 0; k < half; ++k) {
        const V re = hn::Sub(hn::Set(tag, q[k]), hn::Load(tag, panel + k * kPanel + part));
        const V im =
            hn::Sub(hn::Set(tag, q[k + half]), hn::Load(tag, panel + (k + half) * kPanel + part));
        sum = hn::Add(sum, hn::Sqrt(hn::MulAdd(re, re, hn::Mul(im, im))));
      }
      hn::Store(hn::Neg(sum), tag, whole.data() + part);
    }
    std::copy_n(whole.data(), columns, out + i * out_stride);
  }
}

using Block = void (*)(const float*, std::size_t, const float*, std::size_t, float*, std::size_t,
                       std::size_t);

// blocks[b - 1] handles b queries at once.
template <class Compare>
constexpr std::array<Block, kRows> kBlocks = []<std::size_t... b>(std::index_sequence<b...>) {
  return std::array<Block, kRows>{&compare_block<Compare, b + 1>...};
}
(std::make_index_sequence<kRows>{});

constexpr std::array<Block, kRows> kComplexBlocks =
    []<std::size_t... b>(std::index_sequence<b...>) {
  return std::array<Block, kRows>{&compare_complex_block<b + 1>...};
}
(std::make_index_sequence<kRows>{});

const std::array<Block, kRows>& blocks_of(Comparator comparator) {
  switch (comparator) {
    case Comparator::kDot:
      return kBlocks<Dot>;
    case Comparator::kL1:
      return kBlocks<L1>;
    case Comparator::kL2:
      return kBlocks<L2>;
    case Comparator::kComplexL1:
      return kComplexBlocks;
  }
  KGA_REQUIRE(false, "comparator = {}", static_cast<int>(comparator));
  return kComplexBlocks;
}

}  // namespace

void compare_panels(Comparator comparator, const RowBlock& queries,
                    const CandidatePanels& candidates, const MutableRowBlock& out) {
  const auto& blocks = blocks_of(comparator);
  const std::size_t n = candidates.size();
  for (std::size_t first = 0; first < n; first += kPart) {
    const float* panel = candidates.panel(first / kPanel) + first % kPanel;
    const std::size_t columns = std::min(kPart, n - first);
    for (std::size_t i = 0; i < queries.rows; i += kRows) {
      const std::size_t rows = std::min(kRows, queries.rows - i);
      blocks[rows - 1](queries.row(i), queries.stride, panel, candidates.dimension(),
                       out.row(i) + first, out.stride, columns);
    }
  }
}

/// Each panel has kPanel rows, dimension-major; places without a row are 0.
void pack_panels(const RowBlock& rows, FloatTable& panels) {
  for (std::size_t first = 0; first < rows.rows; first += kPanel) {
    const std::size_t count = std::min(kPanel, rows.rows - first);
    float* panel = panels.row(first / kPanel);
    if (count < kPanel) std::fill_n(panel, rows.width * kPanel, 0.0F);
    transpose(rows.row(first), rows.stride, count, rows.width, panel, kPanel);
  }
}

// dq_i += sum_c g_ic u(c - q_i), dc_c -= sum_i g_ic u(c - q_i), u = sign per coordinate.
void l1_gradient(const RowBlock& queries, const RowBlock& candidates, const RowBlock& gradient,
                 const ComparisonGradient& out) {
  const Tag tag;
  const V zero = hn::Zero(tag);
  for (std::size_t i = 0; i < queries.rows; ++i) {
    for (std::size_t c = 0; c < candidates.rows; ++c) {
      const float weight = gradient.row(i)[c];
      if (weight == 0.0F) continue;
      const V w = hn::Set(tag, weight);
      const float* q = queries.row(i);
      const float* x = candidates.row(c);
      float* dq = out.queries.row(i);
      float* dc = out.candidates.row(c);
      for (std::size_t k = 0; k < queries.stride; k += kLanes) {
        const V difference = hn::Sub(hn::LoadU(tag, x + k), hn::LoadU(tag, q + k));
        // w with the sign of the difference, 0 where they are equal (so the padding stays 0)
        const V signed_w = hn::Xor(w, hn::And(difference, hn::SignBit(tag)));
        const V u = hn::IfThenElse(hn::Eq(difference, zero), zero, signed_w);
        hn::StoreU(hn::Add(hn::LoadU(tag, dq + k), u), tag, dq + k);
        hn::StoreU(hn::Sub(hn::LoadU(tag, dc + k), u), tag, dc + k);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::models
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit::models {

HWY_EXPORT(compare_panels);
HWY_EXPORT(l1_gradient);
HWY_EXPORT(pack_panels);

namespace {

void complex_l1_gradient(const RowBlock& queries, const RowBlock& candidates,
                         const RowBlock& gradient, const ComparisonGradient& out) {
  const std::size_t half = queries.width / 2;
  for (std::size_t i = 0; i < queries.rows; ++i) {
    for (std::size_t c = 0; c < candidates.rows; ++c) {
      const float weight = gradient.row(i)[c];
      if (weight == 0.0F) continue;
      const float* q = queries.row(i);
      const float* x = candidates.row(c);
      float* dq = out.queries.row(i);
      float* dc = out.candidates.row(c);
      for (std::size_t k = 0; k < half; ++k) {
        const float re = x[k] - q[k];
        const float im = x[k + half] - q[k + half];
        const float modulus = std::sqrt(re * re + im * im);
        const float scale = modulus > 0.0F ? weight / modulus : 0.0F;
        dq[k] += scale * re;
        dq[k + half] += scale * im;
        dc[k] -= scale * re;
        dc[k + half] -= scale * im;
      }
    }
  }
}

// |q - c|^2 = |q|^2 + |c|^2 - 2 <q, c>. Loses digits where the distance is small against the norms:
// training does not notice, ranking would and does not use it. A difference below rounding counts
// as 0.
void distances_from_products(const RowBlock& queries, const RowBlock& candidates,
                             const MutableRowBlock& scores) {
  std::vector<float> squares(candidates.rows);
  for (std::size_t j = 0; j < candidates.rows; ++j) {
    squares[j] = sum_of_squares({candidates.row(j), candidates.width});
  }
  for (std::size_t i = 0; i < scores.rows; ++i) {
    const float square = sum_of_squares({queries.row(i), queries.width});
    float* const row = scores.row(i);
    for (std::size_t j = 0; j < candidates.rows; ++j) {
      row[j] = -std::sqrt(std::max(square + squares[j] - 2.0F * row[j], 0.0F));
    }
  }
}

}  // namespace

void CandidatePanels::pack(const RowBlock& rows) {
  size_ = rows.rows;
  dimension_ = rows.width;
  packed_.grow((size_ + kWidth - 1) / kWidth, dimension_ * kWidth);
  HWY_DYNAMIC_DISPATCH(pack_panels)(rows, packed_);
}

void CandidatePanels::pack_rows(const FloatTable& table, std::span<const std::uint32_t> ids) {
  FloatTable gathered(ids.size(), table.width());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::copy_n(table.row(ids[i]), table.width(), gathered.row(i));
  }
  pack(gathered.block(0, ids.size()));
}

void compare_all(Comparator comparator, const RowBlock& queries, const CandidatePanels& candidates,
                 const MutableRowBlock& out) {
  const std::size_t m = queries.rows;
  const std::size_t n = candidates.size();
  const std::size_t d = candidates.dimension();
  KGA_REQUIRE(queries.width == d && out.rows == m && out.width == n,
              "{} x {} queries, {} x {} candidates, {} x {} scores", m, queries.width, n, d,
              out.rows, out.width);
  HWY_DYNAMIC_DISPATCH(compare_panels)(comparator, queries, candidates, out);
}

void compare_training(Comparator comparator, const RowBlock& queries, const RowBlock& candidates,
                      CandidatePanels& panels, const MutableRowBlock& out) {
  KGA_REQUIRE(queries.stride == candidates.stride && out.rows == queries.rows &&
                  out.width == candidates.rows,
              "{} x {} queries, {} x {} candidates, {} x {} scores", queries.rows, queries.stride,
              candidates.rows, candidates.stride, out.rows, out.width);
  if (comparator == Comparator::kDot || comparator == Comparator::kL2) {
    // The padding is 0 and takes part: rows then begin and end where vectors of floats do.
    multiply_by_transposed(queries.padded(), candidates.padded(), out);
    if (comparator == Comparator::kL2) distances_from_products(queries, candidates, out);
    return;
  }
  panels.pack(candidates);
  compare_all(comparator, queries, panels, out);
}

void compare_all_gradient(Comparator comparator, const RowBlock& queries,
                          const RowBlock& candidates, const RowBlock& scores,
                          const MutableRowBlock& gradient, const ComparisonGradient& out) {
  const std::size_t m = queries.rows;
  const std::size_t n = candidates.rows;
  const std::size_t stride = queries.stride;
  const bool both = out.candidates.data != nullptr;
  KGA_REQUIRE(candidates.stride == stride && out.queries.stride == stride &&
                  (!both || out.candidates.stride == stride),
              "strides {}, {}, {}, {}", stride, candidates.stride, out.queries.stride,
              out.candidates.stride);
  KGA_REQUIRE(gradient.rows == m && gradient.width == n && out.queries.rows == m &&
                  (!both || out.candidates.rows == n),
              "{} queries, {} candidates, {} x {} gradients to {} and {} rows", m, n, gradient.rows,
              gradient.width, out.queries.rows, out.candidates.rows);
  if (comparator == Comparator::kL1 || comparator == Comparator::kComplexL1) {
    std::fill_n(out.queries.data, m * stride, 0.0F);
    std::vector<float> unwanted;
    ComparisonGradient sums = out;
    if (!both) {
      unwanted.resize(n * stride);
      sums.candidates = {unwanted.data(), n, candidates.width, stride};
    }
    std::fill_n(sums.candidates.data, n * stride, 0.0F);
    if (comparator == Comparator::kL1) {
      HWY_DYNAMIC_DISPATCH(l1_gradient)(queries, candidates, gradient, sums);
    } else {
      complex_l1_gradient(queries, candidates, gradient, sums);
    }
    return;
  }
  const auto weigh = [&] {
    multiply(gradient, candidates.padded(), out.queries.padded());
    if (both) multiply_transposed(gradient, queries.padded(), out.candidates.padded());
  };
  if (comparator == Comparator::kDot) {
    weigh();
    return;
  }
  // L2: s = -|q - c|, so ds/dq = (c - q) / |q - c|. With W = g / |q - c|:
  // dq = W c - rowsum(W) q and dc = W^T q - colsum(W) c.
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const float distance = -scores.row(i)[j];
      float& weight = gradient.row(i)[j];
      weight = distance > 0.0F ? weight / distance : 0.0F;
    }
  }
  weigh();
  const ConstRowMap q = matrix_of(queries.padded());
  const ConstRowMap c = matrix_of(candidates.padded());
  RowMap dq = matrix_of(out.queries.padded());
  for (std::size_t i = 0; i < m; ++i)
    dq.row(index(i)) -= sum_of({gradient.row(i), gradient.width}) * q.row(index(i));
  if (!both) return;
  RowMap dc = matrix_of(out.candidates.padded());
  const Eigen::RowVectorXf columns = column_sums(matrix_of(RowBlock(gradient)));
  for (std::size_t j = 0; j < n; ++j) dc.row(index(j)) -= columns[index(j)] * c.row(index(j));
}

namespace {

// One pair: the operations of one lane of the blocks above in the same order, hence the same bits.

float dot_pair(const float* q, const float* c, std::size_t dimension) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < dimension; ++k) sum = std::fma(q[k], c[k], sum);
  return sum;
}

float l1_pair(const float* q, const float* c, std::size_t dimension) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < dimension; ++k) sum += std::abs(q[k] - c[k]);
  return -sum;
}

float l2_pair(const float* q, const float* c, std::size_t dimension) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < dimension; ++k) {
    const float x = q[k] - c[k];
    sum = std::fma(x, x, sum);
  }
  return -std::sqrt(sum);
}

float complex_pair(const float* q, const float* c, std::size_t dimension) {
  const std::size_t half = dimension / 2;
  float sum = 0.0F;
  for (std::size_t k = 0; k < half; ++k) {
    const float re = q[k] - c[k];
    const float im = q[k + half] - c[k + half];
    sum += std::sqrt(std::fma(re, re, im * im));
  }
  return -sum;
}

}  // namespace

float compare_one(Comparator comparator, const float* q, const float* c, std::size_t dimension) {
  switch (comparator) {
    case Comparator::kDot:
      return dot_pair(q, c, dimension);
    case Comparator::kL1:
      return l1_pair(q, c, dimension);
    case Comparator::kL2:
      return l2_pair(q, c, dimension);
    case Comparator::kComplexL1:
      return complex_pair(q, c, dimension);
  }
  KGA_REQUIRE(false, "comparator = {}", static_cast<int>(comparator));
  return 0.0F;
}

void compare_one_gradient(Comparator comparator, const float* q, const float* c,
                          std::size_t dimension, float s, float* dq, float* dc) {
  switch (comparator) {
    case Comparator::kDot:
      std::copy_n(c, dimension, dq);
      std::copy_n(q, dimension, dc);
      return;
    case Comparator::kL1:
      for (std::size_t k = 0; k < dimension; ++k) {
        const float x = c[k] - q[k];
        dq[k] = x > 0.0F ? 1.0F : (x < 0.0F ? -1.0F : 0.0F);
        dc[k] = -dq[k];
      }
      return;
    case Comparator::kL2:
      for (std::size_t k = 0; k < dimension; ++k) {
        dq[k] = s < 0.0F ? (c[k] - q[k]) / -s : 0.0F;
        dc[k] = -dq[k];
      }
      return;
    case Comparator::kComplexL1: {
      const std::size_t half = dimension / 2;
      for (std::size_t k = 0; k < half; ++k) {
        const float re = c[k] - q[k];
        const float im = c[k + half] - q[k + half];
        const float modulus = std::sqrt(re * re + im * im);
        dq[k] = modulus > 0.0F ? re / modulus : 0.0F;
        dq[k + half] = modulus > 0.0F ? im / modulus : 0.0F;
        dc[k] = -dq[k];
        dc[k + half] = -dq[k + half];
      }
      return;
    }
  }
}

}  // namespace kgaudit::models

#endif  // HWY_ONCE
