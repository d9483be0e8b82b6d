#include "models/debiasing/kl/kl_system.hpp"

#include "suite/base/pool_blocks.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kAddedRowsATask = 128;  // rows a task

}  // namespace

std::vector<ParameterSpec> KlSystem::parameter_table() {
  std::vector<ParameterSpec> table = kl_candidate_parameters(1.0, 100.0);
  table.push_back(ParameterSpec::choice("reduction", "mean", {"mean", "sum"},
                                        "L_KL is the mean over the persons of a batch (the paper's "
                                        "formula), or their sum, as L_CE is "
                                        "the sum over its triples"));
  return table;
}

KlSystem::KlSystem(const TrainingSetup& setup, const Parameters& parameters,
                   std::string_view system)
    : loss_(setup, kl_candidates(setup, parameters, system),
            parameters.text("reduction") == "sum" ? KlReduction::kSum : KlReduction::kMean),
      negatives_too_(parameters.text("persons") == "batch"),
      dimension_(setup.dimension),
      pool_(setup.pool),
      batch_persons_(setup.data.attributes) {}

void KlSystem::add_gradient(const Batch& batch, const EmbeddingTable& table, FloatTable& gradient) {
  persons_.clear();
  for (const EntityId p : batch_persons_.of(batch, negatives_too_)) persons_.push_back(p.value);
  gradient_.grow(persons_.size(), dimension_);
  loss_.loss_and_gradient(table, persons_, gradient_);
  // A person stands once in the list, so no two tasks write to the same row.
  run_in_blocks(pool_, persons_.size(), kAddedRowsATask, [&](std::size_t i, std::size_t) {
    float* target = gradient.row(batch.slot[persons_[i]]);
    const float* row = gradient_.row(i);
    for (std::size_t k = 0; k < dimension_; ++k) target[k] += row[k];
  });
}

}  // namespace kgaudit::models
