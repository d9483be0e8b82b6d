#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

/// Association measures over rows of vectors, in the forms of WEFE (Badilla et al. 2020).
/// A matrix holds one vector a row; nothing is returned where a figure does not exist (empty set,
/// zero vector, no variance).
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// s(w, A, B) = mean_a cos(w, a) - mean_b cos(w, b), one for each row of `targets`.
[[nodiscard]] std::optional<Eigen::VectorXd> associations(const RowMatrix& targets,
                                                          const RowMatrix& attributes_a,
                                                          const RowMatrix& attributes_b);

struct Weat {
  double statistic = 0.0;             ///< sum over T1 of s - sum over T2 of s
  std::optional<double> effect_size;  ///< (mean_T1 - mean_T2) / population sd over both (WEFE)
  std::optional<double> p_value;      ///< exact, one-sided; equal target sets of <= 12 each only
};
/// WEAT from the associations of two target sets (Caliskan et al. 2017). p is the share of all
/// equal-size partitions of the targets whose statistic is >= the observed one; WEFE draws
/// permutations with replacement instead, which is no permutation test.
[[nodiscard]] std::optional<Weat> weat(const Eigen::VectorXd& associations_1,
                                       const Eigen::VectorXd& associations_2);

/// WEAT's effect size over units of two groups of any size: the mean of `values` in the first less
/// that in the others, over the population deviation of both together. In [-2, 2] for groups of one
/// size. With values s(w, A, B) this is WEAT; with the cosines of one word w to people it is the
/// single-word form (WEFAT, Caliskan et al. 2017).
struct EffectSize {
  double value = 0.0;
  std::vector<double> influence;  ///< per unit, see influence_interval
};
/// Nothing for an empty side or without variance.
[[nodiscard]] std::optional<EffectSize> effect_size(std::span<const double> values,
                                                    const std::vector<bool>& in_first);

/// Two-sided p of that difference of means by shuffling who is in the first group:
/// (1 + #{|shuffled| >= |observed|}) / (1 + shuffles). Shuffle b draws from rng.at(b).
[[nodiscard]] double shuffled_groups_p(std::span<const double> values,
                                       const std::vector<bool>& in_first, std::size_t shuffles,
                                       const Rng& rng);

/// RND = mean_a (||a - mean T1|| - ||a - mean T2||) (Garg et al. 2018): > 0 = attributes lie nearer
/// to T2.
[[nodiscard]] std::optional<double> relative_norm_distance(const RowMatrix& targets_1,
                                                           const RowMatrix& targets_2,
                                                           const RowMatrix& attributes);

/// RIPA = mean over attributes w and target pairs (x, y) of w . (x - y) / ||x - y|| (Ethayarajh et
/// al. 2019); row i of both target sets is a pair.
[[nodiscard]] std::optional<double> relational_inner_product(const RowMatrix& targets_1,
                                                             const RowMatrix& targets_2,
                                                             const RowMatrix& attributes);

/// ECT = Spearman over attributes of cos to mean T1 and cos to mean T2 (Dev & Phillips 2019): 1 =
/// unbiased.
[[nodiscard]] std::optional<double> coherence(const RowMatrix& targets_1,
                                              const RowMatrix& targets_2,
                                              const RowMatrix& attributes);

/// MAC = mean cosine distance (1 - cos) of all target-attribute pairs (Manzini et al. 2019).
[[nodiscard]] std::optional<double> mean_cosine_distance(const RowMatrix& targets,
                                                         const RowMatrix& attributes);

}  // namespace kgaudit::metrics
