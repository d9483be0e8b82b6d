#include "models/debiasing/neutral/neutral_map.hpp"

#include <algorithm>
#include <cmath>

namespace kgaudit::models {
namespace {

using Index = Eigen::Index;

constexpr double kSmallestClass = 10.0;  // persons; the mean of fewer is mostly noise
// The class means are a pass over all persons, and the more persons, the less a batch moves them:
// a million of them are passed over less often than `class_refresh` says.
constexpr std::size_t kPersonsPerBatch = 3000;
constexpr std::size_t kPersonsPerTask = 8192;

Eigen::Map<const Eigen::VectorXf> row_of(const FloatTable& table, std::size_t row) {
  return {table.row(row), static_cast<Index>(table.width())};
}

}  // namespace

std::vector<ParameterSpec> NeutralMap::parameter_table() {
  using P = ParameterSpec;
  return {
      P::integer("refresh", 8, 1, 100000, "batches",
                 "Batches that share one linear map, in proximal; E_m moves little between them"),
      P::real(
          "class_weight", 0.0, 0.0, 1e9, "",
          "Weight of equal class means for attributes of two values, in proximal; 0 = none: the "
          "scores over E_m alone"),
      P::integer("class_refresh", 64, 1, 100000, "batches",
                 "Batches between two computations of the class means, in proximal; at least one "
                 "for every 3000 persons"),
      P::integer("strata", 0, 0, 1000, "professions",
                 "Commonest professions within which class means are made equal too, in proximal"),
  };
}

NeutralMap::NeutralMap(const TrainingSetup& setup, const Parameters& parameters,
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

NeutralMap::Matrix NeutralMap::class_differences(const KlCandidates& a,
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

std::vector<NeutralMap::Matrix> NeutralMap::all_differences(const EmbeddingTable& table) const {
  std::vector<Matrix> all;
  if (class_weight_ == 0.0F) return all;
  for (const KlCandidates& a : candidates_) {
    if (a.weight > 0.0F && a.entities.size() == 2) all.push_back(class_differences(a, table));
  }
  return all;
}

NeutralStep NeutralMap::make_step(const EmbeddingTable& table, const Eigen::VectorXf& mean_person,
                                  std::span<const Matrix> differences, float weight_share) const {
  NeutralStep step(dimension_);
  for (const KlCandidates& a : candidates_) {
    if (a.weight == 0.0F) continue;
    const AffineScores scores =
        affine_scores(score_, table, a.relation, a.inverse, a.entities, mean_person);
    step.add(scores.rows, scores.rows * mean_person,
             weight_share * a.weight / static_cast<float>(a.entities.size() * candidates_.size()));
  }
  for (const Matrix& rows : differences)
    step.add(rows, rows * mean_person, weight_share * class_weight_);
  step.prepare();
  return step;
}

void NeutralMap::step(const Batch& batch, EmbeddingTable& table,
                      std::span<const std::uint32_t> persons, float weight_share) {
  if (batch.index % class_refresh_ == 0) differences_ = all_differences(table);
  if (batch.index == 0) step_.reset();
  if (persons.empty()) return;
  if (batch.index % refresh_ == 0 || !step_) {
    step_ = make_step(table, mean_row(table.entities, persons), differences_, weight_share);
  }
  step_->take(table.entities, persons, pool_);
}

void NeutralMap::finish(EmbeddingTable& table) const {
  const Eigen::VectorXf mean = mean_row(table.entities, every_person_);
  NeutralStep last = make_step(table, mean, all_differences(table), 1.0F);
  last.take(table.entities, every_person_, pool_);
}

}  // namespace kgaudit::models
