#include "models/debiasing/kl/kl_proximal.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>

#include "models/embedding/row_products.hpp"

namespace kgaudit::models {
namespace {

using Index = Eigen::Index;

constexpr double kSmallestClass = 10.0;  // persons; the mean of fewer is mostly noise
// The class means are a pass over all persons, and the more persons, the less a batch moves them:
// a million of them are passed over less often than `class_refresh` says.
constexpr std::size_t kPersonsPerBatch = 3000;
constexpr std::size_t kPersonsPerTask = 8192;
constexpr float kRidge = 1e-5F;  // of the mean eigenvalue, when R_j is set

Eigen::Map<const Eigen::VectorXf> row_of(const FloatTable& table, std::size_t row) {
  return {table.row(row), static_cast<Index>(table.width())};
}

}  // namespace

std::vector<ParameterSpec> KlProximal::parameter_table() {
  using P = ParameterSpec;
  return {
      P::integer("refresh", 8, 1, 100000, "batches",
                 "Batches that share one linear map, in proximal; E_m moves little between them"),
      P::real("class_weight", 300.0, 0.0, 1e9, "",
              "Weight of equal class means for attributes of two values, in proximal; 0 = E_m "
              "alone, as the paper"),
      P::integer("class_refresh", 64, 1, 100000, "batches",
                 "Batches between two computations of the class means, in proximal; at least one "
                 "for every 3000 persons"),
      P::integer("strata", 0, 0, 1000, "professions",
                 "Commonest professions within which class means are made equal too, in proximal"),
  };
}

bool KlProximal::applies(const ScoreFunction& score) {
  return score.comparator() == Comparator::kDot || score.comparator() == Comparator::kL2;
}

KlProximal::KlProximal(const TrainingSetup& setup, const Parameters& parameters,
                       std::span<const KlCandidates> candidates)
    : attributes_(setup.data.attributes),
      score_(setup.score),
      pool_(setup.pool),
      dimension_(setup.dimension),
      candidates_(candidates),
      refresh_(parameters.count("refresh")),
      class_weight_(static_cast<float>(parameters.real("class_weight"))),
      strata_(attributes_.profession() ? parameters.count("strata") : 0),
      class_refresh_(parameters.count("class_refresh")) {
  for (const EntityId p : attributes_.persons()) every_person_.push_back(p.value);
  class_refresh_ = std::max(class_refresh_, every_person_.size() / kPersonsPerBatch);
}

Eigen::VectorXf KlProximal::mean_row(const EmbeddingTable& table,
                                     std::span<const std::uint32_t> persons) const {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(static_cast<Index>(dimension_));
  for (const std::uint32_t p : persons) sum += row_of(table.entities, p).cast<double>();
  return (sum / static_cast<double>(std::max<std::size_t>(1, persons.size()))).cast<float>();
}

KlProximal::AffineScores KlProximal::affine_scores(const KlCandidates& a,
                                                   const EmbeddingTable& table,
                                                   const Eigen::VectorXf& person) const {
  const auto m = static_cast<Index>(a.entities.size());
  AffineScores scores{Matrix(m, static_cast<Index>(dimension_)), Eigen::VectorXf(m)};
  const float* relation = table.relations.row(a.relation);
  for (Index v = 0; v < m; ++v) {
    const float* value = table.entities.row(a.entities[static_cast<std::size_t>(v)]);
    float* q = scores.rows.row(v).data();
    scores.constants[v] = a.inverse ? score_.tail_query(value, relation, q, dimension_)
                                    : score_.head_query(relation, value, q, dimension_);
  }
  if (score_.comparator() == Comparator::kL2) {
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

KlProximal::Matrix KlProximal::class_differences(const KlCandidates& a,
                                                 const EmbeddingTable& table) const {
  const auto m = static_cast<Index>(a.entities.size());
  const auto d = static_cast<Index>(dimension_);
  // Stratum 0 is everyone, then the commonest professions.
  const auto strata = static_cast<Index>(1 + strata_);
  const auto persons = a.source->train_persons();
  struct Part {
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> sums;
    Eigen::VectorXd counts;
  };
  std::vector<Part> parts((persons.size() + kPersonsPerTask - 1) / kPersonsPerTask);
  pool_.run(parts.size(), [&](std::size_t task, std::size_t) {
    auto& [sums, counts] = parts[task];
    sums.setZero(m * strata, d);
    counts.setZero(m * strata);
    const std::size_t last = std::min(persons.size(), (task + 1) * kPersonsPerTask);
    for (std::size_t i = task * kPersonsPerTask; i < last; ++i) {
      if (i + FloatTable::kAhead < last) {
        table.entities.prefetch(persons[i + FloatTable::kAhead].index());
      }
      const auto row = row_of(table.entities, persons[i].index()).cast<double>().transpose();
      for (const std::uint32_t v : a.source->train_values(persons[i])) {
        if (v >= a.entities.size()) continue;
        sums.row(v) += row;
        counts[v] += 1.0;
        if (strata_ == 0) continue;
        for (const std::uint32_t o : attributes_.profession()->train_values(persons[i])) {
          if (o >= strata_) break;  // ascending
          sums.row((o + 1) * m + v) += row;
          counts[(o + 1) * m + v] += 1.0;
        }
      }
    }
  });
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(m * strata, d);
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(m * strata);
  for (const Part& part : parts) {
    sums += part.sums;
    counts += part.counts;
  }
  Matrix differences = Matrix::Zero(m * strata, d);
  for (Index o = 0; o < strata; ++o) {
    const auto sum = sums.middleRows(o * m, m);
    const auto count = counts.segment(o * m, m);
    if (count.minCoeff() < kSmallestClass) continue;
    const Eigen::RowVectorXd mean = sum.colwise().sum() / count.sum();
    for (Index v = 0; v < m; ++v) {
      differences.row(o * m + v) = (sum.row(v) / count[v] - mean).cast<float>();
    }
  }
  return differences;
}

std::vector<KlProximal::Matrix> KlProximal::all_differences(const EmbeddingTable& table) const {
  std::vector<Matrix> all;
  if (class_weight_ == 0.0F) return all;
  for (const KlCandidates& a : candidates_) {
    if (a.weight > 0.0F && a.entities.size() == 2) all.push_back(class_differences(a, table));
  }
  return all;
}

NeutralStep KlProximal::make_step(const EmbeddingTable& table, const Eigen::VectorXf& mean_person,
                                  std::span<const Matrix> differences, float weight_share) const {
  NeutralStep step(dimension_);
  for (const KlCandidates& a : candidates_) {
    if (a.weight == 0.0F) continue;
    const AffineScores scores = affine_scores(a, table, mean_person);
    step.add(scores.rows, scores.rows * mean_person,
             weight_share * a.weight / static_cast<float>(a.entities.size() * candidates_.size()));
  }
  for (const Matrix& rows : differences)
    step.add(rows, rows * mean_person, weight_share * class_weight_);
  step.prepare();
  return step;
}

void KlProximal::step(const Batch& batch, EmbeddingTable& table,
                      std::span<const std::uint32_t> persons, float weight_share) {
  if (batch.index % class_refresh_ == 0) differences_ = all_differences(table);
  if (batch.index == 0) step_.reset();
  if (persons.empty()) return;
  if (batch.index % refresh_ == 0 || !step_) {
    step_ = make_step(table, mean_row(table, persons), differences_, weight_share);
  }
  step_->take(table.entities, persons, pool_);
}

void KlProximal::finish(EmbeddingTable& table) const {
  const Eigen::VectorXf mean = mean_row(table, every_person_);
  NeutralStep last = make_step(table, mean, all_differences(table), 1.0F);
  last.take(table.entities, every_person_, pool_);
  if (!score_.translates()) return;
  // The step keeps the mean person: its conditions hold there.
  for (const KlCandidates& a : candidates_) {
    if (a.weight == 0.0F || a.inverse) continue;
    const AffineScores scores = affine_scores(a, table, mean);
    const auto m = static_cast<Index>(a.entities.size());
    Eigen::VectorXf missing = -scores.constants - scores.rows * mean;
    const Eigen::VectorXf wanted =
        Eigen::Map<const Eigen::VectorXf>(a.target.data(), m).array().log().matrix();
    missing += wanted;
    missing.array() -= wanted.mean();
    Matrix products(m, m);
    multiply_by_transposed(block_of(scores.rows), block_of(scores.rows),
                           mutable_block_of(products));
    Eigen::MatrixXf system = products.transpose();
    system.diagonal().array() += kRidge * system.trace() / static_cast<float>(m);
    Eigen::Map<Eigen::VectorXf>(table.relations.row(a.relation), static_cast<Index>(dimension_)) +=
        scores.rows.transpose() * system.llt().solve(missing);
  }
}

}  // namespace kgaudit::models
