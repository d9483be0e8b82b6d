#pragma once

#include <cstddef>
#include <span>

#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_function.hpp"

namespace kgaudit::models {

/// Candidate rows re-laid for the comparison kernel: panels of kWidth candidates, dimension-major,
/// so that one vector load brings the same dimension of several candidates.
class CandidatePanels {
 public:
  /// Two of the widest vectors that a kernel has.
  static constexpr std::size_t kWidth = 32;

  /// Packs the n rows; earlier contents are replaced, memory is kept. `rows` must be readable up to
  /// n * stride.
  void pack(const RowBlock& rows);
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

/// out (m x n): out.row(i)[c] = compare(query i, candidate c) for m queries (m x dimension).
///
/// Every value is one chain of operations over k = 0 .. dimension - 1 in that order, whatever m, n
/// and the place in the block: the same pair gives the same bits everywhere, so equal rows tie
/// exactly. Cost: m n d multiply-adds (dot), about 2x (L2) and 3x (L1) that; packing is n d.
void compare_all(Comparator comparator, const RowBlock& queries, const CandidatePanels& candidates,
                 const MutableRowBlock& out);

/// compare_all on unpacked candidates (n x dimension, with the queries' stride), the quick way for
/// training: dot and L2 go through one product of matrices, L2 with the norms of the rows; the rest
/// is packed into `panels` and compared as above. Distances are off by up to about 4e-4 times the
/// rows' norms where they are smaller than that.
void compare_training(Comparator comparator, const RowBlock& queries, const RowBlock& candidates,
                      CandidatePanels& panels, const MutableRowBlock& out);

/// Where compare_all_gradient writes.
struct ComparisonGradient {
  MutableRowBlock queries;     ///< dL/dq, m x dimension
  MutableRowBlock candidates;  ///< dL/dc, n x dimension; without data: not wanted
};

/// Back through compare_all. Given its result `scores` and `gradient` = dL/dscores (both m x n),
/// the queries (m x dimension) and the unpacked candidates (n x dimension), overwrites `out`; what
/// is in `gradient` may be overwritten too. All rows of dimension floats have one stride, and both
/// m x n blocks have one. Where a distance is exactly 0 its gradient is taken as 0 (a subgradient);
/// L1 uses sign(0) = 0 per coordinate.
void compare_all_gradient(Comparator comparator, const RowBlock& queries,
                          const RowBlock& candidates, const RowBlock& scores,
                          const MutableRowBlock& gradient, const ComparisonGradient& out);

/// One pair, with the bits of compare_all.
[[nodiscard]] float compare_one(Comparator comparator, const float* q, const float* c,
                                std::size_t dimension);
/// dq and dc of one pair with result s, both overwritten.
void compare_one_gradient(Comparator comparator, const float* q, const float* c,
                          std::size_t dimension, float s, float* dq, float* dc);

}  // namespace kgaudit::models
