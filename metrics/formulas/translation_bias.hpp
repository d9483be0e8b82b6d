#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "models/scoring/link_scorer.hpp"

namespace kgaudit::metrics {

/// Fisher et al. 2019 (arXiv 1912.02761): move a person one step alpha along the
/// gradient of m = g(e_j, r_s, e_a) - g(e_j, r_s, e_b), so towards value a, and see how much more
/// plausible a profession becomes: Delta = g(e_j', r_p, e_p) - g(e_j, r_p, e_p), in score units.

/// The question asked of every person: which direction, which professions.
struct TranslationQuery {
  datasets::PersonRelation sensitive;
  EntityId value_a;
  EntityId value_b;
  datasets::PersonRelation profession;
  std::vector<EntityId> professions;
  double alpha = 1e-3;
};

/// Delta of every profession for one person's row, by the step itself, in float32: works for every
/// score; at a kink (L1 at 0) the score's own subgradient decides.
[[nodiscard]] std::vector<double> stepped_shifts(const models::LinkScorer& scorer,
                                                 const TranslationQuery& query,
                                                 std::span<const float> person);

/// The same to first order, alpha <dm/de_j, dg(e_j, r_p, e_p)/de_j>, summed in double: exact for
/// scores that are affine in the person (every dot-product score here), and free of the rounding
/// that a small step suffers.
[[nodiscard]] std::vector<double> linear_shifts(const models::LinkScorer& scorer,
                                                const TranslationQuery& query,
                                                std::span<const float> person);

}  // namespace kgaudit::metrics
