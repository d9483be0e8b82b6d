#include "metrics/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <variant>

#include <fmt/format.h>

#include "metrics/stats/resampled_sums.hpp"
#include "suite/base/distributions/distributions.hpp"

namespace kgaudit::metrics::stats {
namespace {

constexpr std::string_view kStream = "statistics/bootstrap";

double total(std::span<const double> x) { return std::accumulate(x.begin(), x.end(), 0.0); }

/// Whether resampling moves the mean by no more than rounding: within each stratum all clusters
/// pull at it alike.
bool nothing_varies(std::span<const double> sums, const ClusteredValues& values, double mean) {
  const auto sizes = values.sizes();
  const auto strata = values.strata();
  double largest = 0.0;
  double spread = 0.0;
  for (std::size_t s = 0; s + 1 < strata.size(); ++s) {
    const auto pull = [&](std::size_t i) { return sums[i] - mean * sizes[i]; };
    for (std::size_t i = strata[s]; i < strata[s + 1]; ++i) {
      largest = std::max({largest, std::abs(sums[i]), std::abs(mean * sizes[i])});
      spread = std::max(spread, std::abs(pull(i) - pull(strata[s])));
    }
  }
  return spread <= 1e-13 * largest;
}

/// The acceleration from the jackknife over clusters within their strata (Davison & Hinkley 1997,
/// 5.23); with one stratum it is Efron's. A left-out cluster is replaced by the mean of the others
/// of its stratum, which for one stratum is leaving it out.
double acceleration(std::span<const double> sums, std::span<const double> sizes,
                    std::span<const std::size_t> strata) {
  const double all = total(sums);
  const double count = total(sizes);
  double cubes = 0.0;
  double squares = 0.0;
  for (std::size_t s = 0; s + 1 < strata.size(); ++s) {
    const std::size_t n = strata[s + 1] - strata[s];
    if (n < 2) continue;
    const auto of_stratum = [&](std::span<const double> x) { return x.subspan(strata[s], n); };
    const double stratum_sum = total(of_stratum(sums));
    const double stratum_size = total(of_stratum(sizes));
    const double scale = static_cast<double>(n) / static_cast<double>(n - 1);
    std::vector<double> without(n);
    for (std::size_t i = 0; i < n; ++i) {
      const double sum = all - stratum_sum + scale * (stratum_sum - sums[strata[s] + i]);
      const double size = count - stratum_size + scale * (stratum_size - sizes[strata[s] + i]);
      without[i] = sum / size;
    }
    const double center = total(without) / static_cast<double>(n);
    for (const double w : without) {
      const double u = (center - w) / scale;
      cubes += u * u * u;
      squares += u * u;
    }
  }
  return cubes / (6.0 * squares * std::sqrt(squares));
}

struct BcaTails {
  double low = 0.0;   ///< share of the replicates below the interval
  double high = 0.0;  ///< share above it
};

/// The shares of the replicates that BCa cuts off, or why it cannot say.
std::variant<BcaTails, Undefined> bca_tails(std::span<const double> sorted, double observed,
                                            double a, double level) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), observed) - sorted.begin();
  const auto up_to = std::upper_bound(sorted.begin(), sorted.end(), observed) - sorted.begin();
  const double share =
      static_cast<double>(below + up_to) / (2.0 * static_cast<double>(sorted.size()));
  if (below == static_cast<std::ptrdiff_t>(sorted.size()) || up_to == 0) {
    return Undefined{"all replicates lie on one side of the estimate"};
  }
  if (!std::isfinite(a)) return Undefined{"the jackknife does not vary"};
  const double z0 = distributions::normal_quantile(share);
  const auto tail = [&](double z) {
    const double denominator = 1.0 - a * (z0 + z);
    return denominator > 0.0 ? distributions::normal_cdf(z0 + (z0 + z) / denominator) : -1.0;
  };
  const double z = distributions::normal_two_sided_quantile(level);
  const double low = tail(-z);
  const double high = tail(z);
  if (low < 0.0 || high < 0.0 || !(low < high)) {
    return Undefined{fmt::format("the acceleration {:.3g} is too large", a)};
  }
  return BcaTails{low, 1.0 - high};
}

std::size_t quantile_place(std::size_t replicates, double tail) {
  // 1e-9: (B + 1) tail is meant to be whole where it is whole on paper.
  const double at = std::floor(static_cast<double>(replicates + 1) * tail + 1e-9);
  return static_cast<std::size_t>(std::clamp(at, 1.0, static_cast<double>(replicates)));
}

}  // namespace

double lower_quantile(std::span<const double> sorted, double tail) {
  KGA_REQUIRE(!sorted.empty(), "no replicates");
  return sorted[quantile_place(sorted.size(), tail) - 1];
}

double upper_quantile(std::span<const double> sorted, double tail) {
  KGA_REQUIRE(!sorted.empty(), "no replicates");
  return sorted[sorted.size() - quantile_place(sorted.size(), tail)];
}

Bootstrap::Bootstrap(ClusteredValues values, std::string units, const Resampling& resampling,
                     ThreadPool& pool)
    : values_(std::move(values)), units_(std::move(units)) {
  // Column 0 counts the values, so that every mean is one sum by another.
  DrawTable table(values_.clusters(), values_.columns() + 1);
  for (std::size_t i = 0; i < values_.clusters(); ++i) {
    table.at(i, 0) = values_.sizes()[i];
    for (std::size_t c = 0; c < values_.columns(); ++c) table.at(i, c + 1) = values_.sums(c)[i];
  }
  replicates_ = resampled_sums(table, values_.strata(), resampling, kStream, pool);
  for (std::size_t c = 1; c < replicates_.size(); ++c) {
    for (std::size_t b = 0; b < replicates_[c].size(); ++b) replicates_[c][b] /= replicates_[0][b];
  }
  replicates_.erase(replicates_.begin());
}

std::span<const double> Bootstrap::replicates(std::size_t column) const {
  KGA_REQUIRE(column < replicates_.size(), "column {} of {}", column, replicates_.size());
  return replicates_[column];
}

Bootstrap::Contrast Bootstrap::contrast(std::size_t a, const std::size_t* b) const {
  const auto first = replicates(a);
  const auto sums = values_.sums(a);
  Contrast c{"value", values_.mean(a), {first.begin(), first.end()}, {sums.begin(), sums.end()}};
  if (b == nullptr) return c;
  c.what = "difference";
  const auto second = replicates(*b);
  const auto other = values_.sums(*b);
  for (std::size_t i = 0; i < second.size(); ++i) c.replicates[i] -= second[i];
  for (std::size_t i = 0; i < other.size(); ++i) c.cluster_sums[i] -= other[i];
  c.observed -= values_.mean(*b);
  return c;
}

Outcome<Estimate> Bootstrap::estimate(Contrast c, BootstrapInterval kind, double level) const {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  const std::uint64_t n = values_.clusters();
  if (nothing_varies(c.cluster_sums, values_, c.observed)) {
    return Undefined{fmt::format("all {} {} have the same {}", n, units_, c.what)};
  }
  std::sort(c.replicates.begin(), c.replicates.end());
  const double tail = (1.0 - level) / 2.0;
  BcaTails tails{tail, tail};
  std::string method = "percentile bootstrap, " + units_;
  if (kind == BootstrapInterval::kBca) {
    const double a = acceleration(c.cluster_sums, values_.sizes(), values_.strata());
    const auto corrected = bca_tails(c.replicates, c.observed, a, level);
    if (const auto* found = std::get_if<BcaTails>(&corrected)) {
      tails = *found;
      method = "BCa bootstrap, " + units_;
    } else {
      method += fmt::format(" (no BCa: {})", std::get<Undefined>(corrected).reason);
    }
  }
  return Estimate{c.observed,
                  {lower_quantile(c.replicates, tails.low),
                   upper_quantile(c.replicates, tails.high), level, std::move(method)},
                  n};
}

Outcome<Estimate> Bootstrap::mean(std::size_t column, BootstrapInterval kind, double level) const {
  return estimate(contrast(column, nullptr), kind, level);
}

Outcome<Estimate> Bootstrap::difference(std::size_t a, std::size_t b, BootstrapInterval kind,
                                        double level) const {
  return estimate(contrast(a, &b), kind, level);
}

Outcome<Test> Bootstrap::difference_test(std::size_t a, std::size_t b,
                                         Alternative alternative) const {
  const Contrast c = contrast(a, &b);
  if (nothing_varies(c.cluster_sums, values_, c.observed)) {
    return Undefined{fmt::format("all {} {} have the same difference", values_.clusters(), units_)};
  }
  std::uint64_t not_above = 0;
  std::uint64_t not_below = 0;
  for (const double d : c.replicates) {
    not_above += d <= 0.0 ? 1U : 0U;
    not_below += d >= 0.0 ? 1U : 0U;
  }
  const std::uint64_t replicates = c.replicates.size();
  const std::uint64_t count = alternative == Alternative::kGreater ? not_above
                              : alternative == Alternative::kLess
                                  ? not_below
                                  : std::min(replicates, 2 * std::min(not_above, not_below));
  return Test{c.observed, resampled_p(count, replicates), values_.clusters(),
              "paired bootstrap, " + units_, resampled_p(0, replicates)};
}

}  // namespace kgaudit::metrics::stats
