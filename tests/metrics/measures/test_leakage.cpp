#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "datasets/hidden_persons.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

std::map<std::string, std::string> stated(const char* attribute, const char* probe) {
  return {{"attribute", attribute}, {"probe", probe}, {"persons", "stated"}};
}

}  // namespace

TEST_CASE("A gender written into the rows is read in full, a religion that is not stays unread",
          "[metrics][leakage]") {
  const auto world = society(4.0, 61);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* probe : {"linear", "mlp", "mlp-stopped", "rbf"}) {
    CAPTURE(probe);
    CHECK(measured.value("leakage.accuracy", stated("gender", probe)) > 0.99);
    CHECK(measured.value("leakage.auc", stated("gender", probe)) > 0.99);
    const Measurement& religion =
        measured.fact("leakage.excess_accuracy", stated("religion", probe));
    REQUIRE(religion.interval());
    CHECK(std::abs(religion.value()) < religion.interval()->high - religion.interval()->low);
    CHECK(std::abs(measured.value("leakage.balanced_accuracy", stated("religion", probe)) -
                   1.0 / 3.0) < 0.08);
  }
  CHECK(measured.value("leakage.bits", stated("gender", "linear")) > 0.8);
  CHECK(measured.value("leakage.p_value", stated("gender", "linear")) == near(1.0 / 6.0, 1e-9));
  CHECK(std::abs(measured.value("leakage.control_balanced_accuracy", stated("gender", "linear")) -
                 0.5) < 0.05);
  // Persons whose gender stands in valid or test only.
  for (const char* probe : {"linear", "mlp", "mlp-stopped", "rbf"}) {
    CAPTURE(probe);
    CHECK(measured.value("leakage.accuracy",
                         {{"attribute", "gender"}, {"probe", probe}, {"persons", "held_out"}}) >
          0.97);
  }
  const double majority = measured.value("leakage.accuracy", stated("gender", "majority"));
  CHECK(majority > 0.5);
  CHECK(majority < 0.7);
  CHECK(measured.value("leakage.balanced_accuracy", stated("gender", "majority")) ==
        near(.5, 1e-9));
}

TEST_CASE("Without bias no probe beats the majority by more than chance", "[metrics][leakage]") {
  const auto world = society(0.0, 62);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* probe :
       {"linear", "mlp", "mlp-stopped", "rbf", "answers", "neighbours", "graph", "degree"}) {
    CAPTURE(probe);
    CHECK(std::abs(measured.value("leakage.auc", stated("gender", probe)) - 0.5) < 0.09);
    CHECK(std::abs(measured.value("leakage.balanced_accuracy", stated("gender", probe)) - 0.5) <
          0.07);
  }
  CHECK(measured.value("leakage.p_value", stated("gender", "linear")) > 1.0 / 6.0);
}

TEST_CASE("The strongest lies where the best of the panel does, and names what it is of",
          "[metrics][leakage]") {
  const auto world = society(1.0, 65, 300);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* persons : {"stated", "held_out"}) {
    CAPTURE(persons);
    const std::map<std::string, std::string> where = {
        {"attribute", "gender"}, {"persons", persons}, {"release", "rows"}};
    double best = 0.0;
    double least = 1.0;
    double named = 0.0;
    for (const char* probe : {"linear", "mlp-stopped", "rbf", "answers"}) {
      auto of_probe = where;
      of_probe["probe"] = probe;
      const double share = measured.value("leakage.is_strongest", of_probe);
      CHECK(share >= 0.0);
      named += share;
      of_probe.erase("release");
      const double auc = measured.value("leakage.auc", of_probe);
      best = std::max(best, auc);
      if (share > 0.0) least = std::min(least, auc);
    }
    CHECK(named == near(1.0, 1e-12));
    CHECK(measured.value("leakage.strongest", where) <= best + 0.01);
    CHECK(measured.value("leakage.strongest", where) > least - 0.02);
    REQUIRE(measured.fact("leakage.strongest", where).interval());
    CHECK(measured.value("leakage.strongest_excess_balanced_accuracy", where) > 0.2);
  }
}

TEST_CASE("Without leakage the strongest of four lies at .5 on average", "[metrics][leakage]") {
  double strongest = 0.0;
  double balanced = 0.0;
  double error = 0.0;
  constexpr int kWorlds = 24;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const auto world = society(0.0, 900 + seed, 250);
    const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"),
                                  {{"permutations", "0"}, {"probes", "panel"}}, 2, seed);
    const Measurement& auc = measured.fact("leakage.auc", stated("gender", "linear"));
    error += (auc.interval()->high - auc.interval()->low) / (2.0 * 1.96);
    const std::map<std::string, std::string> gender = {{"attribute", "gender"},
                                                       {"persons", "stated"}};
    strongest += measured.value("leakage.strongest", gender) - 0.5;
    balanced += measured.value("leakage.strongest_excess_balanced_accuracy", gender);
  }
  CAPTURE(strongest / kWorlds, balanced / kWorlds, error / kWorlds);
  // The mean of 24 worlds has a standard error of .2 of these. The largest of four lies one above.
  CHECK(std::abs(strongest) < 0.5 * error);
  CHECK(std::abs(balanced) < 0.5 * error);
}

TEST_CASE("Where one value is common, balanced accuracy shows what the most probable value hides",
          "[metrics][leakage]") {
  // Nine of ten persons have one value, and rows tell them apart only roughly.
  std::vector<NamedTriple> train;
  for (int p = 0; p < 600; ++p) {
    train.push_back({fmt::format("p{}", p), "g", p % 10 == 0 ? "rare" : "common"});
  }
  const auto data = dataset_of(train, {}, {{"p1", "g", "common"}}, {{"gender", "g"}});
  auto table = random_table(data, 8, 8, 1);
  for (int p = 0; p < 600; p += 10) {
    table->entities.row(entity(data, fmt::format("p{}", p)).index())[0] += 1.0F;
  }
  const auto measured = measure("leakage", data, scorer_of(table, "distmult"),
                                {{"probes", "rows"}, {"held_out", "false"}});
  const auto linear = stated("gender", "linear");
  CHECK(measured.value("leakage.auc", linear) > 0.65);
  CHECK(measured.value("leakage.accuracy", linear) < 0.93);
  CHECK(measured.value("leakage.balanced_accuracy", linear) > 0.6);
  CHECK(measured.value("leakage.balanced_accuracy", stated("gender", "majority")) ==
        near(.5, 1e-9));
  // Shuffled labels are read at chance, so the p-value sees it too.
  CHECK(measured.value("leakage.p_value", linear) == near(1.0 / 6.0, 1e-9));
}

TEST_CASE("Guessing the commonest of two equally common values is right for half of the persons",
          "[metrics][leakage]") {
  // The folds that twelve and twelve persons are learned from have more of the value that the fold
  // asked has less of.
  std::vector<NamedTriple> train;
  for (int p = 0; p < 24; ++p) {
    train.push_back({fmt::format("p{}", p), "g", p % 2 == 0 ? "a" : "b"});
  }
  const auto data = dataset_of(train, {}, {{"p1", "g", "b"}}, {{"gender", "g"}});
  const auto measured = measure("leakage", data, scorer_of(random_table(data, 8, 8, 1), "distmult"),
                                {{"probes", "rows"}, {"held_out", "false"}});
  CHECK(measured.value("leakage.accuracy", stated("gender", "majority")) == near(0.5, 1e-12));
  CHECK(measured.value("leakage.balanced_accuracy", stated("gender", "majority")) ==
        near(0.5, 1e-12));
  CHECK(measured.value("leakage.macro_f1", stated("gender", "majority")) == near(1.0 / 3.0, 1e-12));
  CHECK(measured.value("leakage.excess_accuracy", stated("gender", "linear")) ==
        near(measured.value("leakage.accuracy", stated("gender", "linear")) - 0.5, 1e-12));
}

TEST_CASE("Of hidden persons all probes are asked, and hidden labels teach none of them",
          "[metrics][leakage]") {
  const auto world = society(2.0, 66, 400);
  const auto data = datasets::with_hidden_persons(world.data, 0.2, 1);
  const auto measured = measure("leakage", data, scorer_of(world.table, "transe-dot"));
  const auto held_out = [](const char* probe) {
    return std::map<std::string, std::string>{
        {"attribute", "gender"}, {"probe", probe}, {"persons", "held_out"}};
  };
  CHECK(measured.value("leakage.persons", {{"attribute", "gender"}, {"persons", "held_out"}}) ==
        static_cast<double>(data.hidden->find("gender")->persons.size()));
  for (const char* probe : {"linear", "mlp", "mlp-stopped", "rbf", "answers"}) {
    CAPTURE(probe);
    CHECK(measured.value("leakage.auc", held_out(probe)) > 0.9);
  }
  // With the hidden labels drawn anew, what probes say of stated persons stays to the last bit, and
  // of the hidden ones it is chance.
  auto shuffled = data;
  auto& values = shuffled.hidden->attributes[0].values;
  Rng(1, "labels").shuffle(std::span(values));
  const auto again = measure("leakage", shuffled, scorer_of(world.table, "transe-dot"));
  CHECK(again.fact("leakage.auc", stated("gender", "mlp-stopped")) ==
        measured.fact("leakage.auc", stated("gender", "mlp-stopped")));
  CHECK(std::abs(again.value("leakage.auc", held_out("linear")) - 0.5) < 0.2);
}

TEST_CASE("Some probes can be left out, the majority never", "[metrics][leakage]") {
  const auto world = society(1.0, 67, 200);
  const auto scorer = scorer_of(world.table, "transe-dot");
  const auto has = [](const Measured& measured, std::string_view probe) {
    return std::ranges::any_of(measured.output.facts, [&](const metrics::Fact& fact) {
      const auto facet = fact.facets.find("probe");
      return facet != fact.facets.end() && facet->second == probe;
    });
  };
  const auto panel = measure("leakage", world.data, scorer, {{"probes", "panel"}});
  CHECK(has(panel, "answers"));
  CHECK(has(panel, "majority"));
  CHECK_FALSE(has(panel, "mlp"));
  CHECK_FALSE(has(panel, "graph"));
  const auto rows = measure("leakage", world.data, scorer, {{"probes", "rows"}});
  CHECK(has(rows, "mlp"));
  CHECK(has(rows, "degree"));
  CHECK_FALSE(has(rows, "answers"));
  CHECK_FALSE(has(rows, "neighbours"));
}

TEST_CASE("What probes of the data say is found once for all systems, to the same bits",
          "[metrics][leakage]") {
  const auto world = society(1.0, 68, 200);
  const auto rows = random_table(world.data, 8, 8, 5);
  ThreadPool pool(1);
  const metrics::MetricEntry& leakage = metrics::find_metric("leakage");
  Parameters parameters(leakage.parameters());
  parameters.set("permutations", std::string_view("0"), "test");
  metrics::Memory memory;
  const auto facts = [&](const auto& table, metrics::Memory* remembered) {
    const auto scorer = scorer_of(table, "transe-dot");
    metrics::MetricContext context{world.data, scorer, {}, pool, 7};
    context.memory = remembered;
    return leakage.measure(context, parameters).facts;
  };
  const auto first = facts(world.table, &memory);
  CHECK(memory.contains("leakage.graph.stated.gender.7"));
  CHECK(memory.contains("leakage.graph.held_out.gender.7"));
  CHECK_FALSE(memory.contains("leakage.linear.stated.gender.7"));
  const auto second = facts(rows, &memory);
  const auto alone = facts(rows, nullptr);
  REQUIRE(second.size() == alone.size());
  std::size_t differ = 0;
  for (std::size_t i = 0; i < second.size(); ++i) {
    CHECK(second[i].metric == alone[i].metric);
    CHECK(second[i].measurement == alone[i].measurement);
    differ += second[i].measurement == first[i].measurement ? 0U : 1U;
  }
  CHECK(differ > 0);
}

TEST_CASE("The number of threads changes no bit of a probe", "[metrics][leakage]") {
  const auto world = society(0.5, 63, 200);
  const auto scorer = scorer_of(world.table, "transe-dot");
  const auto one = measure("leakage", world.data, scorer, {}, 1);
  const auto four = measure("leakage", world.data, scorer, {}, 4);
  REQUIRE(one.output.facts.size() == four.output.facts.size());
  for (std::size_t i = 0; i < one.output.facts.size(); ++i) {
    CHECK(one.output.facts[i].measurement == four.output.facts[i].measurement);
  }
}

TEST_CASE("Persons with two values, small groups and persons over the cap are dropped and said",
          "[metrics][leakage]") {
  std::vector<NamedTriple> train;
  for (int p = 0; p < 60; ++p) {
    train.push_back({fmt::format("p{}", p), "g", p % 2 == 0 ? "a" : "b"});
  }
  train.push_back({"p0", "g", "b"});
  for (int p = 0; p < 4; ++p) train.push_back({fmt::format("q{}", p), "g", "rare"});
  const auto data = dataset_of(train, {}, {{"p1", "g", "b"}}, {{"gender", "g"}});
  const auto scorer = scorer_of(random_table(data, 4, 4, 1), "transe-dot");
  const std::map<std::string, std::string> gender = {{"attribute", "gender"},
                                                     {"persons", "stated"}};
  const auto measured = measure("leakage", data, scorer);
  CHECK(measured.value("leakage.dropped_many_values", gender) == 1);
  CHECK(measured.value("leakage.dropped_small_groups", gender) == 4);
  CHECK(measured.value("leakage.persons", gender) == 59);
  CHECK(measured.value("leakage.classes", gender) == 2);

  std::vector<NamedTriple> many;
  for (int p = 0; p < 150; ++p) {
    many.push_back({fmt::format("p{}", p), "g", p % 2 == 0 ? "a" : "b"});
  }
  const auto crowd = dataset_of(many, {}, {{"p1", "g", "b"}}, {{"gender", "g"}});
  const auto capped = measure("leakage", crowd, scorer_of(random_table(crowd, 4, 4, 1), "distmult"),
                              {{"max_persons", "100"}, {"permutations", "0"}});
  CHECK(capped.value("leakage.persons", gender) == 100);
  CHECK(capped.value("leakage.dropped_over_max_persons", gender) == 50);
  CHECK_FALSE(capped.fact("leakage.p_value", gender).defined());
}

TEST_CASE("A broken embedding and a single group have reasons instead of accuracies",
          "[metrics][leakage]") {
  auto world = society(0.5, 64, 100);
  world.table->entities.row(entity(world.data, "person_0").index())[3] = HUGE_VALF;
  const auto broken = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  CHECK_FALSE(broken.fact("leakage.accuracy", stated("gender", "linear")).defined());
  const auto lonely = dataset_of({{"p", "g", "a"}}, {}, {{"p", "g", "a"}}, {{"gender", "g"}});
  const auto none = measure("leakage", lonely, scorer_of(table_of(lonely, 2, {}, {}), "distmult"));
  CHECK_FALSE(none.fact("leakage.accuracy", stated("gender", "linear")).defined());
}

TEST_CASE(
    "Rows that say nothing are found as often as shuffled labels are, for any sizes of groups",
    "[metrics][leakage]") {
  auto world = society(0.0, 64);
  for (const EntityId person : world.data.attributes.persons()) {
    std::ranges::fill(world.table->entities.values(person.index()), 0.0F);
  }
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* attribute : {"gender", "religion"}) {
    CAPTURE(attribute);
    const auto linear = stated(attribute, "linear");
    const double chance = measured.value("leakage.balanced_accuracy", linear);
    CHECK(measured.value("leakage.control_balanced_accuracy", linear) == near(chance, 1e-9));
    CHECK(measured.value("leakage.p_value", linear) == 1.0);
  }
}
