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

/// ECT = Spearman over attributes of cos to mean T1 and cos to mean T2 (Dev & Phillips 2019): 1 =
/// unbiased.
[[nodiscard]] std::optional<double> coherence(const RowMatrix& targets_1,
                                              const RowMatrix& targets_2,
                                              const RowMatrix& attributes);

}  // namespace kgaudit::metrics
