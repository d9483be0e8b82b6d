#include "metrics/stats/effect_size.hpp"

#include <cmath>

#include "metrics/stats/t_test.hpp"
#include "suite/base/distributions/distributions.hpp"

namespace kgaudit::metrics::stats {
namespace {

constexpr std::size_t kNoncentral = 100;  // differences; above, the normal interval is as good

}  // namespace

Outcome<Estimate> cohen_dz(std::span<const double> differences, const std::string& units,
                           double level) {
  const auto test = paired_t(differences, Alternative::kTwoSided, units, level);
  if (!test.defined()) return test.undefined();
  const auto n = static_cast<double>(differences.size());
  const double root = std::sqrt(n);
  const double t = test->test.statistic;
  const double dz = t / root;
  if (differences.size() <= kNoncentral) {
    const double tail = (1.0 - level) / 2.0;
    return Estimate{
        dz,
        {distributions::noncentrality_of(t, n - 1.0, 1.0 - tail) / root,
         distributions::noncentrality_of(t, n - 1.0, tail) / root, level, "noncentral t, " + units},
        differences.size()};
  }
  const double half =
      distributions::normal_two_sided_quantile(level) * std::sqrt(1.0 / n + dz * dz / (2.0 * n));
  return Estimate{dz, {dz - half, dz + half, level, "normal, " + units}, differences.size()};
}

}  // namespace kgaudit::metrics::stats
