#include "metrics/formulas/matched_gap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {

std::optional<MatchedGap> degree_matched_gap(std::span<const GroupedValue> values) {
  struct Bin {
    std::array<double, 2> sum{};
    std::array<std::uint64_t, 2> count{};
  };
  std::map<int, Bin> bins;
  for (const GroupedValue& v : values) {
    KGA_REQUIRE(v.group < 2 && v.degree >= 0.0, "group {}, degree {}", v.group, v.degree);
    Bin& bin = bins[std::ilogb(v.degree + 1.0)];
    bin.sum[v.group] += v.value;
    ++bin.count[v.group];
  }
  MatchedGap result;
  double sum = 0.0;
  for (const auto& [index, bin] : bins) {
    const std::uint64_t pairs = std::min(bin.count[0], bin.count[1]);
    if (pairs == 0) continue;
    sum += static_cast<double>(pairs) * (bin.sum[0] / static_cast<double>(bin.count[0]) -
                                         bin.sum[1] / static_cast<double>(bin.count[1]));
    result.matched += pairs;
  }
  if (result.matched == 0) return std::nullopt;
  result.gap = sum / static_cast<double>(result.matched);
  return result;
}

}  // namespace kgaudit::metrics
