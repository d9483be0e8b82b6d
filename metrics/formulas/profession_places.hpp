#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "datasets/attribute_table.hpp"
#include "models/scoring/link_scorer.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// Where one score stands among others.
struct ScorePlace {
  double beaten = 0.0;  ///< share of the others that it beats, ties half; in [0, 1]
  double rank = 1.0;    ///< from 1; ties by the mean of best and worst rank
};
/// Of `score` among `others`, which are in ascending order and at least one.
[[nodiscard]] ScorePlace score_place(float score, std::span<const float> others);

/// Of every profession and person: its place, asked of the model, among the professions that the
/// person is not known to have (filtered, as link prediction is). A row a person, a column a
/// profession in the order of the attribute.
struct ProfessionPlaces {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Matrix beaten;
  /// 1 where the rank is at most `top`, else 0: what the model would name.
  Matrix named;
};

/// `profession` stands in the graph. Persons who are known to have all professions but one or less
/// stand in the middle (beaten = 0.5).
[[nodiscard]] ProfessionPlaces profession_places(const models::LinkScorer& scorer,
                                                 const datasets::PersonAttribute& profession,
                                                 std::span<const EntityId> persons, std::size_t top,
                                                 ThreadPool& pool);

/// Per column of `values`: mean over the rows with `in_group` less that over the other rows. Both
/// must have rows.
[[nodiscard]] Eigen::VectorXd column_gaps(const ProfessionPlaces::Matrix& values,
                                          const std::vector<bool>& in_group);

}  // namespace kgaudit::metrics
