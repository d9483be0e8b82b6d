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
