#include "suite/base/vectors/vector_target.hpp"

#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

// Compiled once for each set of instructions, as every kernel is.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "suite/base/vectors/vector_target.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

HWY_BEFORE_NAMESPACE();
namespace kgaudit {
namespace HWY_NAMESPACE {

/// The one that this is compiled for.
std::int64_t own_target() { return HWY_TARGET; }

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit {

HWY_EXPORT(own_target);

namespace {

std::string_view name_of(std::int64_t target) {
  switch (target) {
    case HWY_AVX2:
      return "avx2";
    case HWY_AVX3:
    case HWY_AVX3_DL:  // of a build for one processor
      return "avx512";
    case HWY_NEON:
      return "neon";
    default:
      return "portable";
  }
}

/// The targets of this program that the processor has, one bit each; a better one has a lower bit.
std::int64_t runnable_targets() {
  // Before the first choice, which takes targets out of what Highway says.
  static const std::int64_t targets = (hwy::SupportedTargets() & HWY_TARGETS) | HWY_STATIC_TARGET;
  return targets;
}

template <typename F>
void for_each_target(const F& per_target) {
  for (std::int64_t left = runnable_targets(); left != 0; left &= left - 1) {
    per_target(left & -left);
  }
}

}  // namespace

std::string_view vector_target() { return name_of(HWY_DYNAMIC_DISPATCH(own_target)()); }

std::vector<std::string> vector_targets() {
  std::vector<std::string> names;
  for_each_target([&names](std::int64_t target) { names.emplace_back(name_of(target)); });
  return names;
}

void use_vector_target(std::string_view name, std::string_view place) {
  std::int64_t chosen = 0;
  for_each_target([&](std::int64_t target) {
    if (name_of(target) == name) chosen = target;
  });
  if (chosen == 0) {
    throw InputError::usage(
        std::string(place), fmt::format("'{}'", printable(name)),
        fmt::format("what this processor has: {}", fmt::join(vector_targets(), ", ")));
  }
  hwy::DisableTargets(chosen - 1);  // all that are better
}

}  // namespace kgaudit

#endif  // HWY_ONCE
