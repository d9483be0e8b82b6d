#include "suite/base/measurement.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

constexpr std::array<std::pair<Direction, std::string_view>, 4> kDirections = {{
    {Direction::kHigher, "higher"},
    {Direction::kLower, "lower"},
    {Direction::kNearer, "nearer"},
    {Direction::kDescriptive, "descriptive"},
}};

}  // namespace

std::string_view to_text(Direction direction) {
  for (const auto& [known, text] : kDirections) {
    if (known == direction) return text;
  }
  KGA_REQUIRE(false, "direction = {}", static_cast<int>(direction));
  return {};
}

std::optional<Direction> direction_from_text(std::string_view text) {
  for (const auto& [direction, known] : kDirections) {
    if (known == text) return direction;
  }
  return std::nullopt;
}

Measurement::Measurement(std::variant<double, Undefined> outcome, std::uint64_t n, std::string unit,
                         Direction direction, std::optional<Interval> interval)
    : outcome_(std::move(outcome)),
      n_(n),
      unit_(std::move(unit)),
      direction_(direction),
      interval_(std::move(interval)) {}

Measurement Measurement::of(double value, std::uint64_t n, std::string unit, Direction direction,
                            std::optional<Interval> interval) {
  KGA_REQUIRE(std::isfinite(value), "value = {}", value);
  if (interval) {
    KGA_REQUIRE(std::isfinite(interval->low) && std::isfinite(interval->high) &&
                    interval->low <= interval->high,
                "interval = [{}, {}]", interval->low, interval->high);
  }
  return {value, n, std::move(unit), direction, std::move(interval)};
}

Measurement Measurement::undefined(std::string reason, std::uint64_t n, std::string unit,
                                   Direction direction) {
  KGA_REQUIRE(!reason.empty(), "an undefined measurement needs a reason");
  return {Undefined{std::move(reason)}, n, std::move(unit), direction, std::nullopt};
}

Measurement Measurement::checked(double value, std::uint64_t n, std::string unit,
                                 Direction direction, std::optional<Interval> interval) {
  if (!std::isfinite(value)) {
    return undefined(fmt::format("the value is not finite: {}", value), n, std::move(unit),
                     direction);
  }
  return of(value, n, std::move(unit), direction, std::move(interval));
}

double Measurement::value() const {
  KGA_REQUIRE(defined(), "undefined: {}", std::get<Undefined>(outcome_).reason);
  return std::get<double>(outcome_);
}

std::optional<double> Measurement::maybe_value() const {
  if (!defined()) return std::nullopt;
  return std::get<double>(outcome_);
}

const std::string& Measurement::reason() const {
  KGA_REQUIRE(!defined(), "defined: {}", std::get<double>(outcome_));
  return std::get<Undefined>(outcome_).reason;
}

}  // namespace kgaudit
