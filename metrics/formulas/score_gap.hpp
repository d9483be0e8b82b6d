#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kgaudit::metrics {

/// One true value m* of one person against the person's false candidates (Fisher et al. 2020,
/// section 4.3). All scores are those of one person, in score units.
struct ScoreGapTerm {
  std::uint32_t value = 0;   ///< m*, an index into the candidates
  double gap = 0.0;          ///< g(m*) - mean of the false candidates' scores
  double probability = 0.0;  ///< softmax probability of m* among {m*} and the false candidates
  double chance = 0.0;       ///< what `probability` is when all scores are equal
  double auc = 0.0;          ///< share of false candidates scored below m*, ties a half
};

/// What became of a person's stated values.
struct ScoreGapCounts {
  std::uint64_t outside_candidates = 0;  ///< m* is not among the candidates: skipped
  std::uint64_t nothing_false = 0;       ///< every other candidate is true as well: skipped
};

/// Appends one term for every value in `stated` that is a candidate (index < scores.size()).
/// Candidates in `known` (ascending, a superset of `stated`) are never counted as false: a second
/// nationality is not an error. The paper is silent here; this is this project's choice.
void add_score_gap_terms(std::span<const float> scores, std::span<const std::uint32_t> stated,
                         std::span<const std::uint32_t> known, std::vector<ScoreGapTerm>& terms,
                         ScoreGapCounts& counts);

/// The deviation over persons of the scores of one value, pooled over the values: sqrt(sum over
/// values and persons of (score - mean of the value)^2 / (values (persons - 1))). Constants that
/// are added to all scores of a value do not change it. `scores`: persons x values, row by row.
/// Nothing for fewer than two persons.
[[nodiscard]] std::optional<double> pooled_sd_over_persons(std::span<const float> scores,
                                                           std::size_t values);

/// KL(uniform || softmax(scores)) in nats: the KL system's own penalty with G uniform (Fisher et
/// al. 2020, section 3.2). 0 = the scores do not tell the candidates apart.
[[nodiscard]] double kl_from_uniform(std::span<const float> scores);

/// Whether the best candidate is one of `known`; with a tie for the best, the true share of it.
[[nodiscard]] double best_is_true(std::span<const float> scores,
                                  std::span<const std::uint32_t> known);

}  // namespace kgaudit::metrics
