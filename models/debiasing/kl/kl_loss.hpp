#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/debiasing/kl/kl_candidates.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_kernel.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// KL(G || p) = sum_m G_m log(G_m / p_m) with p = softmax(scores); writes dKL/dscore = p - G into
/// `gradient`, which may be the scores. The scores are finite; with a nan among them all results
/// are nan. Terms with G_m = 0 are 0. Fisher et al. 2020, section 3.2.
double kl_to_target(std::span<const float> scores, const KlTarget& target,
                    std::span<float> gradient);

/// Over the persons of a batch L_KL is averaged, as the paper prints it, or summed, as L_CE is over
/// the batch's triples.
enum class KlReduction { kMean, kSum };

/// The KL loss of Fisher et al. 2020, section 3.2, which pulls every person's scores over the
/// values of each sensitive relation to a neutral distribution:
///
///   L_KL = sum_j w_j / (P J) sum_p KL(G_j || softmax_m g(E_p, R_j, E_m)),  m over the M commonest
///   values.
///
/// Only E_p moves; R_j and E_m are frozen here (the likelihood keeps them good discriminators). P
/// counts the distinct persons of the batch (1 where it is summed), J the sensitive attributes. For
/// an inverse relation the score is g(E_m, R_j, E_p). Direction KL(G || p) as written in the paper.
/// Scores are those of training (compare_training): distances from products where that is faster.
class KlLoss {
 public:
  KlLoss(const TrainingSetup& setup, std::vector<KlCandidates> candidates,
         KlReduction reduction = KlReduction::kMean);

  [[nodiscard]] std::span<const KlCandidates> candidates() const { return candidates_; }

  /// L_KL and dL_KL/dE_p of the given persons (rows aligned with `persons`).
  double loss_and_gradient(const EmbeddingTable& table, std::span<const std::uint32_t> persons,
                           FloatTable& gradient);
  /// "kl.<attribute>": mean KL per person, in nats, over all persons that were asked about since
  /// the last call.
  std::vector<std::pair<std::string, double>> take_losses();

 private:
  /// What the loss keeps of one attribute of `candidates_`: its term of the sum.
  struct Term {
    FloatTable rows;               ///< E_m, or the queries op(E_m, R_j) when inverse
    std::vector<float> constants;  ///< of those queries, when inverse
    double loss = 0.0;
    std::uint64_t persons = 0;
  };
  /// One worker's scratch.
  struct Scratch {
    FloatTable persons, queries, dqueries, dcandidates, drelation;
    /// Per attribute, because a table that changes its width takes new memory.
    std::vector<FloatTable> scores, weights;
    CandidatePanels panels;
    std::vector<float> column;
  };

  void prepare_candidates(const EmbeddingTable& table);
  /// KL of attribute j summed over the persons; adds `scale` times its gradient to `gradient`.
  double block_gradient(std::size_t j, const EmbeddingTable& table,
                        std::span<const std::uint32_t> persons, float scale, Scratch& scratch,
                        const MutableRowBlock& gradient) const;

  const ScoreFunction& score_;
  ThreadPool& pool_;
  std::size_t dimension_;
  KlReduction reduction_;
  std::vector<KlCandidates> candidates_;
  std::vector<Term> terms_;  ///< aligned with candidates_
  std::vector<Scratch> scratch_;
};

}  // namespace kgaudit::models
