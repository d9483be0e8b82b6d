#include "models/debiasing/neutral/neutral_system.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/pool_blocks.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kRowsOfStep = 64;
constexpr std::size_t kReportEvery = 32;  // batches; the proximal step does not need the loss

AttributeSet detached_attributes(const datasets::AttributeTable& attributes,
                                 const std::string& detach) {
  if (detach == "none") return 0;
  const std::size_t n = attributes.sensitive().size();
  KGA_REQUIRE(n <= 32, "attributes = {}", n);
  AttributeSet set = 0;
  for (std::size_t j = 0; j < n; ++j) {
    if (detach == "all" || attributes.sensitive()[j].id() == detach) set |= 1U << j;
  }
  return set;
}

}  // namespace

std::vector<ParameterSpec> NeutralSystem::parameter_table() {
  using P = ParameterSpec;
  std::vector<P> table = kl_candidate_parameters(0.1, 0.003);
  const std::vector<P> own = {
      P::choice("update", "auto", {"auto", "proximal", "own", "sgd"},
                "How persons are moved: proximal = a step solved for, without a step size (dot "
                "products and L2; it looks at no G); own = a gradient step with its own "
                "accumulator; sgd = a plain gradient step; auto = proximal where the score allows "
                "it, else own"),
      P::real("initial_weight", 1.0, 0.0, 1e6, "share of w",
              "Share of the weights at the first batch, class_weight too; from there they go "
              "towards w in equal steps, batch by batch (own and sgd: the learning rate does)"),
      P::real("learning_rate", 0.1, 1e-9, 1000.0, "", "Step size of the steps for own and sgd"),
      P::integer("steps", 1, 1, 100, "steps", "Steps after each batch for own and sgd"),
      P::choice("detach", "all", {"none", "gender", "all"},
                "Attributes whose own triples move no person's row, which the step would only "
                "move back"),
      P::real("adversary_gender", 0.1, 0.0, 1e6, "",
              "Weight of an adversary that reads gender from persons' rows, against the mean edge "
              "loss; 0 = none"),
      P::real("adversary_religion", 0.01, 0.0, 1e6, "", "The same for religion; 0 = none"),
      P::real("adversary_ethnicity", 0.01, 0.0, 1e6, "", "The same for ethnicity; 0 = none"),
      P::real("adversary_nationality", 0.015, 0.0, 1e6, "", "The same for nationality; 0 = none"),
      P::real("adversary_other", 0.01, 0.0, 1e6, "", "The same for any other attribute; 0 = none"),
      P::integer("adversary_units", 64, 1, 10000, "units",
                 "Width of an adversary's hidden layer; a narrow one costs less quality and time"),
      P::integer("adversary_steps", 1, 1, 100, "steps", "Adam steps of each adversary a batch"),
      P::real("adversary_learning_rate", 0.001, 1e-9, 1.0, "",
              "Step size of Adam for the adversaries"),
  };
  table.insert(table.end(), own.begin(), own.end());
  for (P& of_map : NeutralMap::parameter_table()) table.push_back(std::move(of_map));
  return table;
}

NeutralSystem::NeutralSystem(const TrainingSetup& setup, const Parameters& parameters,
                             std::string_view system)
    : pool_(setup.pool),
      dimension_(setup.dimension),
      negatives_too_(parameters.text("persons") == "batch"),
      initial_weight_(static_cast<float>(parameters.real("initial_weight"))),
      learning_rate_(static_cast<float>(parameters.real("learning_rate"))),
      steps_(parameters.count("steps")),
      detached_(detached_attributes(setup.data.attributes, parameters.text("detach"))),
      loss_(setup, kl_candidates(setup, parameters, system)),
      batch_persons_(setup.data.attributes) {
  std::vector<RowAdversary> adversaries;
  for (const KlCandidates& a : loss_.candidates()) {
    const auto weight = static_cast<float>(
        parameters.real(parameters.own_or_general("adversary", a.id, "adversary_other")));
    if (weight > 0.0F) adversaries.push_back({a.source, a.entities.size(), weight});
  }
  if (!adversaries.empty()) {
    adversaries_.emplace(setup, "neutral", adversaries,
                         RowAdversaries::Options{.hidden = {parameters.count("adversary_units")},
                                                 .steps = parameters.count("adversary_steps"),
                                                 .learning_rate = static_cast<float>(
                                                     parameters.real("adversary_learning_rate"))});
  }
  const std::string& update = parameters.text("update");
  const bool can = has_affine_scores(setup.score);
  if (update == "proximal" && !can) {
    throw InputError::usage(fmt::format("system {}: update", system),
                            "proximal, with a score whose differences are not linear in the person",
                            "a score that compares by dot product or L2 distance",
                            "use another score, or update = own");
  }
  if (can && (update == "auto" || update == "proximal")) {
    map_.emplace(setup, parameters, loss_.candidates());
    return;
  }
  const OptimizerEntry& rule = update == "sgd" ? find_optimizer("sgd") : setup.optimizer;
  optimizer_ = rule.make(setup.data.graph.entity_count(), dimension_);
}

float NeutralSystem::share_at(const Batch& batch) const {
  return initial_weight_ + (1.0F - initial_weight_) * static_cast<float>(batch.progress);
}

void NeutralSystem::note_persons(const Batch& batch) {
  persons_.clear();
  for (const EntityId p : batch_persons_.of(batch, negatives_too_)) persons_.push_back(p.value);
}

void NeutralSystem::add_gradient(const Batch& batch, const EmbeddingTable& table,
                                 FloatTable& gradient) {
  if (adversaries_) adversaries_->add_gradient(batch, table, share_at(batch), gradient);
}

std::vector<std::pair<std::string, double>> NeutralSystem::take_losses() {
  std::vector<std::pair<std::string, double>> losses = loss_.take_losses();
  if (adversaries_) std::ranges::move(adversaries_->take_losses(), std::back_inserter(losses));
  return losses;
}

void NeutralSystem::after_update(const Batch& batch, EmbeddingTable& table) {
  note_persons(batch);
  if (map_) {
    if (batch.index % kReportEvery == 0) {
      gradient_.grow(persons_.size(), dimension_);
      loss_.loss_and_gradient(table, persons_, gradient_);
    }
    map_->step(batch, table, persons_, share_at(batch));
    return;
  }
  // Not the gradient's share: an accumulator would divide it out again.
  for (std::size_t s = 0; s < steps_; ++s) gradient_step(table, share_at(batch) * learning_rate_);
}

void NeutralSystem::gradient_step(EmbeddingTable& table, float learning_rate) {
  gradient_.grow(persons_.size(), dimension_);
  loss_.loss_and_gradient(table, persons_, gradient_);
  ++own_steps_;
  run_in_blocks(pool_, persons_.size(), kRowsOfStep, [&](std::size_t i, std::size_t) {
    optimizer_->apply(persons_[i], table.entities.row(persons_[i]), gradient_.row(i), learning_rate,
                      own_steps_);
  });
}

std::vector<TableView> NeutralSystem::views(std::shared_ptr<const EmbeddingTable> table) {
  if (map_) {
    auto copy = std::make_shared<EmbeddingTable>(*table);
    map_->finish(*copy);
    table = std::move(copy);
  }
  return {{"", std::nullopt, std::move(table), nullptr}};
}

void NeutralSystem::visit(Archive& archive) {
  archive.value("neutral.steps", own_steps_);
  if (optimizer_) optimizer_->visit(archive);
  if (adversaries_) adversaries_->visit(archive);
}

}  // namespace kgaudit::models
