#include "suite/search/search.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::run {
namespace {

constexpr double kFirstStep = 0.25;
constexpr double kLastStep = 1.0 / 30.0;
/// A point that was tried already is drawn again at most so often; small ranges run out of points.
constexpr int kDraws = 64;

double mirrored(double place) {
  const double folded = std::fmod(std::abs(place), 2.0);
  return folded > 1.0 ? 2.0 - folded : folded;
}

SearchPoint drawn_uniformly(std::span<const SearchAxis> axes, Rng& rng) {
  SearchPoint point;
  for (const SearchAxis& axis : axes) point.push_back(value_at(axis, rng.uniform()));
  return point;
}

double another_word(const SearchAxis& axis, double word, Rng& rng) {
  const auto n = static_cast<std::uint32_t>(axis.choices.size());
  return (static_cast<std::uint32_t>(word) + 1 + rng.below(n - 1)) % n;
}

/// Each number moves with probability one half, each word with probability `step`, and one of them
/// always.
SearchPoint drawn_near(std::span<const SearchAxis> axes, const SearchPoint& centre, double step,
                       Rng& rng) {
  SearchPoint point = centre;
  const std::uint32_t always = rng.below(static_cast<std::uint32_t>(axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].choices.empty()) {
      if (rng.uniform() < step || i == always) point[i] = another_word(axes[i], centre[i], rng);
      continue;
    }
    const double shift = step * rng.normal();
    if (rng.uniform() >= 0.5 && i != always) continue;
    point[i] = value_at(axes[i], mirrored(place_of(axes[i], centre[i]) + shift));
  }
  return point;
}

}  // namespace

std::vector<SearchAxis> search_axes(const models::SystemEntry& system,
                                    std::span<const std::string> attributes) {
  const auto named_by_a_row = [&](const std::string& attribute) {
    return std::any_of(system.tunable.begin(), system.tunable.end(),
                       [&](const models::Tunable& row) { return row.attribute == attribute; });
  };
  const auto matters = [&](const models::Tunable& row) {
    if (row.attribute.empty()) return true;
    return std::any_of(attributes.begin(), attributes.end(), [&](const std::string& attribute) {
      return row.attribute == models::kOtherAttributes ? !named_by_a_row(attribute)
                                                       : row.attribute == attribute;
    });
  };
  const Parameters defaults(system.parameters());
  std::vector<SearchAxis> axes;
  for (const models::Tunable& row : system.tunable) {
    if (!matters(row)) continue;
    const bool whole = std::holds_alternative<std::int64_t>(defaults.value(row.parameter));
    axes.push_back({std::string(row.parameter), row.low, row.high, row.scale, whole,
                    std::vector<std::string>(row.choices.begin(), row.choices.end())});
  }
  return axes;
}

std::vector<SearchAxis> shared_axes() {
  return {{.parameter = "uniform_negatives", .low = 50, .high = 1000, .whole = true},
          {.parameter = "in_batch_negatives", .choices = {"false", "true"}}};
}

double value_at(const SearchAxis& axis, double place) {
  KGA_REQUIRE(place >= 0.0 && place <= 1.0, "place {} of {}", place, axis.parameter);
  if (!axis.choices.empty()) {
    const auto n = static_cast<double>(axis.choices.size());
    return std::min(std::floor(place * n), n - 1.0);
  }
  const double exact = axis.scale == models::Scale::kLog
                           ? axis.low * portable::pow(axis.high / axis.low, place)
                           : axis.low + place * (axis.high - axis.low);
  if (axis.whole) return std::clamp(std::round(exact), axis.low, axis.high);
  return std::clamp(*parse_double(fmt::format("{:.3g}", exact)), axis.low, axis.high);
}

double place_of(const SearchAxis& axis, double value) {
  if (!axis.choices.empty()) return (value + 0.5) / static_cast<double>(axis.choices.size());
  const double inside = std::clamp(value, axis.low, axis.high);
  if (axis.scale == models::Scale::kLinear) return (inside - axis.low) / (axis.high - axis.low);
  return std::clamp(portable::log(inside / axis.low) / portable::log(axis.high / axis.low), 0.0,
                    1.0);
}

ParameterValue parameter_value(const SearchAxis& axis, double value) {
  if (!axis.choices.empty()) return axis.choices.at(static_cast<std::size_t>(value));
  if (axis.whole) return static_cast<std::int64_t>(value);
  return value;
}

double value_of(SearchAxis& axis, const ParameterValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return value_of(axis, ParameterValue(std::string(*flag ? "true" : "false")));
  }
  if (const auto* word = std::get_if<std::string>(&value)) {
    const auto found = std::find(axis.choices.begin(), axis.choices.end(), *word);
    const auto at = static_cast<double>(found - axis.choices.begin());
    if (found == axis.choices.end()) axis.choices.push_back(*word);
    return at;
  }
  const auto* whole = std::get_if<std::int64_t>(&value);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
}

std::optional<std::size_t> best_trial(std::span<const SearchTrial> trials) {
  if (trials.empty()) return std::nullopt;
  std::size_t best = 0;
  for (std::size_t i = 1; i < trials.size(); ++i) {
    if (better(trials[i].result, trials[best].result)) best = i;
  }
  return best;
}

SearchPoint propose(std::span<const SearchAxis> axes, const SearchPoint& start,
                    std::span<const SearchTrial> trials, std::size_t budget, std::uint64_t seed,
                    std::string_view stream) {
  KGA_REQUIRE(start.size() == axes.size() && trials.size() < budget, "{} of {} values, {} of {}",
              start.size(), axes.size(), trials.size(), budget);
  if (trials.empty() || axes.empty()) return start;
  const std::size_t drawn = (budget + 1) / 2;
  const auto tried = [&](const SearchPoint& point) {
    return std::any_of(trials.begin(), trials.end(),
                       [&](const SearchTrial& trial) { return trial.point == point; });
  };
  Rng rng(seed, fmt::format("run.search.{}", stream), trials.size());
  SearchPoint point;
  for (int draw = 0; draw < kDraws; ++draw) {
    if (trials.size() < drawn) {
      point = drawn_uniformly(axes, rng);
    } else {
      const double share = budget == drawn + 1 ? 1.0
                                               : static_cast<double>(trials.size() - drawn) /
                                                     static_cast<double>(budget - drawn - 1);
      const double step = kFirstStep * portable::pow(kLastStep / kFirstStep, share);
      point = drawn_near(axes, trials[*best_trial(trials)].point, step, rng);
    }
    if (!tried(point)) break;
  }
  return point;
}

}  // namespace kgaudit::run
