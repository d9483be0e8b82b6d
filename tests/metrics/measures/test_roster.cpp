#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "suite/base/error.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

std::string key_of(const metrics::Fact& fact) {
  std::string key = fact.metric;
  for (const auto& [name, value] : fact.facets) key += "|" + name + "=" + value;
  return key;
}

/// Checks that each fact is a finite number or has a reason; returns how many have a reason.
std::size_t reasons_among(const metrics::MetricOutput& output) {
  std::size_t reasons = 0;
  for (const metrics::Fact& fact : output.facts) {
    CAPTURE(key_of(fact));
    if (fact.measurement.defined()) {
      CHECK(std::isfinite(fact.measurement.value()));
    } else {
      CHECK_FALSE(fact.measurement.reason().empty());
      ++reasons;
    }
  }
  return reasons;
}

}  // namespace

TEST_CASE(
    "Every metric has a test with its tag, tells what it is, and unknown ids name the nearest",
    "[metrics]") {
  const std::set<std::string> tags = test_tags();
  std::set<std::string_view> ids;
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    CHECK(ids.insert(entry->id).second);
    CHECK(tags.contains(std::string(entry->id)));
    for (const std::string_view text :
         {entry->title, entry->reading, entry->formula, entry->range, entry->neutral,
          entry->direction, entry->source, entry->pitfalls}) {
      CHECK(text.size() >= 1);
    }
    CHECK(&metrics::find_metric(entry->id) == entry);
    CHECK_NOTHROW(Parameters(entry->parameters()));
  }
  try {
    static_cast<void>(metrics::find_metric("leakge"));
    FAIL("found a metric that is not there");
  } catch (const InputError& error) {
    CHECK(error.complaint().advice.find("leakage") != std::string::npos);
  }
}

TEST_CASE("Every metric says shortly what to beware of, and docs/measures.md says more",
          "[metrics]") {
  const std::string page = read_file(source_file("docs/measures.md"));
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    CHECK(page.find("\n## " + std::string(entry->id) + "\n") != std::string::npos);
    const std::string_view text = entry->pitfalls;
    CHECK(text.ends_with("More in docs/measures.md."));
    CHECK(text.size() < 300);
    // Figures that were measured stand in docs/truth.md alone: a second copy goes stale.
    const auto figure = std::adjacent_find(
        text.begin(), text.end(), [](char a, char b) { return a == '.' && b >= '0' && b <= '9'; });
    CHECK(figure == text.end());
  }
}

TEST_CASE("Every metric names its facts after itself, once each, and the same for any threads",
          "[metrics]") {
  const auto world = society(1.0, 71, 240);
  const std::string score = GENERATE("transe-dot", "transe-l1");
  const auto scorer = scorer_of(world.table, score);
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id, score);
    const auto one = measure(std::string(entry->id), world.data, scorer, {}, 1);
    const auto three = measure(std::string(entry->id), world.data, scorer, {}, 3);
    REQUIRE(one.output.facts.size() == three.output.facts.size());
    REQUIRE_FALSE(one.output.facts.empty());
    std::set<std::string> keys;
    for (std::size_t i = 0; i < one.output.facts.size(); ++i) {
      const metrics::Fact& fact = one.output.facts[i];
      CAPTURE(key_of(fact));
      CHECK(fact.metric.rfind(std::string(entry->id) + ".", 0) == 0);
      CHECK(keys.insert(key_of(fact)).second);
      CHECK(fact.measurement == three.output.facts[i].measurement);
    }
    REQUIRE(one.output.raw.size() == three.output.raw.size());
    for (std::size_t i = 0; i < one.output.raw.size(); ++i) {
      CHECK(one.output.raw[i].ids.size() == one.output.raw[i].values.size());
      CHECK(one.output.raw[i].values == three.output.raw[i].values);
    }
  }
}

TEST_CASE("A graph without persons, or without a test set, gives reasons and no crash",
          "[metrics]") {
  const auto bare = dataset_of({{"a", "r", "b"}, {"b", "r", "c"}}, {}, {{"a", "r", "c"}});
  const auto untested =
      dataset_of({{"p", "gender", "m"}, {"q", "gender", "f"}}, {}, {}, {{"gender", "gender"}});
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    const std::string id(entry->id);
    const auto without_persons =
        measure(id, bare, scorer_of(random_table(bare, 4, 4, 1), "distmult"));
    const auto without_test =
        measure(id, untested, scorer_of(random_table(untested, 4, 4, 1), "transe-l1"));
    const std::size_t reasons =
        reasons_among(without_persons.output) + reasons_among(without_test.output);
    CHECK(reasons > 0);
  }
}

TEST_CASE("Infinite and NaN rows make reasons, never NaN figures", "[metrics]") {
  auto world = society(1.0, 72, 120);
  const float bad = GENERATE(HUGE_VALF, std::nanf(""));
  world.table->entities.row(entity(world.data, "person_3").index())[1] = bad;
  world.table->entities.row(entity(world.data, "male").index())[0] = bad;
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    const std::string id(entry->id);
    for (const char* score : {"transe-l2", "transe-dot"}) {
      CAPTURE(score);
      CHECK(reasons_among(measure(id, world.data, scorer_of(world.table, score)).output) > 0);
    }
  }
}

TEST_CASE("A context for one attribute gives that attribute's facts, and the same values",
          "[metrics]") {
  const auto world = society(1.0, 71, 240);
  const auto scorer = scorer_of(world.table, "transe-dot");
  ThreadPool pool(1);
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    const auto all = measure(std::string(entry->id), world.data, scorer);
    const metrics::MetricContext only{world.data, scorer, all.ranks, pool, 7, "gender"};
    const auto some = entry->measure(only, Parameters(entry->parameters()));
    std::size_t expected = 0;
    for (const metrics::Fact& fact : all.output.facts) {
      const auto attribute = fact.facets.find("attribute");
      expected += attribute == fact.facets.end() || attribute->second == "gender" ? 1U : 0U;
    }
    REQUIRE(some.facts.size() == expected);
    for (const metrics::Fact& fact : some.facts) {
      const auto same =
          std::find_if(all.output.facts.begin(), all.output.facts.end(),
                       [&](const metrics::Fact& f) { return key_of(f) == key_of(fact); });
      REQUIRE(same != all.output.facts.end());
      CHECK(same->measurement == fact.measurement);
    }
  }
}

TEST_CASE("Finite rows whose scores overflow are no sign of fairness", "[metrics]") {
  auto world = society(1.0, 72, 120);
  for (std::size_t e = 0; e < world.table->entities.rows(); ++e) {
    for (float& x : world.table->entities.values(e)) x *= 1e25F;
  }
  const auto scorer = scorer_of(world.table, "transe-dot");
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto reason = [&](const std::string& metric, const std::string& fact) {
    const auto measured = measure(metric, world.data, scorer, {{"min_group", "2"}});
    const Measurement& measurement = measured.fact(metric + "." + fact, gender);
    CHECK_FALSE(measurement.defined());
    return measurement.defined() ? "" : measurement.reason();
  };
  CHECK(reason("parity", "dpd") == "a score is not finite");
  CHECK(reason("parity", "ppd") == "a score is not finite");
  CHECK(reason("group_gap", "profession_score_mean_abs") == "a score is not finite");
  CHECK(reason("score_gap", "standardised") == "a score is not finite");
  CHECK(reason("score_gap", "in_person_sds_macro") == "a score is not finite");
}
