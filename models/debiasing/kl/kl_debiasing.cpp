#include "models/debiasing/kl/kl_debiasing.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kPersonsATask = 64;  // persons a task
constexpr std::size_t kReportEvery = 32;   // batches; the proximal step does not need the loss

}  // namespace

double kl_to_target(std::span<const float> scores, std::span<const float> target,
                    std::span<float> gradient) {
  const float largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0.0;
  for (const float s : scores) sum += std::exp(static_cast<double>(s - largest));
  const double log_sum = std::log(sum) + static_cast<double>(largest);
  double divergence = 0.0;
  for (std::size_t m = 0; m < scores.size(); ++m) {
    const double log_p = static_cast<double>(scores[m]) - log_sum;
    const auto g = static_cast<double>(target[m]);
    if (g > 0.0) divergence += g * (std::log(g) - log_p);
    gradient[m] = static_cast<float>(std::exp(log_p) - g);
  }
  return divergence;
}

std::vector<ParameterSpec> KlDebiasing::parameter_table() {
  using P = ParameterSpec;
  std::vector<P> table = {
      P::real("weight_gender", 1.0, 0.0, 1e6, "",
              "Weight w of gender; 0 leaves it alone (the paper: 1, with update shared)"),
      P::real("weight_religion", 1.0, 0.0, 1e6, "",
              "Weight w of religion; 0 leaves it alone (the paper: 100)"),
      P::real("weight_ethnicity", 1.0, 0.0, 1e6, "",
              "Weight w of ethnicity; 0 leaves it alone (the paper: 100)"),
      P::real("weight_nationality", 1.0, 0.0, 1e6, "",
              "Weight w of nationality; 0 leaves it alone (the paper: 100)"),
      P::real("weight_other", 1.0, 0.0, 1e6, "",
              "Weight w of any other attribute; 0 leaves it alone"),
      P::integer("candidates", 30, 2, 100000, "values",
                 "Commonest values of an attribute that take part (M)"),
      P::integer("candidates_gender", 2, 2, 100000, "values",
                 "Commonest values of gender that take part (M)"),
      P::choice("target", "uniform", {"uniform", "empirical"},
                "Distribution that scores are pulled to (G): equal shares, or the shares of "
                "persons in train"),
      P::choice("update", "auto", {"auto", "proximal", "own", "shared", "sgd"},
                "How the KL loss moves persons: proximal = a step solved for, without a step size "
                "(dot products and L2); own = a step with its own accumulator; shared = added to "
                "the likelihood's gradient (the paper's sum); sgd = a plain gradient step; auto = "
                "proximal where the score allows it, else own"),
      P::real("initial_weight", 1.0, 0.0, 1e6, "share of w",
              "Share of the weights at the first batch, class_weight too; from there they go "
              "towards w in equal steps, batch by batch (own and sgd: the learning rate does)"),
      P::real("learning_rate", 0.1, 1e-9, 1000.0, "", "Step size of the KL steps for own and sgd"),
      P::integer("steps", 1, 1, 100, "steps", "KL steps after each batch for own and sgd"),
      P::choice("persons", "positives", {"positives", "batch"},
                "Which persons of a batch take part: those in its triples, or its negatives too"),
      P::choice("detach", "none", {"none", "gender", "all"},
                "Attributes whose own triples move no person's row, which the KL step would only "
                "move back"),
  };
  for (P& own : KlProximal::parameter_table()) table.push_back(std::move(own));
  return table;
}

KlDebiasing::KlDebiasing(const TrainingSetup& setup, const Parameters& parameters)
    : score_(setup.score),
      pool_(setup.pool),
      dimension_(setup.dimension),
      negatives_too_(parameters.text("persons") == "batch"),
      initial_weight_(static_cast<float>(parameters.real("initial_weight"))),
      learning_rate_(static_cast<float>(parameters.real("learning_rate"))),
      steps_(parameters.count("steps")),
      candidates_(kl_candidates(setup, parameters)),
      terms_(candidates_.size()),
      batch_persons_(setup.data.attributes) {
  const std::string& update = parameters.text("update");
  const bool can = KlProximal::applies(score_);
  if (update == "proximal" && !can) {
    throw InputError::usage("system kl: update",
                            "proximal, with a score whose differences are not linear in the person",
                            "a score that compares by dot product or L2 distance",
                            "use another score, or update = own");
  }
  if (const std::string& detach = parameters.text("detach"); detach != "none") {
    const std::size_t attributes = setup.data.attributes.sensitive().size();
    KGA_REQUIRE(attributes <= 32, "attributes = {}", attributes);
    for (std::size_t j = 0; j < attributes; ++j) {
      if (detach == "all" || setup.data.attributes.sensitive()[j].id() == detach)
        detached_ |= 1U << j;
    }
  }
  if (can && (update == "auto" || update == "proximal")) {
    proximal_.emplace(setup, parameters, candidates_);
  } else {
    update_ = update == "shared" ? Update::kShared : update == "sgd" ? Update::kSgd : Update::kOwn;
  }
  if (!proximal_ && update_ != Update::kShared) {
    const OptimizerEntry& rule = update_ == Update::kOwn ? setup.optimizer : find_optimizer("sgd");
    optimizer_ = rule.make(setup.data.graph.entity_count(), dimension_);
  }
  scratch_.resize(pool_.threads());
}

void KlDebiasing::begin_batch(const Batch& batch) {
  weight_share_ = initial_weight_ + (1.0F - initial_weight_) * static_cast<float>(batch.progress);
  persons_.clear();
  const std::vector<EntityId>& persons =
      negatives_too_ ? batch_persons_.of_batch(batch) : batch_persons_.of_positives(batch);
  for (const EntityId person : persons) persons_.push_back(person.value);
}

void KlDebiasing::prepare_candidates(const EmbeddingTable& table) {
  for (std::size_t j = 0; j < terms_.size(); ++j) {
    const KlCandidates& of = candidates_[j];
    Term& a = terms_[j];
    const std::size_t n = of.entities.size();
    a.rows.grow(n, dimension_);
    a.constants.assign(n, 0.0F);
    for (std::size_t m = 0; m < n; ++m) {
      const float* value = table.entities.row(of.entities[m]);
      if (of.inverse) {
        a.constants[m] =
            score_.tail_query(value, table.relations.row(of.relation), a.rows.row(m), dimension_);
      } else {
        std::copy_n(value, table.entities.stride(), a.rows.row(m));
      }
    }
    if (!of.inverse) a.panels.pack(a.rows.block(0, n));
  }
}

double KlDebiasing::block_gradient(const KlCandidates& of, const Term& a,
                                   const EmbeddingTable& table,
                                   std::span<const std::uint32_t> persons, float scale,
                                   Scratch& scratch, const MutableRowBlock& gradient) const {
  const std::size_t p = persons.size();
  const std::size_t m = of.entities.size();
  const std::size_t queries = of.inverse ? m : p;
  const std::size_t answers = of.inverse ? p : m;
  scratch.persons.grow(kPersonsATask, dimension_);
  scratch.scores.grow(queries, answers);
  scratch.weights.grow(queries, answers);
  scratch.dqueries.grow(queries, dimension_);
  scratch.dcandidates.grow(answers, dimension_);
  scratch.drelation.grow(1, table.relations.width());
  for (std::size_t i = 0; i < p; ++i) {
    std::copy_n(table.entities.row(persons[i]), table.entities.stride(), scratch.persons.row(i));
  }
  const float* relation = table.relations.row(of.relation);
  RowBlock query_rows = a.rows.block(0, m);
  RowBlock candidate_rows = scratch.persons.block(0, p);
  if (of.inverse) {
    scratch.panels.pack(candidate_rows);
  } else {
    scratch.queries.grow(kPersonsATask, dimension_);
    // The constant of tail_query is the same for all candidates of a person: softmax does not see
    // it.
    for (std::size_t i = 0; i < p; ++i) {
      score_.tail_query(scratch.persons.row(i), relation, scratch.queries.row(i), dimension_);
    }
    candidate_rows = query_rows;
    query_rows = scratch.queries.block(0, p);
  }
  const MutableRowBlock scores = scratch.scores.block(0, queries);
  const MutableRowBlock weights = scratch.weights.block(0, queries);
  compare_all(score_.comparator(), query_rows, of.inverse ? scratch.panels : a.panels, scores);
  scratch.column.resize(m);
  scratch.column_gradient.resize(m);
  double loss = 0.0;
  for (std::size_t i = 0; i < p; ++i) {
    const auto at = [&](const MutableRowBlock& block, std::size_t v) -> float& {
      return of.inverse ? block.row(v)[i] : block.row(i)[v];
    };
    for (std::size_t v = 0; v < m; ++v) scratch.column[v] = at(scores, v) + a.constants[v];
    loss += kl_to_target(scratch.column, of.target, scratch.column_gradient);
    for (std::size_t v = 0; v < m; ++v) at(weights, v) = scale * scratch.column_gradient[v];
  }
  compare_all_gradient(score_.comparator(), query_rows, candidate_rows, scores, weights,
                       {scratch.dqueries.block(0, queries), scratch.dcandidates.block(0, answers)});
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

double KlDebiasing::loss_and_gradient(const EmbeddingTable& table,
                                      std::span<const std::uint32_t> persons,
                                      FloatTable& gradient) {
  std::fill_n(gradient.data(), persons.size() * gradient.stride(), 0.0F);
  if (persons.empty() || terms_.empty()) return 0.0;
  prepare_candidates(table);
  const double share =
      1.0 / (static_cast<double>(persons.size()) * static_cast<double>(terms_.size()));
  const std::size_t blocks = (persons.size() + kPersonsATask - 1) / kPersonsATask;
  std::vector<double> losses(blocks * terms_.size(), 0.0);
  pool_.run(blocks, [&](std::size_t b, std::size_t worker) {
    const std::size_t first = b * kPersonsATask;
    const auto block = persons.subspan(first, std::min(kPersonsATask, persons.size() - first));
    for (std::size_t j = 0; j < terms_.size(); ++j) {
      const float weight = candidates_[j].weight;
      if (weight == 0.0F) continue;
      const auto scale = static_cast<float>(static_cast<double>(weight) * share);
      losses[b * terms_.size() + j] =
          block_gradient(candidates_[j], terms_[j], table, block, scale, scratch_[worker],
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

void KlDebiasing::add_gradient(const Batch& batch, const EmbeddingTable& table,
                               FloatTable& gradient) {
  begin_batch(batch);
  gradient_.grow(persons_.size(), dimension_);
  loss_and_gradient(table, persons_, gradient_);
  for (std::size_t i = 0; i < persons_.size(); ++i) {
    float* target = gradient.row(batch.slot[persons_[i]]);
    const float* row = gradient_.row(i);
    for (std::size_t k = 0; k < dimension_; ++k) target[k] += weight_share_ * row[k];
  }
}

void KlDebiasing::after_update(const Batch& batch, EmbeddingTable& table) {
  if (update_ == Update::kShared) return;
  begin_batch(batch);
  if (proximal_) {
    if (batch.index % kReportEvery == 0) {
      gradient_.grow(persons_.size(), dimension_);
      loss_and_gradient(table, persons_, gradient_);
    }
    proximal_->step(batch, table, persons_, weight_share_);
    return;
  }
  // Not the gradient's share: an accumulator would divide it out again.
  const float learning_rate = weight_share_ * learning_rate_;
  for (std::size_t s = 0; s < steps_; ++s) {
    gradient_.grow(persons_.size(), dimension_);
    loss_and_gradient(table, persons_, gradient_);
    ++own_steps_;
    pool_.run((persons_.size() + kPersonsATask - 1) / kPersonsATask,
              [&](std::size_t b, std::size_t) {
                for (std::size_t i = b * kPersonsATask;
                     i < std::min(persons_.size(), (b + 1) * kPersonsATask); ++i) {
                  optimizer_->apply(persons_[i], table.entities.row(persons_[i]), gradient_.row(i),
                                    learning_rate, own_steps_);
                }
              });
  }
}

std::vector<std::pair<std::string, double>> KlDebiasing::take_losses() {
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

std::shared_ptr<const EmbeddingTable> KlDebiasing::finished(
    std::shared_ptr<const EmbeddingTable> table) const {
  if (!proximal_) return table;
  auto copy = std::make_shared<EmbeddingTable>(*table);
  proximal_->finish(*copy);
  return copy;
}

void KlDebiasing::visit(Archive& archive) {
  archive.value("kl.steps", own_steps_);
  if (optimizer_) optimizer_->visit(archive);
}

}  // namespace kgaudit::models
