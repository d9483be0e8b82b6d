#include "metrics/stats/power.hpp"

#include <cmath>

#include <fmt/format.h>

#include "suite/base/distributions/distributions.hpp"

namespace kgaudit::metrics::stats {
namespace {

constexpr std::uint64_t kMostSeeds = 1'000'000;
constexpr double kNormalFrom = 5000.0;  // degrees of freedom above which t is normal to 4 digits

/// Chance that a noncentral t exceeds `critical`.
double above(double critical, double degrees, double noncentrality) {
  if (degrees > kNormalFrom) {
    return distributions::normal_above(critical - noncentrality);
  }
  return distributions::noncentral_t_above(critical, degrees, noncentrality);
}

void require(const PowerPlan& plan) {
  KGA_REQUIRE(plan.alpha > 0.0 && plan.alpha < plan.power && plan.power < 1.0,
              "alpha = {}, power = {}", plan.alpha, plan.power);
}

double toward(const PowerPlan& plan, double difference) {
  return plan.alternative == Alternative::kLess ? -std::abs(difference) : std::abs(difference);
}

}  // namespace

double power_of_t(std::uint64_t n, double sd, double difference, const PowerPlan& plan) {
  require(plan);
  KGA_REQUIRE(n >= 2 && sd > 0.0, "n = {}, sd = {}", n, sd);
  const auto count = static_cast<double>(n);
  const double degrees = count - 1.0;
  const double noncentrality = difference / sd * std::sqrt(count);
  const bool two_sided = plan.alternative == Alternative::kTwoSided;
  const double critical =
      distributions::student_upper_quantile(two_sided ? plan.alpha / 2.0 : plan.alpha, degrees);
  switch (plan.alternative) {
    case Alternative::kGreater:
      return above(critical, degrees, noncentrality);
    case Alternative::kLess:
      return above(critical, degrees, -noncentrality);
    case Alternative::kTwoSided:
      break;
  }
  return above(critical, degrees, noncentrality) + above(critical, degrees, -noncentrality);
}

Outcome<double> minimum_detectable_difference(std::uint64_t n, double sd, const PowerPlan& plan) {
  require(plan);
  if (n < 2) return Undefined{fmt::format("{} seeds, 2 or more are needed", n)};
  if (!std::isfinite(sd) || !(sd > 0.0)) {
    return Undefined{fmt::format("a standard deviation of {} says nothing of other seeds", sd)};
  }
  const auto lacking = [&](double effect) {
    return power_of_t(n, 1.0, toward(plan, effect), plan) - plan.power;
  };
  double most = 1.0;
  while (lacking(most) < 0.0) most *= 2.0;
  return sd * distributions::root_between(lacking, 0.0, most, 36);
}

Outcome<SeedsNeeded> seeds_needed(std::uint64_t have, double sd, double difference,
                                  const PowerPlan& plan) {
  require(plan);
  if (!std::isfinite(sd) || !(sd > 0.0)) {
    return Undefined{fmt::format("a standard deviation of {} says nothing of other seeds", sd)};
  }
  if (!std::isfinite(difference) || difference == 0.0) {
    return Undefined{fmt::format("no number of seeds finds a difference of {}", difference)};
  }
  const auto power = [&](std::uint64_t n) {
    return power_of_t(n, sd, toward(plan, difference), plan);
  };
  // Power grows with n: double until it does, then halve the gap.
  std::uint64_t enough = 2;
  while (power(enough) < plan.power) {
    enough *= 2;
    if (enough > kMostSeeds) {
      return Undefined{fmt::format("more than {} seeds for a difference of {} with sd {}",
                                   kMostSeeds, difference, sd)};
    }
  }
  std::uint64_t too_few = enough / 2;  // 1 cannot be tested at all
  while (enough - too_few > 1) {
    const std::uint64_t middle = (too_few + enough) / 2;
    (power(middle) < plan.power ? too_few : enough) = middle;
  }
  return SeedsNeeded{enough, enough > have ? enough - have : 0, power(enough)};
}

}  // namespace kgaudit::metrics::stats
