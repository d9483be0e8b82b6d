#include "models/debiasing/prior_removal.hpp"

#include <cstdint>
#include <vector>

#include <Eigen/Cholesky>

#include "models/debiasing/affine_scores.hpp"
#include "models/embedding/row_products.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kValues = 30;
constexpr std::size_t kValuesOfGender = 2;
constexpr float kRidge = 1e-5F;  // of the mean eigenvalue

/// The shortest change of the row R_j that makes the mean person's scores equal.
void equalise(EmbeddingTable& table, const ScoreFunction& score, std::size_t relation,
              std::span<const std::uint32_t> values, const Eigen::VectorXf& mean) {
  const AffineScores scores = affine_scores(score, table, relation, false, values, mean);
  const Eigen::Index m = scores.rows.rows();
  const Eigen::VectorXf missing = -scores.constants - scores.rows * mean;
  RowMatrix products(m, m);
  multiply_by_transposed(block_of(scores.rows), block_of(scores.rows), mutable_block_of(products));
  Eigen::MatrixXf system = products.transpose();
  system.diagonal().array() += kRidge * system.trace() / static_cast<float>(m);
  Eigen::Map<Eigen::VectorXf>(table.relations.row(relation), scores.rows.cols()) +=
      scores.rows.transpose() * system.llt().solve(missing);
}

}  // namespace

bool can_remove_prior(const ScoreFunction& score) {
  return score.translates() && has_affine_scores(score);
}

void remove_prior(EmbeddingTable& table, const ScoreFunction& score,
                  const datasets::AttributeTable& attributes) {
  if (!can_remove_prior(score)) return;
  std::vector<std::uint32_t> persons;
  for (const EntityId p : attributes.persons()) persons.push_back(p.value);
  const Eigen::VectorXf mean = mean_row(table.entities, persons);
  for (const datasets::PersonAttribute& a : attributes.sensitive()) {
    const std::size_t asked = a.values_in_train(a.id() == "gender" ? kValuesOfGender : kValues);
    if (asked < 2) continue;
    std::vector<std::uint32_t> values;
    for (const EntityId v : a.values().first(asked)) values.push_back(v.value);
    for (const datasets::StatingRelation& by : a.source().sources()) {
      if (!by.inverse) equalise(table, score, by.relation.index(), values, mean);
    }
  }
}

std::shared_ptr<const EmbeddingTable> without_prior(std::shared_ptr<const EmbeddingTable> table,
                                                    const ScoreFunction& score,
                                                    const datasets::AttributeTable& attributes) {
  if (!can_remove_prior(score)) return table;
  auto copy = std::make_shared<EmbeddingTable>(*table);
  remove_prior(*copy, score, attributes);
  return copy;
}

}  // namespace kgaudit::models
