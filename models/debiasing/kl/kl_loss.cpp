#include "models/debiasing/kl/kl_loss.hpp"

#include <algorithm>
#include <utility>

#include "models/embedding/row_functions.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kPersonsATask = 64;  // persons a task

}  // namespace

double kl_to_target(std::span<const float> scores, const KlTarget& target,
                    std::span<float> gradient) {
  // sum G log G - sum G log p, with log p_m = s_m - log sum_n exp(s_n).
  double expected = 0.0;
  for (std::size_t m = 0; m < scores.size(); ++m) {
    expected += static_cast<double>(target.shares[m]) * static_cast<double>(scores[m]);
  }
  const SoftmaxScale scale = softmax(scores, gradient.data());
  for (std::size_t m = 0; m < scores.size(); ++m) gradient[m] -= target.shares[m];
  const double log_sum =
      portable::log(static_cast<double>(scale.sum)) + static_cast<double>(scale.largest);
  return target.g_log_g - expected + target.total * log_sum;
}

KlLoss::KlLoss(const TrainingSetup& setup, std::vector<KlCandidates> candidates,
               KlReduction reduction)
    : score_(setup.score),
      pool_(setup.pool),
      dimension_(setup.dimension),
      reduction_(reduction),
      candidates_(std::move(candidates)),
      terms_(candidates_.size()),
      scratch_(setup.pool.threads()) {
  for (Scratch& scratch : scratch_) {
    scratch.scores.resize(terms_.size());
    scratch.weights.resize(terms_.size());
  }
}

void KlLoss::prepare_candidates(const EmbeddingTable& table) {
  for (std::size_t j = 0; j < terms_.size(); ++j) {
    const KlCandidates& of = candidates_[j];
    Term& a = terms_[j];
    const std::size_t n = of.entities.size();
    a.rows.grow(n, dimension_);
    if (of.inverse) a.constants.resize(n);
    for (std::size_t m = 0; m < n; ++m) {
      const float* value = table.entities.row(of.entities[m]);
      if (of.inverse) {
        a.constants[m] =
            score_.tail_query(value, table.relations.row(of.relation), a.rows.row(m), dimension_);
      } else {
        std::copy_n(value, table.entities.stride(), a.rows.row(m));
      }
    }
  }
}

double KlLoss::block_gradient(std::size_t j, const EmbeddingTable& table,
                              std::span<const std::uint32_t> persons, float scale, Scratch& scratch,
                              const MutableRowBlock& gradient) const {
  const KlCandidates& of = candidates_[j];
  const Term& a = terms_[j];
  const std::size_t p = persons.size();
  const std::size_t m = of.entities.size();
  const std::size_t queries = of.inverse ? m : p;
  const std::size_t answers = of.inverse ? p : m;
  scratch.persons.grow(kPersonsATask, dimension_);
  // Of full blocks, also where the last one is smaller and its persons are the columns.
  FloatTable& score_rows = scratch.scores[j];
  FloatTable& weight_rows = scratch.weights[j];
  score_rows.grow(queries, of.inverse ? kPersonsATask : answers);
  weight_rows.grow(queries, of.inverse ? kPersonsATask : answers);
  scratch.dqueries.grow(queries, dimension_);
  if (of.inverse) scratch.dcandidates.grow(answers, dimension_);
  if (!of.inverse) scratch.drelation.grow(1, table.relations.width());
  for (std::size_t i = 0; i < p; ++i) {
    std::copy_n(table.entities.row(persons[i]), table.entities.stride(), scratch.persons.row(i));
  }
  const float* relation = table.relations.row(of.relation);
  RowBlock query_rows = a.rows.block(0, m);
  RowBlock candidate_rows = scratch.persons.block(0, p);
  if (!of.inverse) {
    scratch.queries.grow(kPersonsATask, dimension_);
    // The constant of tail_query is the same for all candidates of a person: softmax does not see
    // it.
    for (std::size_t i = 0; i < p; ++i) {
      score_.tail_query(scratch.persons.row(i), relation, scratch.queries.row(i), dimension_);
    }
    candidate_rows = query_rows;
    query_rows = scratch.queries.block(0, p);
  }
  MutableRowBlock scores = score_rows.block(0, queries);
  MutableRowBlock weights = weight_rows.block(0, queries);
  scores.width = weights.width = answers;
  compare_training(score_.comparator(), query_rows, candidate_rows, scratch.panels, scores);
  if (of.inverse) scratch.column.resize(m);
  double loss = 0.0;
  for (std::size_t i = 0; i < p; ++i) {
    if (!of.inverse) {
      loss += kl_to_target({scores.row(i), m}, of.target, {weights.row(i), m});
      for (std::size_t v = 0; v < m; ++v) weights.row(i)[v] *= scale;
      continue;
    }
    for (std::size_t v = 0; v < m; ++v) scratch.column[v] = scores.row(v)[i] + a.constants[v];
    loss += kl_to_target(scratch.column, of.target, scratch.column);
    for (std::size_t v = 0; v < m; ++v) weights.row(v)[i] = scale * scratch.column[v];
  }
  // The values' rows are frozen.
  const MutableRowBlock dpersons =
      of.inverse ? scratch.dcandidates.block(0, answers) : MutableRowBlock{};
  compare_all_gradient(score_.comparator(), query_rows, candidate_rows, scores, weights,
                       {scratch.dqueries.block(0, queries), dpersons});
  for (std::size_t i = 0; i < p; ++i) {
    float* target = gradient.row(i);
    if (of.inverse) {
      const float* row = scratch.dcandidates.row(i);
      for (std::size_t k = 0; k < dimension_; ++k) target[k] += row[k];
    } else {
      score_.tail_query_gradient(scratch.persons.row(i), relation, scratch.dqueries.row(i), 0.0F,
                                 target, scratch.drelation.row(0), dimension_);
    }
  }
  return loss;
}

double KlLoss::loss_and_gradient(const EmbeddingTable& table,
                                 std::span<const std::uint32_t> persons, FloatTable& gradient) {
  if (persons.empty()) return 0.0;
  prepare_candidates(table);
  const double averaged =
      reduction_ == KlReduction::kMean ? static_cast<double>(persons.size()) : 1.0;
  const double share = 1.0 / (averaged * static_cast<double>(terms_.size()));
  const std::size_t blocks = (persons.size() + kPersonsATask - 1) / kPersonsATask;
  std::vector<double> losses(blocks * terms_.size(), 0.0);
  pool_.run(blocks, [&](std::size_t b, std::size_t worker) {
    const std::size_t first = b * kPersonsATask;
    const auto block = persons.subspan(first, std::min(kPersonsATask, persons.size() - first));
    std::fill_n(gradient.row(first), block.size() * gradient.stride(), 0.0F);
    for (std::size_t j = 0; j < terms_.size(); ++j) {
      const float weight = candidates_[j].weight;
      if (weight == 0.0F) continue;
      const auto scale = static_cast<float>(static_cast<double>(weight) * share);
      losses[b * terms_.size() + j] = block_gradient(j, table, block, scale, scratch_[worker],
                                                     gradient.block(first, block.size()));
    }
  });
  double total = 0.0;
  for (std::size_t j = 0; j < terms_.size(); ++j) {
    double sum = 0.0;
    for (std::size_t b = 0; b < blocks; ++b) sum += losses[b * terms_.size() + j];
    terms_[j].loss += sum;
    terms_[j].persons += persons.size();
    total += static_cast<double>(candidates_[j].weight) * share * sum;
  }
  return total;
}

std::vector<std::pair<std::string, double>> KlLoss::take_losses() {
  std::vector<std::pair<std::string, double>> named;
  for (std::size_t j = 0; j < terms_.size(); ++j) {
    Term& a = terms_[j];
    if (a.persons > 0 && candidates_[j].weight > 0.0F)
      named.emplace_back("kl." + candidates_[j].id, a.loss / static_cast<double>(a.persons));
    a.loss = 0.0;
    a.persons = 0;
  }
  return named;
}

}  // namespace kgaudit::models
