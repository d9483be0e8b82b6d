#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace kgaudit::metrics {

/// One observation of a group comparison.
struct GroupedValue {
  double value = 0.0;
  std::uint32_t group = 0;  ///< 0 = a, 1 = b
  double degree = 0.0;      ///< train degree of the person, >= 0
};

/// mean(a) - mean(b) after making the groups alike in degree: observations fall into bins
/// floor(log2(degree + 1)), and each bin's difference weighs with the smaller group's count in it.
/// This is the expectation of resampling the larger group of every bin down to the smaller, so
/// there is no draw and no seed. Nothing when no bin holds both groups.
struct MatchedGap {
  double gap = 0.0;
  std::uint64_t matched = 0;  ///< pairs that a matched sample would hold
};
[[nodiscard]] std::optional<MatchedGap> degree_matched_gap(std::span<const GroupedValue> values);

}  // namespace kgaudit::metrics
