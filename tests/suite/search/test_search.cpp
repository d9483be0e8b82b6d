#include "suite/search/search.hpp"

#include <algorithm>
#include <cmath>

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using models::Scale;
using reports::TrialResult;

const SearchAxis kWeight{"weight", 0.01, 100.0, Scale::kLog, false};
const SearchAxis kShare{"share", 0.0, 1.0, Scale::kLinear, false};
const SearchAxis kRounds{"rounds", 1.0, 64.0, Scale::kLog, true};

std::vector<SearchTrial> run_search(std::span<const SearchAxis> axes, const SearchPoint& start,
                                    std::size_t budget, std::uint64_t seed, const auto& worth_of) {
  std::vector<SearchTrial> trials;
  while (trials.size() < budget) {
    SearchPoint point = propose(axes, start, trials, budget, seed, "toy");
    const TrialResult worth = worth_of(point);
    trials.push_back({std::move(point), worth});
  }
  return trials;
}

/// Quality falls with the weight; the demand is a weight of at least 10, and a share near 0.3.
TrialResult toy(const SearchPoint& point) {
  TrialResult result;
  result.quality = 1.0 - 0.1 * std::log10(point[0]) - std::abs(point[1] - 0.3);
  result.violation = std::max(0.0, 1.0 - std::log10(point[0]));
  return result;
}

std::vector<SearchPoint> points_of(const std::vector<SearchTrial>& trials) {
  std::vector<SearchPoint> points;
  for (const SearchTrial& trial : trials) points.push_back(trial.point);
  return points;
}

TEST_CASE("The negatives are searched as a number and a flag, which goes through its words",
          "[run][search]") {
  std::vector<SearchAxis> axes = shared_axes();
  REQUIRE(axes.size() == 2);
  CHECK(axes[0].parameter == "uniform_negatives");
  CHECK(value_at(axes[0], 0.0) == 50.0);
  CHECK(value_at(axes[0], 0.5) == 224.0);  // sqrt(50 * 1000) = 223.6
  CHECK(parameter_value(axes[0], 300.0) == ParameterValue(std::int64_t{300}));
  CHECK(value_of(axes[1], ParameterValue(true)) == 1.0);
  CHECK(value_of(axes[1], ParameterValue(false)) == 0.0);
  CHECK(parameter_value(axes[1], 1.0) == ParameterValue(std::string("true")));
}

TEST_CASE("A place on an axis is a value by equal factors or equal steps", "[run][search]") {
  CHECK(value_at(kWeight, 0.0) == 0.01);
  CHECK(value_at(kWeight, 0.5) == 1.0);
  CHECK(value_at(kWeight, 1.0) == 100.0);
  CHECK(value_at(kShare, 0.25) == 0.25);
  CHECK(value_at(kShare, 0.123456) == 0.123);
  CHECK(value_at(kRounds, 0.5) == 8.0);
  CHECK(value_at(kRounds, 0.6) == 12.0);  // 64^0.6 = 12.1
  CHECK(place_of(kWeight, 1.0) == Approx(0.5));
  CHECK(place_of(kWeight, 1e9) == 1.0);
  CHECK(place_of(kWeight, 0.0) == 0.0);
  CHECK(place_of(kShare, 0.25) == 0.25);
}

TEST_CASE("The best trial is the first of those that no other is better than", "[run][search]") {
  const TrialResult undefined{0.0, std::nullopt};
  const TrialResult near_miss{0.1, 0.9};
  const TrialResult good{0.0, 0.2};
  const std::vector<SearchTrial> trials = {
      {{1}, undefined}, {{2}, near_miss}, {{3}, good}, {{4}, good}};
  CHECK(best_trial(trials) == 2U);
  CHECK_FALSE(best_trial({}));
}

TEST_CASE("A search finds a planted optimum within its budget, from any seed", "[run][search]") {
  const std::vector<SearchAxis> axes = {kWeight, kShare};
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    const auto trials = run_search(axes, {0.01, 1.0}, 60, seed, toy);
    const SearchTrial& best = trials[*best_trial(trials)];
    CHECK(best.result.feasible());
    CHECK(std::log10(best.point[0]) == Approx(1.0).margin(0.4));  // of a range of 4
    CHECK(best.point[1] == Approx(0.3).margin(0.05));
    // The second half refines: it ends above the best of the first.
    const auto half = best_trial(std::span(trials).first(30));
    CHECK(better(best.result, trials[*half].result));
  }
}

TEST_CASE("A search begins where the plan stands and stays inside its ranges", "[run][search]") {
  const std::vector<SearchAxis> axes = {kWeight, kShare, kRounds};
  const auto worth = [](const SearchPoint& point) {
    return TrialResult{0.0, point[0] + point[1] + point[2]};  // the corner is best
  };
  const auto trials = run_search(axes, {0.5, 2.0, 3.0}, 40, 1, worth);
  CHECK(trials.front().point == SearchPoint{0.5, 2.0, 3.0});  // even outside of them
  for (std::size_t i = 1; i < trials.size(); ++i) {
    for (std::size_t a = 0; a < axes.size(); ++a) {
      CHECK(trials[i].point[a] >= axes[a].low);
      CHECK(trials[i].point[a] <= axes[a].high);
    }
    CHECK(trials[i].point[2] == std::round(trials[i].point[2]));
  }
}

TEST_CASE("The same seed gives the same trials, another seed others", "[run][search]") {
  const std::vector<SearchAxis> axes = {kWeight, kShare};
  const auto first = points_of(run_search(axes, {1.0, 0.5}, 12, 3, toy));
  CHECK(points_of(run_search(axes, {1.0, 0.5}, 12, 3, toy)) == first);
  CHECK(points_of(run_search(axes, {1.0, 0.5}, 12, 4, toy)) != first);
}

TEST_CASE("No point is tried twice while the axis has others", "[run][search]") {
  const std::vector<SearchAxis> axes = {{"strata", 0.0, 10.0, Scale::kLinear, true}};
  const auto worth = [](const SearchPoint& point) { return TrialResult{0.0, point[0]}; };
  auto points = points_of(run_search(axes, {0.0}, 8, 0, worth));
  std::sort(points.begin(), points.end());
  CHECK(std::adjacent_find(points.begin(), points.end()) == points.end());
  CHECK(run_search(axes, {0.0}, 20, 0, worth).size() == 20);  // more trials than points: it ends
}

TEST_CASE("What a system declares to be searched is in its table and inside its ranges",
          "[run][search]") {
  for (const models::SystemEntry* system : models::systems()) {
    const Parameters defaults(system->parameters());
    for (const models::Tunable& row : system->tunable) {
      CAPTURE(system->id, row.parameter);
      REQUIRE(defaults.has(row.parameter));
      if (!row.choices.empty()) {
        CHECK(row.choices.size() >= 2);
        CHECK_FALSE(row.swept);
        Parameters own = defaults;
        for (const std::string_view word : row.choices) {
          CHECK_NOTHROW(own.set(row.parameter, word, "test"));
        }
        continue;
      }
      CHECK(row.low < row.high);
      CHECK((row.scale == Scale::kLinear || row.low > 0.0));
      for (const ParameterSpec& spec : defaults.table()) {
        if (spec.name != row.parameter) continue;
        CHECK(spec.low <= row.low);
        CHECK(row.high <= spec.high);
      }
    }
    const bool sweeps = std::any_of(system->tunable.begin(), system->tunable.end(),
                                    [](const models::Tunable& row) { return row.swept; });
    CHECK(sweeps == !system->tunable.empty());
  }
}

TEST_CASE("Only weights of attributes that the data has are searched", "[run][search]") {
  using Names = std::vector<std::string>;
  const auto names = [&](const char* system, const Names& attributes) {
    Names all;
    for (const SearchAxis& axis : search_axes(models::find_system(system), attributes)) {
      all.push_back(axis.parameter);
    }
    return all;
  };
  CHECK(names("kl", {"gender", "religion"}) ==
        Names{"weight_gender", "weight_religion", "reduction", "persons", "target"});
  CHECK(names("kl", {"age"}) == Names{"weight_other", "reduction", "persons", "target"});
  CHECK(names("neutral", {"gender"}) == Names{"weight_gender", "adversary_gender",
                                              "adversary_steps", "initial_weight", "update",
                                              "detach", "persons"});
  CHECK(names("bose", {"gender"}) == Names{"gamma", "keep", "learning_rate", "compose", "scope"});
  CHECK(names("basic", {"gender"}).empty());
  for (const SearchAxis& axis : search_axes(models::find_system("neutral"), Names{"gender"})) {
    CHECK(axis.whole == (axis.parameter == "adversary_steps"));
    CHECK(axis.choices.empty() == (axis.parameter != "update" && axis.parameter != "detach" &&
                                   axis.parameter != "persons"));
  }
}

const SearchAxis kWord{"word", 0.0, 0.0, Scale::kLog, false, {"one", "two", "three"}};

TEST_CASE("Words share the places of their axis equally", "[run][search]") {
  CHECK(value_at(kWord, 0.0) == 0.0);
  CHECK(value_at(kWord, 0.3) == 0.0);
  CHECK(value_at(kWord, 0.4) == 1.0);
  CHECK(value_at(kWord, 1.0) == 2.0);
  for (const double word : {0.0, 1.0, 2.0}) CHECK(value_at(kWord, place_of(kWord, word)) == word);
}

TEST_CASE("A value is a word, a whole number or a real, and comes back as its number",
          "[run][search]") {
  CHECK(parameter_value(kWord, 2.0) == ParameterValue(std::string("three")));
  CHECK(parameter_value(kRounds, 8.0) == ParameterValue(std::int64_t{8}));
  CHECK(parameter_value(kWeight, 0.5) == ParameterValue(0.5));
  SearchAxis word = kWord;
  CHECK(value_of(word, std::string("two")) == 1.0);
  CHECK(word.choices.size() == 3);
  // A plan may begin with a word that a search would not choose.
  CHECK(value_of(word, std::string("zero")) == 3.0);
  CHECK(parameter_value(word, 3.0) == ParameterValue(std::string("zero")));
  SearchAxis rounds = kRounds;
  CHECK(value_of(rounds, std::int64_t{8}) == 8.0);
}

TEST_CASE("A search finds the right word beside the right number", "[run][search]") {
  const std::vector<SearchAxis> axes = {kWeight, kWord};
  const auto worth = [](const SearchPoint& point) {
    return TrialResult{0.0, (point[1] == 2.0 ? 1.0 : 0.0) - std::abs(std::log10(point[0]) - 1.0)};
  };
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    const auto trials = run_search(axes, {0.01, 0.0}, 60, seed, worth);
    const SearchPoint& best = trials[*best_trial(trials)].point;
    CHECK(best[1] == 2.0);
    CHECK(std::log10(best[0]) == Approx(1.0).margin(0.2));
    for (const SearchTrial& trial : trials) {
      CHECK((trial.point[1] == 0.0 || trial.point[1] == 1.0 || trial.point[1] == 2.0));
    }
  }
}

}  // namespace
}  // namespace kgaudit::run
