#include "metrics/stats/estimates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics {

double mean(std::span<const double> values) {
  KGA_REQUIRE(!values.empty(), "mean of no values");
  double sum = 0.0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

namespace {

/// Sum of squared deviations from the mean, by two passes.
double squared_deviations(std::span<const double> values) {
  const double center = mean(values);
  double sum = 0.0;
  for (const double v : values) sum += (v - center) * (v - center);
  return sum;
}

Interval around(double center, double half_width, double level, std::string method) {
  return {center - half_width, center + half_width, level, std::move(method)};
}

}  // namespace

std::optional<double> sample_sd(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  return std::sqrt(squared_deviations(values) / static_cast<double>(values.size() - 1));
}

std::optional<Interval> normal_interval(std::span<const double> values, const std::string& units,
                                        double level) {
  const auto sd = sample_sd(values);
  if (!sd) return std::nullopt;
  const double error = *sd / std::sqrt(static_cast<double>(values.size()));
  return around(mean(values), distributions::normal_two_sided_quantile(level) * error, level,
                "normal, " + units);
}

std::optional<Interval> clustered_interval(std::span<const double> values,
                                           std::span<const std::uint32_t> clusters,
                                           const std::string& units, double level) {
  KGA_REQUIRE(values.size() == clusters.size(), "{} values, {} clusters", values.size(),
              clusters.size());
  if (values.empty()) return std::nullopt;
  const double center = mean(values);
  double squares = 0.0;
  double cluster_sum = 0.0;
  std::size_t cluster_count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    cluster_sum += values[i] - center;
    if (i + 1 == values.size() || clusters[i + 1] != clusters[i]) {
      squares += cluster_sum * cluster_sum;
      cluster_sum = 0.0;
      ++cluster_count;
    }
  }
  if (cluster_count < 2) return std::nullopt;
  const auto g = static_cast<double>(cluster_count);
  const double error = std::sqrt(g / (g - 1.0) * squares) / static_cast<double>(values.size());
  return around(center, distributions::normal_two_sided_quantile(level) * error, level,
                "normal, " + units);
}

std::optional<Interval> difference_interval(std::span<const double> a, std::span<const double> b,
                                            const std::string& units, double level) {
  const auto sd_a = sample_sd(a);
  const auto sd_b = sample_sd(b);
  if (!sd_a || !sd_b) return std::nullopt;
  const double error = std::sqrt(*sd_a * *sd_a / static_cast<double>(a.size()) +
                                 *sd_b * *sd_b / static_cast<double>(b.size()));
  return around(mean(a) - mean(b), distributions::normal_two_sided_quantile(level) * error, level,
                "normal, " + units);
}

Interval wilson_interval(double hits, std::uint64_t n, const std::string& units, double level) {
  KGA_REQUIRE(n > 0 && hits >= 0.0 && hits <= static_cast<double>(n), "{} of {}", hits, n);
  const auto count = static_cast<double>(n);
  const double share = hits / count;
  const double z = distributions::normal_two_sided_quantile(level);
  const double scale = 1.0 + z * z / count;
  const double center = (share + z * z / (2.0 * count)) / scale;
  const double half =
      z / scale * std::sqrt(share * (1.0 - share) / count + z * z / (4.0 * count * count));
  return {std::max(0.0, center - half), std::min(1.0, center + half), level, "Wilson, " + units};
}

std::vector<double> average_ranks(std::span<const double> given) {
  // A NaN has no place in an order; it is put below every number, as the ranking does.
  std::vector<double> values(given.begin(), given.end());
  for (double& v : values) {
    if (std::isnan(v)) v = -std::numeric_limits<double>::infinity();
  }
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first + 1;
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    const double shared = (static_cast<double>(first + 1) + static_cast<double>(last)) / 2.0;
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = shared;
    first = last;
  }
  return ranks;
}

namespace {

/// Pearson's correlation; nothing when a side is constant or there are fewer than two pairs.
std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
  KGA_REQUIRE(x.size() == y.size(), "{} against {} values", x.size(), y.size());
  if (x.size() < 2) return std::nullopt;
  const double mean_x = mean(x);
  const double mean_y = mean(y);
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (xx <= 0.0 || yy <= 0.0) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx) / std::sqrt(yy), -1.0, 1.0);
}

/// Fisher z interval with the variance 1.06 / (n - 3) of Fieller et al. 1957; nothing for n < 4.
std::optional<Interval> spearman_interval(double correlation, std::uint64_t n,
                                          const std::string& units, double level = 0.95) {
  if (n < 4 || std::abs(correlation) >= 1.0) return std::nullopt;
  // atanh
  const double z = 0.5 * (portable::log1p(correlation) - portable::log1p(-correlation));
  const double half = distributions::normal_two_sided_quantile(level) *
                      std::sqrt(1.06 / static_cast<double>(n - 3));
  return Interval{portable::tanh(z - half), portable::tanh(z + half), level, "Fisher z, " + units};
}

}  // namespace

std::optional<double> spearman(std::span<const double> x, std::span<const double> y) {
  return pearson(average_ranks(x), average_ranks(y));
}

std::optional<double> area_under_curve(std::span<const double> scores,
                                       std::span<const std::uint32_t> is_positive) {
  KGA_REQUIRE(scores.size() == is_positive.size(), "{} scores, {} labels", scores.size(),
              is_positive.size());
  // Mann-Whitney: the rank sum of the positives, less what it is when they all stand last.
  const std::vector<double> ranks = average_ranks(scores);
  double rank_sum = 0.0;
  double positives = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (is_positive[i] == 0) continue;
    rank_sum += ranks[i];
    positives += 1.0;
  }
  const double negatives = static_cast<double>(scores.size()) - positives;
  if (positives == 0.0 || negatives == 0.0) return std::nullopt;
  return (rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives);
}

Measurement spearman_measurement(std::span<const double> x, std::span<const double> y,
                                 const std::string& units, Direction direction) {
  const std::uint64_t n = x.size();
  if (n < 3) {
    return Measurement::undefined(fmt::format("{} {}: a rank correlation needs 3", n, units), n, "",
                                  direction);
  }
  const auto correlation = spearman(x, y);
  if (!correlation) {
    return Measurement::undefined("one side is constant: there is nothing to order", n, "",
                                  direction);
  }
  return Measurement::of(*correlation, n, "", direction, spearman_interval(*correlation, n, units));
}

Measurement mean_measurement(std::span<const double> values, const std::string& units,
                             const std::string& unit, Direction direction) {
  if (values.empty()) return Measurement::undefined("no " + units, 0, unit, direction);
  return estimate(mean(values), values.size(), unit, direction, normal_interval(values, units));
}

Measurement estimate(double value, std::uint64_t n, const std::string& unit, Direction direction,
                     std::optional<Interval> interval) {
  if (interval && !(std::isfinite(interval->low) && std::isfinite(interval->high))) {
    interval.reset();
  }
  return Measurement::checked(value, n, unit, direction, std::move(interval));
}

}  // namespace kgaudit::metrics
