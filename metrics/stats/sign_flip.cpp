#include "metrics/stats/sign_flip.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "metrics/stats/resampled_sums.hpp"

namespace kgaudit::metrics::stats {
namespace {

constexpr double kSameSum = 1e-10;  // of the sum of all |d|

/// Whether a sum under flipped signs is as extreme as the observed one.
struct Extreme {
  Alternative alternative;
  double observed;
  double slack;

  [[nodiscard]] bool operator()(double sum) const {
    switch (alternative) {
      case Alternative::kGreater:
        return sum >= observed - slack;
      case Alternative::kLess:
        return sum <= observed + slack;
      case Alternative::kTwoSided:
        break;
    }
    return std::abs(sum) >= std::abs(observed) - slack;
  }
};

/// Sums of `d` under every assignment of signs.
std::vector<double> all_sums(std::span<const double> d) {
  std::vector<double> sums = {0.0};
  for (const double x : d) {
    const std::size_t n = sums.size();
    sums.resize(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
      sums[n + i] = sums[i] - x;
      sums[i] += x;
    }
  }
  return sums;
}

double exact_p(std::span<const double> d, const Extreme& extreme) {
  const std::vector<double> first = all_sums(d.first(d.size() / 2));
  const std::vector<double> second = all_sums(d.subspan(d.size() / 2));
  std::uint64_t count = 0;
  for (const double a : first) {
    for (const double b : second) count += extreme(a + b) ? 1U : 0U;
  }
  return static_cast<double>(count) / static_cast<double>(first.size() * second.size());
}

constexpr std::size_t kLanes = 8;

/// Row m holds the signs that the bits of m stand for.
using SignRows = std::array<std::array<double, kLanes>, 256>;

const SignRows& sign_rows() {
  static const auto kRows = [] {
    auto rows = std::make_unique<SignRows>();
    for (std::size_t m = 0; m < rows->size(); ++m) {
      for (std::size_t k = 0; k < kLanes; ++k) (*rows)[m][k] = (m >> k & 1U) != 0 ? -1.0 : 1.0;
    }
    return rows;
  }();
  return *kRows;
}

/// The sum of `padded` (whole lanes, filled up with 0) under random signs: one random bit a value.
double random_sum(std::span<const double> padded, Rng& rng) {
  const SignRows& rows = sign_rows();
  std::array<double, kLanes> sums{};
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < padded.size(); i += kLanes) {
    if (i / kLanes % 4 == 0) bits = rng.next_u32();
    const auto& signs = rows[bits & 255U];
    bits >>= 8U;
    for (std::size_t k = 0; k < kLanes; ++k) sums[k] += signs[k] * padded[i + k];
  }
  double sum = 0.0;
  for (const double s : sums) sum += s;
  return sum;
}

}  // namespace

Outcome<Test> sign_flip(std::span<const double> differences, Alternative alternative,
                        const Resampling& resampling, ThreadPool& pool) {
  if (const auto why = unusable(differences, 2, "differences")) return *why;
  const std::size_t n = differences.size();
  double observed = 0.0;
  double magnitude = 0.0;
  std::uint64_t nonzero = 0;
  for (const double d : differences) {
    observed += d;
    magnitude += std::abs(d);
    nonzero += d != 0.0 ? 1U : 0U;
  }
  if (nonzero == 0) return Undefined{fmt::format("all {} differences are 0", n)};
  const Extreme extreme{alternative, observed, kSameSum * magnitude};
  Test test;
  test.statistic = observed / static_cast<double>(n);
  test.n = n;
  const double one_assignment =
      std::ldexp(1.0, -static_cast<int>(std::min<std::uint64_t>(nonzero, 1000)));
  const double smallest = (alternative == Alternative::kTwoSided ? 2.0 : 1.0) * one_assignment;
  if (n <= kExactSignFlips) {
    test.p = exact_p(differences, extreme);
    test.method = "sign-flip, exact";
    test.smallest_p = smallest;
    return test;
  }
  std::vector<double> padded(differences.begin(), differences.end());
  padded.resize((n + kLanes - 1) / kLanes * kLanes, 0.0);
  std::vector<std::uint8_t> as_extreme(resampling.replicates, 0);
  for_each_replicate(resampling, "statistics/sign-flip", pool, [&](std::size_t b, Rng& rng) {
    as_extreme[b] = extreme(random_sum(padded, rng)) ? 1 : 0;
  });
  const auto count =
      static_cast<std::uint64_t>(std::count(as_extreme.begin(), as_extreme.end(), 1));
  test.p = resampled_p(count, resampling.replicates);
  test.method = fmt::format("sign-flip, {} draws", resampling.replicates);
  test.smallest_p = std::max(smallest, resampled_p(0, resampling.replicates));
  return test;
}

}  // namespace kgaudit::metrics::stats
