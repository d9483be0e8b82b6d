#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace kgaudit {

/// Which way a measured value should move.
enum class Direction {
  kHigher,      ///< larger is better (MRR)
  kLower,       ///< smaller is better (seconds per epoch, mean rank)
  kNearer,      ///< nearer to the metric's neutral value is better, from either side (score gap)
  kDescriptive  ///< neither: a property of the data (group size, majority share)
};

[[nodiscard]] std::string_view to_text(Direction direction);
/// The inverse of `to_text`; nothing for an unknown word.
[[nodiscard]] std::optional<Direction> direction_from_text(std::string_view text);

/// An interval for a value, with the confidence level it was made for and how.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  double level = 0.95;
  std::string method;  ///< e.g. "normal, persons", "bootstrap, triples"

  bool operator==(const Interval&) const = default;
};

/// Why there is no number: shown to the reader in place of it.
struct Undefined {
  std::string reason;
  bool operator==(const Undefined&) const = default;
};

/// One measured quantity: a finite value with its interval, sample size, unit and direction, or
/// Undefined with a reason. There is no state in which it is NaN, and none in which it is silent.
class Measurement {
 public:
  /// `value` must be finite (BrokenInvariant otherwise): a caller that cannot guarantee this uses
  /// `checked`.
  static Measurement of(double value, std::uint64_t n, std::string unit, Direction direction,
                        std::optional<Interval> interval = std::nullopt);
  static Measurement undefined(std::string reason, std::uint64_t n, std::string unit,
                               Direction direction);
  /// `of` when `value` is finite, Undefined("the value is not finite: ...") otherwise.
  static Measurement checked(double value, std::uint64_t n, std::string unit, Direction direction,
                             std::optional<Interval> interval = std::nullopt);

  [[nodiscard]] bool defined() const { return std::holds_alternative<double>(outcome_); }
  /// The value; BrokenInvariant if Undefined.
  [[nodiscard]] double value() const;
  [[nodiscard]] std::optional<double> maybe_value() const;
  /// The reason; BrokenInvariant if defined.
  [[nodiscard]] const std::string& reason() const;
  /// How many units (triples, persons, epochs ...) the value rests on.
  [[nodiscard]] std::uint64_t n() const { return n_; }
  [[nodiscard]] const std::string& unit() const { return unit_; }
  [[nodiscard]] Direction direction() const { return direction_; }
  [[nodiscard]] const std::optional<Interval>& interval() const { return interval_; }

  bool operator==(const Measurement&) const = default;

 private:
  Measurement(std::variant<double, Undefined> outcome, std::uint64_t n, std::string unit,
              Direction direction, std::optional<Interval> interval);

  std::variant<double, Undefined> outcome_;
  std::uint64_t n_ = 0;
  std::string unit_;
  Direction direction_ = Direction::kDescriptive;
  std::optional<Interval> interval_;
};

}  // namespace kgaudit
