#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/debiasing/kl/kl_candidates.hpp"
#include "models/debiasing/kl/kl_proximal.hpp"
#include "models/scoring/score_kernel.hpp"
#include "models/training/batch_persons.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// KL(G || p) = sum_m G_m log(G_m / p_m) with p = softmax(scores); writes dKL/dscore = p - G into
/// `gradient`. `target` sums to 1; terms with G_m = 0 are 0. Fisher et al. 2020, section 3.2.
double kl_to_target(std::span<const float> scores, std::span<const float> target,
                    std::span<float> gradient);

/// The KL loss of Fisher et al. 2020, section 3.2, which pulls every person's scores over the
/// values of each sensitive relation to a neutral distribution:
///
///   L_KL = sum_j w_j / (P J) sum_p KL(G_j || softmax_m g(E_p, R_j, E_m)),  m over the M commonest
///   values.
///
/// Only E_p moves; R_j and E_m are frozen here (the likelihood keeps them good discriminators). P
/// counts the distinct persons of the batch, J the sensitive attributes. For an inverse relation
/// the score is g(E_m, R_j, E_p). Direction KL(G || p) as written in the paper.
///
/// We add: the choice of how the step is taken. `shared` adds the gradient to the likelihood's, as
/// the formula says; with AdaGrad this inflates the common accumulator and stalls learning. `own`
/// takes a step with an accumulator of its own, in which w only weighs attributes against one
/// another. `sgd` takes a plain gradient step. `proximal` solves for the step, see KlProximal. And
/// `detach`: the likelihood of an attribute's own triples no longer moves persons, so that there is
/// less to take out. And a schedule: all w_j (the learning rate where the step has one,
/// class_weight too) go from their share `initial_weight` at the first batch towards the whole,
/// batch by batch in equal steps; a kept proximal map keeps its share.
class KlDebiasing {
 public:
  /// The parameters that `kl` and `kl+attr` share.
  static std::vector<ParameterSpec> parameter_table();
  /// What of them is worth searching.
  static constexpr std::array kTunable = {
      Tunable{"weight_gender", 0.003, 10.0, Scale::kLog, true, "gender"},
      Tunable{"weight_religion", 0.002, 4.0, Scale::kLog, true, "religion"},
      Tunable{"weight_ethnicity", 0.002, 4.0, Scale::kLog, true, "ethnicity"},
      Tunable{"weight_nationality", 0.002, 4.0, Scale::kLog, true, "nationality"},
      Tunable{"weight_other", 0.002, 4.0, Scale::kLog, true, kOtherAttributes},
      Tunable{"class_weight", 0.01, 300.0, Scale::kLog},
      Tunable{"initial_weight", 0.02, 2.0, Scale::kLog},
      Tunable{"strata", 0.0, 10.0, Scale::kLinear},
  };

  KlDebiasing(const TrainingSetup& setup, const Parameters& parameters);

  /// See System::detached.
  [[nodiscard]] AttributeSet detached() const { return detached_; }
  [[nodiscard]] bool shares_update() const { return update_ == Update::kShared; }
  /// Adds dL_KL/dE to `gradient` (rows in slot order).
  void add_gradient(const Batch& batch, const EmbeddingTable& table, FloatTable& gradient);
  /// Takes the steps of its own; nothing when the update is shared.
  void after_update(const Batch& batch, EmbeddingTable& table);
  /// The table to publish: `table` itself, or with the proximal update a finished copy.
  [[nodiscard]] std::shared_ptr<const EmbeddingTable> finished(
      std::shared_ptr<const EmbeddingTable> table) const;
  /// "kl.<attribute>": mean KL per person and batch since the last call, in nats; with the proximal
  /// update before the step of every 32nd batch.
  std::vector<std::pair<std::string, double>> take_losses();
  void visit(Archive& archive);

  /// L_KL and dL_KL/dE_p of the given persons (rows aligned with `persons`).
  double loss_and_gradient(const EmbeddingTable& table, std::span<const std::uint32_t> persons,
                           FloatTable& gradient);

 private:
  /// How a gradient step is taken; the proximal step needs none.
  enum class Update { kOwn, kShared, kSgd };

  /// What the loss keeps of one attribute of `candidates_`: its term of the sum.
  struct Term {
    FloatTable rows;               ///< E_m, or the queries op(E_m, R_j) when inverse
    std::vector<float> constants;  ///< of those queries; 0 otherwise
    CandidatePanels panels;        ///< of E_m
    double loss = 0.0;
    std::uint64_t persons = 0;
  };
  /// One worker's scratch.
  struct Scratch {
    FloatTable persons, queries, scores, weights, dqueries, dcandidates, drelation;
    CandidatePanels panels;
    std::vector<float> column, column_gradient;
  };

  void begin_batch(const Batch& batch);
  void prepare_candidates(const EmbeddingTable& table);
  double block_gradient(const KlCandidates& candidates, const Term& term,
                        const EmbeddingTable& table, std::span<const std::uint32_t> persons,
                        float scale, Scratch& scratch, const MutableRowBlock& gradient) const;

  const ScoreFunction& score_;
  ThreadPool& pool_;
  std::size_t dimension_;
  Update update_ = Update::kOwn;
  bool negatives_too_;
  float initial_weight_;
  float weight_share_ = 1.0F;  ///< of every w_j, at the current batch
  float learning_rate_;
  std::size_t steps_;
  AttributeSet detached_ = 0;
  std::vector<KlCandidates> candidates_;
  std::vector<Term> terms_;  ///< aligned with candidates_
  std::optional<KlProximal> proximal_;
  std::unique_ptr<RowOptimizer> optimizer_;  ///< of steps of its own
  std::uint64_t own_steps_ = 0;
  BatchPersons batch_persons_;
  std::vector<std::uint32_t> persons_;  ///< of the current batch
  FloatTable gradient_;
  std::vector<Scratch> scratch_;
};

}  // namespace kgaudit::models
