#include "metrics/formulas/score_gap.hpp"

#include <algorithm>
#include <cmath>

#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics {

void add_score_gap_terms(std::span<const float> scores, std::span<const std::uint32_t> stated,
                         std::span<const std::uint32_t> known, std::vector<ScoreGapTerm>& terms,
                         ScoreGapCounts& counts) {
  std::vector<double> wrong;
  for (std::uint32_t m = 0; m < scores.size(); ++m) {
    if (!std::binary_search(known.begin(), known.end(), m)) {
      wrong.push_back(static_cast<double>(scores[m]));
    }
  }
  for (const std::uint32_t value : stated) {
    if (value >= scores.size()) {
      ++counts.outside_candidates;
      continue;
    }
    if (wrong.empty()) {
      ++counts.nothing_false;
      continue;
    }
    const auto truth = static_cast<double>(scores[value]);
    double sum = 0.0;
    double below = 0.0;
    double odds = 1.0;  // sum of exp(s - truth) over {m*} and the false candidates
    for (const double s : wrong) {
      sum += s;
      below += s < truth ? 1.0 : (s == truth ? 0.5 : 0.0);
      odds += portable::exp(s - truth);
    }
    const auto n = static_cast<double>(wrong.size());
    terms.push_back({value, truth - sum / n, 1.0 / odds, 1.0 / (n + 1.0), below / n});
  }
}

std::optional<double> pooled_sd_over_persons(std::span<const float> scores, std::size_t values) {
  KGA_REQUIRE(values > 0 && scores.size() % values == 0, "{} scores of {} values", scores.size(),
              values);
  const std::size_t persons = scores.size() / values;
  if (persons < 2) return std::nullopt;
  std::vector<double> mean(values, 0.0);
  for (std::size_t i = 0; i < scores.size(); ++i)
    mean[i % values] += static_cast<double>(scores[i]);
  for (double& m : mean) m /= static_cast<double>(persons);
  double squares = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double deviation = static_cast<double>(scores[i]) - mean[i % values];
    squares += deviation * deviation;
  }
  return std::sqrt(squares / (static_cast<double>(values) * static_cast<double>(persons - 1)));
}

double kl_from_uniform(std::span<const float> scores) {
  KGA_REQUIRE(!scores.empty(), "no candidates");
  const auto n = static_cast<double>(scores.size());
  const auto top = static_cast<double>(*std::max_element(scores.begin(), scores.end()));
  double sum = 0.0;
  double odds = 0.0;
  for (const float s : scores) {
    sum += static_cast<double>(s);
    odds += portable::exp(static_cast<double>(s) - top);
  }
  // sum_m (1/M) (log(1/M) - log p_m), with log p_m = s_m - log sum exp.
  return top + portable::log(odds) - sum / n - portable::log(n);
}

double best_is_true(std::span<const float> scores, std::span<const std::uint32_t> known) {
  KGA_REQUIRE(!scores.empty(), "no candidates");
  const float top = *std::max_element(scores.begin(), scores.end());
  double tied = 0.0;
  double right = 0.0;
  for (std::uint32_t m = 0; m < scores.size(); ++m) {
    if (scores[m] != top) continue;
    tied += 1.0;
    if (std::binary_search(known.begin(), known.end(), m)) right += 1.0;
  }
  // Only NaN scores leave nothing on top; such an answer is wrong.
  return tied == 0.0 ? 0.0 : right / tied;
}

}  // namespace kgaudit::metrics
