#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/measurement.hpp"

namespace kgaudit::metrics::stats {

/// The statistics room: pure functions on spans of doubles (docs/statistics.md says which test is
/// for which question). Conventions of all its headers:
/// - A difference is A less B, and larger is better: negate the values of a measure where smaller
///   is better.
/// - `level` and `alpha` lie strictly between 0 and 1, margins and powers likewise where said; a
///   caller that passes others has a bug (BrokenInvariant).
/// - What the data cannot answer (too few units, no spread, a value that is not finite) comes back
///   as Undefined with a reason, never as NaN.
/// - Whatever is drawn depends on the seed alone, not on the number of threads.

/// A result, or why there is none.
template <typename T>
class Outcome : public std::variant<T, Undefined> {
 public:
  using std::variant<T, Undefined>::variant;

  [[nodiscard]] bool defined() const { return this->index() == 0; }
  /// The result; BrokenInvariant if Undefined.
  [[nodiscard]] const T& value() const {
    KGA_REQUIRE(defined(), "undefined: {}", std::get<1>(*this).reason);
    return std::get<0>(*this);
  }
  const T* operator->() const { return &value(); }
  const T& operator*() const { return value(); }
  /// The reason; BrokenInvariant if defined.
  [[nodiscard]] const std::string& reason() const {
    KGA_REQUIRE(!defined(), "a defined outcome has no reason");
    return std::get<1>(*this).reason;
  }
  [[nodiscard]] Undefined undefined() const { return Undefined{reason()}; }
  /// `function` of the result, or the same reason: Outcome<double> means = fit.transform(mean_of).
  template <typename Function>
  [[nodiscard]] auto transform(Function&& function) const
      -> Outcome<std::remove_cvref_t<std::invoke_result_t<Function, const T&>>> {
    if (!defined()) return undefined();
    return std::invoke(std::forward<Function>(function), std::get<0>(*this));
  }
  /// The same for a function that gives an Outcome itself: values.and_then(paired_t).
  template <typename Function>
  [[nodiscard]] auto and_then(Function&& function) const
      -> std::invoke_result_t<Function, const T&> {
    if (!defined()) return undefined();
    return std::invoke(std::forward<Function>(function), std::get<0>(*this));
  }
};

/// What a test may find: any difference, or A above B only, or A below B only.
enum class Alternative { kTwoSided, kGreater, kLess };

/// How an effect was estimated: the number, its interval (which names level and method) and the
/// units (triples, persons, seeds) it rests on.
struct Estimate {
  double value = 0.0;
  Interval interval;
  std::uint64_t n = 0;
};

/// What a test says.
struct Test {
  double statistic = 0.0;
  double p = 1.0;
  std::uint64_t n = 0;  ///< units the test rests on, zeros and ties included
  std::string method;   ///< e.g. "sign-flip, exact"
  /// The smallest p that these many units could have given. Above alpha the test cannot reject
  /// whatever the data say, and a large p then means nothing.
  double smallest_p = 0.0;
};

/// How often is drawn, and from which seed.
struct Resampling {
  std::uint64_t seed = 0;
  std::uint32_t replicates = 10'000;  ///< >= 100; 10,000 where it is reported
};

/// Why `values` do not do for a statistic that needs `least` finite numbers; nothing when they do.
[[nodiscard]] std::optional<Undefined> unusable(std::span<const double> values, std::size_t least,
                                                std::string_view what = "values");

/// a - b, place by place; the spans must be equally long (BrokenInvariant). Differences that are
/// all the same but for the rounding of a and b are the same to the bit: they have no spread, as
/// counts of equal differences have none.
[[nodiscard]] std::vector<double> differences(std::span<const double> a, std::span<const double> b);

/// The estimate as a fact for the record; the reason where there is none (`n` is then its size).
[[nodiscard]] Measurement as_measurement(const Outcome<Estimate>& estimate, std::uint64_t n,
                                         const std::string& unit, Direction direction);

/// Shares drawn by chance are never 0: (1 + count) / (1 + replicates).
[[nodiscard]] double resampled_p(std::uint64_t count, std::uint64_t replicates);

}  // namespace kgaudit::metrics::stats
