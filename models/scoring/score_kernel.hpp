#pragma once

#include <cstddef>
#include <span>

#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_function.hpp"

namespace kgaudit::models {

/// Candidate rows re-laid for the comparison kernel: panels of kPanel candidates, dimension-major,
/// so that one vector load brings the same dimension of several candidates.
class CandidatePanels {
 public:
  /// Packs rows[0 .. n) (each `dimension` floats, `stride` apart); earlier contents are replaced,
  /// memory is kept. `rows` must be readable up to n * stride.
  void pack(const float* rows, std::size_t stride, std::size_t n, std::size_t dimension);
  /// Packs table rows named by `ids` (indices).
  void pack_rows(const FloatTable& table, std::span<const std::uint32_t> ids);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t dimension() const { return dimension_; }
  [[nodiscard]] const float* panel(std::size_t i) const { return packed_.row(i); }

 private:
  std::size_t size_ = 0;
  std::size_t dimension_ = 0;
  FloatTable packed_;
};

/// out[i * out_stride + c] = compare(q_i, candidate c) for m queries (rows of `q_stride` floats).
///
/// Every value is one chain of operations over k = 0 .. dimension - 1 in that order, whatever m, n
/// and the place in the block: the same pair gives the same bits everywhere, so equal rows tie
/// exactly. Cost: m n d multiply-adds (dot), about 2x (L2) and 3x (L1) that; packing is n d.
void compare_all(Comparator comparator, const float* queries, std::size_t q_stride, std::size_t m,
                 const CandidatePanels& candidates, float* out, std::size_t out_stride);

/// compare_all on unpacked candidates (rows `stride` apart, as the queries'), the quick way for
/// training: dot and L2 go through one Eigen product, whose sums may be ordered otherwise; the rest
/// is packed into `panels` and compared as above. Distances are off by up to about 4e-4 times the
/// rows' norms where they are smaller than that.
void compare_training(Comparator comparator, const float* queries, std::size_t m,
                      const float* candidates, std::size_t n, std::size_t stride,
                      std::size_t dimension, CandidatePanels& panels, float* out,
                      std::size_t out_stride);

/// Back through compare_all. Given s (its result), g = dL/ds (both m x n, row stride `s_stride`),
/// the queries and the unpacked candidates, writes dq (m x dimension) and dc (n x dimension),
/// which may be nullptr: not wanted; `scratch` is m x n floats with row stride `s_stride`. Where a
/// distance is exactly 0 its gradient is taken as 0 (a subgradient); L1 uses sign(0) = 0 per
/// coordinate. All row strides of q, c, dq and dc are `stride`.
void compare_all_gradient(Comparator comparator, const float* queries, const float* candidates,
                          std::size_t stride, std::size_t m, std::size_t n, std::size_t dimension,
                          const float* s, const float* g, float* scratch, std::size_t s_stride,
                          float* dq, float* dc);

/// One pair, with the bits of compare_all.
[[nodiscard]] float compare_one(Comparator comparator, const float* q, const float* c,
                                std::size_t dimension);
/// dq and dc of one pair with result s, both overwritten.
void compare_one_gradient(Comparator comparator, const float* q, const float* c,
                          std::size_t dimension, float s, float* dq, float* dc);

}  // namespace kgaudit::models
