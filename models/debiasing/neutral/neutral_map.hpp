#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/debiasing/affine_scores.hpp"
#include "models/debiasing/kl/kl_candidates.hpp"
#include "models/debiasing/neutral/neutral_step.hpp"

namespace kgaudit::models {

/// The KL loss of Fisher et al. 2020, section 3.2, minimised by proximal steps instead of gradient
/// steps. This is a method of our own, not the paper's.
///
/// With a dot-product score a person's scores over the values m of attribute j are affine in E_p,
/// S_m = a_m . E_p + b_m, and around neutral scores KL_j is 1/(2 M) sum_m (S_m - mean S - c_m)^2 up
/// to third order. The proximal step of that, E_p <- argmin_y 1/2 |y - E_p|^2 + sum_j w_j KL_j(y) /
/// J, is one linear map that all persons share: no accumulator, no step size, and a strong
/// discriminator E_m is answered at once. L2 distances come to the same conditions through their
/// squares.
///
/// What is pulled together are differences between persons: c_m are the scores of the mean person
/// of the batch. The common part, which the likelihood would push back against (most persons are
/// men), is left to R_j; see prior_removal.hpp for taking it out.
///
/// The class means of binary attributes may be conditions too. E_m is only as good a discriminator
/// as the likelihood made it; where the means of two groups agree in every direction, no linear
/// probe tells the groups apart (Belrose et al. 2023, theorem 3.1). Within the commonest
/// professions as well, that weakens probes that are not linear.
class NeutralMap {
 public:
  static std::vector<ParameterSpec> parameter_table();
  /// The score must have affine scores, and `candidates` must outlive the object.
  NeutralMap(const TrainingSetup& setup, const Parameters& parameters,
             std::span<const KlCandidates> candidates);

  /// The step for `persons`, those of the batch, with `weight_share` of every weight. The linear
  /// map is kept for `refresh` batches of an epoch, its share with it, so an epoch starts from the
  /// tables alone.
  void step(const Batch& batch, EmbeddingTable& table, std::span<const std::uint32_t> persons,
            float weight_share);
  /// A last step for every person, also for those that training met rarely.
  void finish(EmbeddingTable& table) const;

 private:
  using Matrix = NeutralStep::Matrix;
  /// Differences of class means from their common mean; a row for each value and stratum.
  [[nodiscard]] Matrix class_differences(const KlCandidates& candidates,
                                         const EmbeddingTable& table) const;
  [[nodiscard]] NeutralStep make_step(const EmbeddingTable& table,
                                      const Eigen::VectorXf& mean_person,
                                      std::span<const Matrix> differences,
                                      float weight_share) const;
  [[nodiscard]] std::vector<Matrix> all_differences(const EmbeddingTable& table) const;

  const datasets::AttributeTable& attributes_;
  const ScoreFunction& score_;
  ThreadPool& pool_;
  std::size_t dimension_;
  std::span<const KlCandidates> candidates_;
  std::size_t refresh_;
  float class_weight_;
  std::size_t strata_;
  std::size_t class_refresh_;
  std::vector<std::uint32_t> every_person_;
  // Kept between the batches of an epoch.
  std::vector<Matrix> differences_;
  std::optional<NeutralStep> step_;  ///< of the current epoch
};

}  // namespace kgaudit::models
