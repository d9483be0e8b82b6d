#include "models/debiasing/affine_scores.hpp"

#include <algorithm>

namespace kgaudit::models {

bool has_affine_scores(const ScoreFunction& score) {
  return score.comparator() == Comparator::kDot || score.comparator() == Comparator::kL2;
}

AffineScores affine_scores(const ScoreFunction& score, const EmbeddingTable& table,
                           std::size_t relation, bool inverse,
                           std::span<const std::uint32_t> values, const Eigen::VectorXf& person) {
  const std::size_t dimension = table.dimension();
  const Eigen::Index m = index(values.size());
  AffineScores scores{RowMatrix(m, index(dimension)), Eigen::VectorXf(m)};
  const float* r = table.relations.row(relation);
  for (Eigen::Index v = 0; v < m; ++v) {
    const float* value = table.entities.row(values[static_cast<std::size_t>(v)]);
    float* q = scores.rows.row(v).data();
    scores.constants[v] = inverse ? score.tail_query(value, r, q, dimension)
                                  : score.head_query(r, value, q, dimension);
  }
  if (score.comparator() == Comparator::kL2) {
    // -|q - x| = (2 q.x - |q|^2 - |x|^2) / |q - x|, the middle term common to all m; dividing by
    // twice the mean person's distance brings squares back to the unit of scores.
    const float distance =
        (scores.rows.rowwise() - person.transpose()).rowwise().norm().mean() + 1e-6F;
    scores.constants = -0.5F / distance * scores.rows.rowwise().squaredNorm();
    scores.rows /= distance;
  }
  scores.rows.rowwise() -= scores.rows.colwise().mean().eval();
  scores.constants.array() -= scores.constants.mean();
  return scores;
}

Eigen::VectorXf mean_row(const FloatTable& entities, std::span<const std::uint32_t> persons) {
  const Eigen::Index d = index(entities.width());
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(d);
  for (const std::uint32_t p : persons) {
    sum += Eigen::Map<const Eigen::VectorXf>(entities.row(p), d).cast<double>();
  }
  return (sum / static_cast<double>(std::max<std::size_t>(1, persons.size()))).cast<float>();
}

}  // namespace kgaudit::models
