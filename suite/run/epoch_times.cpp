#include "suite/run/epoch_times.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "suite/base/distributions/distributions.hpp"
#include "suite/base/median.hpp"

namespace kgaudit::run {
namespace {

/// P(at most k of n fair coins show heads) = P(at least n - k do).
double binomial_half_cdf(std::size_t k, std::size_t n) {
  return distributions::binomial_half_at_least(n - k, n);
}

/// How many values may be cut at each end so that the rest still covers the median at `level`.
std::size_t cut_at_each_end(std::size_t n, double level) {
  std::size_t cut = 0;
  while (2 * (cut + 1) < n && 1.0 - 2.0 * binomial_half_cdf(cut + 1, n) >= level) ++cut;
  return cut;
}

std::span<const double> after_warm_up(std::span<const double> seconds, std::size_t warm_up) {
  return seconds.subspan(std::min(warm_up, seconds.size()));
}

}  // namespace

Measurement median_measurement(std::vector<double> values, std::string unit, Direction direction,
                               std::string_view units, double level) {
  if (values.empty()) {
    return Measurement::undefined(fmt::format("no {} after the warm-up", units), 0, std::move(unit),
                                  direction);
  }
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  std::optional<Interval> interval;
  if (n > 1) {
    const std::size_t cut = cut_at_each_end(n, level);
    interval = Interval{values[cut], values[n - 1 - cut], 1.0 - 2.0 * binomial_half_cdf(cut, n),
                        fmt::format("order statistics, {}", units)};
  }
  return Measurement::checked(median_of_sorted(values), n, std::move(unit), direction,
                              std::move(interval));
}

std::vector<double> paired_ratios(std::span<const double> numerator,
                                  std::span<const double> denominator) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(numerator.size(), denominator.size()); ++i) {
    if (denominator[i] > 0.0) ratios.push_back(numerator[i] / denominator[i]);
  }
  return ratios;
}

std::vector<metrics::Fact> epoch_time_facts(std::span<const double> seconds, std::size_t warm_up) {
  const auto steady = after_warm_up(seconds, warm_up);
  const auto first = seconds.first(seconds.size() - steady.size());
  std::vector<metrics::Fact> facts;
  const auto add = [&](std::span<const double> phase, std::map<std::string, std::string> facets) {
    facts.push_back(
        {"time.seconds_per_epoch", std::move(facets),
         median_measurement({phase.begin(), phase.end()}, "s", Direction::kLower, "epochs")});
  };
  add(steady, {});
  if (!first.empty()) add(first, {{"phase", "warm_up"}});
  return facts;
}

Measurement epoch_time_ratio(std::span<const double> seconds, std::span<const double> of_reference,
                             std::size_t warm_up) {
  return median_measurement(
      paired_ratios(after_warm_up(seconds, warm_up), after_warm_up(of_reference, warm_up)), "",
      Direction::kLower, "rounds");
}

}  // namespace kgaudit::run
