#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <Eigen/Core>

#include "models/embedding/embedding_table.hpp"
#include "models/embedding/matrix_block.hpp"
#include "models/scoring/score_function.hpp"

namespace kgaudit::models {

/// What a person scores over the values m of one fact, less the mean over m, as a function of the
/// person's row x: S_m(x) = rows.row(m) . x + constants[m].
struct AffineScores {
  RowMatrix rows;  ///< a row for each value
  Eigen::VectorXf constants;
};

/// True for scores that compare by dot product, for which this is exact, or by L2 distance, for
/// which it is so of squared distances.
[[nodiscard]] bool has_affine_scores(const ScoreFunction& score);

/// Of the values `values` of the relation with the row `relation` (tail direction); with `inverse`
/// the person is the tail. `person`: the row at whose mean distance squares are brought back to the
/// unit of scores; a dot product does not read it. The score must have affine scores.
[[nodiscard]] AffineScores affine_scores(const ScoreFunction& score, const EmbeddingTable& table,
                                         std::size_t relation, bool inverse,
                                         std::span<const std::uint32_t> values,
                                         const Eigen::VectorXf& person);

/// Mean entity row of `persons`; 0 for none.
[[nodiscard]] Eigen::VectorXf mean_row(const FloatTable& entities,
                                       std::span<const std::uint32_t> persons);

}  // namespace kgaudit::models
