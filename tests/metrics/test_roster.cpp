#include <algorithm>
#include <cmath>
#include <set>

#include "metrics/formulas/matched_gap.hpp"
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

}  // namespace

TEST_CASE("every metric tells what it is, and unknown ids name the nearest one", "[metrics]") {
  std::set<std::string_view> ids;
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    CHECK(ids.insert(entry->id).second);
    for (const std::string_view text : {entry->title, entry->formula, entry->range, entry->neutral,
                                        entry->direction, entry->source, entry->pitfalls}) {
      CHECK(text.size() >= 1);
    }
    CHECK(entry->pitfalls.size() > 60);
    CHECK(&metrics::find_metric(entry->id) == entry);
    CHECK_NOTHROW(Parameters(entry->parameters()));
  }
  CHECK(ids.size() == 9);
  try {
    static_cast<void>(metrics::find_metric("leakge"));
    FAIL("found a metric that is not there");
  } catch (const InputError& error) {
    CHECK(error.complaint().advice.find("leakage") != std::string::npos);
  }
}

TEST_CASE("every metric names its facts after itself, once each, and the same for any threads",
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

TEST_CASE("a graph without persons, or without a test set, gives reasons and no crash",
          "[metrics]") {
  const auto bare = dataset_of({{"a", "r", "b"}, {"b", "r", "c"}}, {}, {{"a", "r", "c"}});
  const auto untested =
      dataset_of({{"p", "gender", "m"}, {"q", "gender", "f"}}, {}, {}, {{"gender", "gender"}});
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    const std::string id(entry->id);
    CHECK_NOTHROW(measure(id, bare, scorer_of(random_table(bare, 4, 4, 1), "distmult")));
    CHECK_NOTHROW(measure(id, untested, scorer_of(random_table(untested, 4, 4, 1), "transe-l1")));
  }
}

TEST_CASE("infinite and NaN rows make reasons, never NaN figures", "[metrics]") {
  auto world = society(1.0, 72, 120);
  const float bad = GENERATE(HUGE_VALF, std::nanf(""));
  world.table->entities.row(entity(world.data, "person_3").index())[1] = bad;
  world.table->entities.row(entity(world.data, "male").index())[0] = bad;
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    CHECK_NOTHROW(measure(std::string(entry->id), world.data, scorer_of(world.table, "transe-l2")));
    CHECK_NOTHROW(
        measure(std::string(entry->id), world.data, scorer_of(world.table, "transe-dot")));
  }
}

TEST_CASE("a planted gender axis makes groups differ, a fair world does not",
          "[metrics][group_gap]") {
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto biased = society(1.0, 73);
  const auto with = measure("group_gap", biased.data, scorer_of(biased.table, "transe-dot"));
  CHECK(with.value("group_gap.profession_score_mean_abs", gender) > 0.5);
  CHECK(with.value("group_gap.profession_score_spearman", gender) > 0.8);
  const auto fair = society(0.0, 74);
  const auto without = measure("group_gap", fair.data, scorer_of(fair.table, "transe-dot"));
  CHECK(without.value("group_gap.profession_score_mean_abs", gender) < 0.25);
  const Measurement& gap = without.fact("group_gap.person_mrr_gap", gender);
  REQUIRE(gap.interval());
  CHECK(std::abs(gap.value()) < gap.interval()->high - gap.interval()->low);
}

TEST_CASE("matching by degree removes a difference that degree alone explains",
          "[metrics][group_gap]") {
  // Value = 1 for well-connected persons, 0 for others; group 0 has three of four of the former.
  std::vector<metrics::GroupedValue> values;
  for (int i = 0; i < 40; ++i) {
    const bool first = i < 20;
    const bool rich = first ? i % 4 != 0 : i % 4 == 0;
    values.push_back({rich ? 1.0 : 0.0, first ? 0U : 1U, rich ? 100.0 : 2.0});
  }
  const auto matched = metrics::degree_matched_gap(values);
  REQUIRE(matched);
  CHECK(matched->gap == 0.0);
  CHECK(matched->matched == 10);
  for (auto& v : values) v.group = 1 - v.group;
  values[0].value = 1.0;
  const auto other = metrics::degree_matched_gap(values);
  CHECK(other->gap == Approx(-0.1));
  CHECK_FALSE(metrics::degree_matched_gap(std::vector<metrics::GroupedValue>{{1.0, 0, 3.0}}));
}

TEST_CASE("a ranking that follows degree correlates with it, and quartiles show the gap",
          "[metrics][degree_bias]") {
  std::vector<NamedTriple> train;
  std::vector<NamedTriple> test;
  for (int t = 0; t < 8; ++t) {
    const std::string tail = "t" + std::to_string(t);
    for (int k = 0; k <= t; ++k) train.push_back({"h" + std::to_string(k), "r", tail});
    test.push_back({"z", "r", tail});
  }
  train.push_back({"z", "s", "t0"});
  const auto data = dataset_of(train, {}, test);
  metrics::RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  for (std::uint32_t t = 0; t < 8; ++t) {
    ranks.filtered_tail.push_back({7 - t, 1, 20});
    ranks.filtered_head.push_back({0, 1, 20});
  }
  ranks.raw_head = ranks.filtered_head;
  ranks.raw_tail = ranks.filtered_tail;
  const auto scorer = scorer_of(table_of(data, 2, {}, {}), "distmult");
  const auto measured = measure_ranked("degree_bias", data, scorer, ranks, {{"entity_power", "0"}});
  // t0 and t1 share degree 2: one tie in an otherwise perfect order.
  CHECK(measured.value("degree_bias.spearman", {{"side", "tail"}}) > 0.98);
  CHECK_FALSE(measured.fact("degree_bias.spearman", {{"side", "head"}}).defined());
  CHECK(measured.value("degree_bias.quartile_gap", {{"side", "tail"}}) ==
        Approx((1.0 + 0.5) / 2 - (1.0 / 7 + 1.0 / 8) / 2));
  double mrr = 0.0;
  for (int t = 1; t <= 8; ++t) mrr += 1.0 / t / 8;
  CHECK(measured.value("degree_bias.stratified_mrr", {{"side", "tail"}}) == Approx(mrr));
}

TEST_CASE("a context for one attribute gives that attribute's facts, and the same values",
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
