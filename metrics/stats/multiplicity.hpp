#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// Holm's step-down adjustment (Holm 1979), which controls the chance of any false alarm in the
/// family under any dependence: adj_(i) = max_{k <= i} min(1, (m - k + 1) p_(k)), in the order
/// given. Every p lies in [0, 1].
[[nodiscard]] std::vector<double> holm(std::span<const double> p);

/// Holm's adjustment with weights (Holm 1979): of the family's alpha a test of twice the weight may
/// use twice as much. With p_(1)/w_(1) <= p_(2)/w_(2) ... : adj_(i) = max_{k <= i}
/// min(1, p_(k) (w_(k) + w_(k+1) + ...) / w_(k)). Equal weights give `holm`. The weights are above
/// 0, as many as p values, and may not depend on them.
[[nodiscard]] std::vector<double> weighted_holm(std::span<const double> p,
                                                std::span<const double> weights);

/// A one-sided test that is planned: what it is to find, in standard errors, and the degrees of
/// freedom of its t (infinite: normal).
struct PlannedTest {
  double effect = 0.0;  ///< above 0
  double degrees = 0.0;
};

/// How alpha is best shared among planned tests: their powers are equal, and so the least of them
/// is as large as it can be (Spjotvoll 1972; Wasserman and Roeder 2006). A test whose effect is
/// many standard errors needs hardly any of alpha. A tenth of alpha is shared equally all the same,
/// so that no test is left with nothing. The shares sum to alpha, 0 < alpha < 1.
[[nodiscard]] std::vector<double> shares_of_alpha(std::span<const PlannedTest> tests, double alpha);

/// The hypotheses that are judged together (systems x measures x attributes), written down in the
/// plan before any of them is tested.
struct Family {
  std::string name;
  std::vector<std::string> hypotheses;  ///< ids, no two alike
};
/// One hypothesis that was tested; no p where the test is Undefined.
struct Tested {
  std::string hypothesis;
  std::optional<double> p;
};
struct Adjusted {
  std::string hypothesis;
  std::optional<double> p;
  std::optional<double> adjusted_p;  ///< empty exactly where p is
};

/// Adjusts the tests of one declared family after Holm; the result is in the order of the
/// declaration. Every declared hypothesis counts, tested or not: one without p is taken as p = 1,
/// so that dropping a test never makes the others look better. A test that was not declared, or
/// comes twice, is an InputError that names the family.
[[nodiscard]] std::vector<Adjusted> adjust(const Family& family, std::span<const Tested> tests);

}  // namespace kgaudit::metrics::stats
