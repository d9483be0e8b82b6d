#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/debiasing/adversaries/row_adversaries.hpp"
#include "models/debiasing/kl/kl_loss.hpp"
#include "models/debiasing/neutral/neutral_map.hpp"
#include "models/training/batch_persons.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// The likelihood with steps of its own that make persons neutral: the system `neutral`, and what
/// `neutral+attr` builds on. A method of this project; the loss that the steps lower is KlLoss.
///
/// `update` says how a step is taken. `proximal` solves for it, see NeutralMap. `own` takes a
/// gradient step with an accumulator of its own, in which w only weighs attributes against one
/// another. `sgd` takes a plain gradient step. With `detach`, the likelihood of an attribute's own
/// triples moves no person, so that there is less to take out. What neither reaches, because it
/// lies in the rows' shape and not in the scores, is left to small adversaries on the rows, whose
/// gradient enters the likelihood's with its sign reversed, see RowAdversaries. The weights have a
/// schedule: all w_j (the learning rate where the step has one, class_weight and the adversaries'
/// weights too) go from their share `initial_weight` at the first batch towards the whole, batch by
/// batch in equal steps; a kept proximal map keeps its share.
class NeutralSystem : public System {
 public:
  static constexpr std::array<std::string_view, 2> kUpdates = {"auto", "own"};
  static constexpr std::array<std::string_view, 3> kDetached = {"none", "gender", "all"};
  static constexpr std::array<std::string_view, 2> kPersons = {"positives", "batch"};

  static std::vector<ParameterSpec> parameter_table();
  /// What of them is worth searching.
  static constexpr std::array kTunable = {
      Tunable{"weight_gender", 0.003, 3.0, Scale::kLog, true, "gender"},
      Tunable{"weight_religion", 0.0005, 0.5, Scale::kLog, true, "religion"},
      Tunable{"weight_ethnicity", 0.0005, 0.5, Scale::kLog, true, "ethnicity"},
      Tunable{"weight_nationality", 0.0005, 0.5, Scale::kLog, true, "nationality"},
      Tunable{"weight_other", 0.0005, 0.5, Scale::kLog, true, kOtherAttributes},
      Tunable{"adversary_gender", 0.01, 3.0, Scale::kLog, true, "gender"},
      Tunable{"adversary_religion", 0.001, 0.3, Scale::kLog, true, "religion"},
      Tunable{"adversary_ethnicity", 0.001, 0.3, Scale::kLog, true, "ethnicity"},
      Tunable{"adversary_nationality", 0.001, 0.3, Scale::kLog, true, "nationality"},
      Tunable{"adversary_other", 0.001, 0.3, Scale::kLog, true, kOtherAttributes},
      Tunable{"adversary_steps", 1.0, 5.0, Scale::kLinear},
      Tunable{"initial_weight", 0.02, 2.0, Scale::kLog},
      Tunable{.parameter = "update", .choices = kUpdates},
      Tunable{.parameter = "detach", .choices = kDetached},
      Tunable{.parameter = "persons", .choices = kPersons},
  };

  /// Throws InputError (usage) in the name of `system` when the graph has no attribute to debias,
  /// or for a proximal update with a score that has no affine scores.
  NeutralSystem(const TrainingSetup& setup, const Parameters& parameters, std::string_view system);

  [[nodiscard]] AttributeSet detached() const override { return detached_; }
  void after_update(const Batch& batch, EmbeddingTable& table) override;
  [[nodiscard]] bool adds_gradient() const override { return adversaries_.has_value(); }
  void add_gradient(const Batch& batch, const EmbeddingTable& table, FloatTable& gradient) override;
  /// With the proximal update the KL loss is that before the step of every 32nd batch.
  std::vector<std::pair<std::string, double>> take_losses() override;
  /// The table itself, or with the proximal update a finished copy.
  [[nodiscard]] std::vector<TableView> views(std::shared_ptr<const EmbeddingTable> table) override;
  void visit(Archive& archive) override;

 private:
  /// Of every weight, at this batch of the schedule.
  [[nodiscard]] float share_at(const Batch& batch) const;
  void note_persons(const Batch& batch);
  void gradient_step(EmbeddingTable& table, float learning_rate);

  ThreadPool& pool_;
  std::size_t dimension_;
  bool negatives_too_;
  float initial_weight_;
  float learning_rate_;
  std::size_t steps_;
  AttributeSet detached_ = 0;
  KlLoss loss_;
  std::optional<RowAdversaries> adversaries_;  ///< none where every weight is 0
  std::optional<NeutralMap> map_;
  std::unique_ptr<RowOptimizer> optimizer_;  ///< where there is no map
  std::uint64_t own_steps_ = 0;
  BatchPersons batch_persons_;
  std::vector<std::uint32_t> persons_;  ///< of the current batch
  FloatTable gradient_;
};

}  // namespace kgaudit::models
