#include <cmath>

#include <fmt/format.h>

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
  for (const char* probe : {"linear", "mlp"}) {
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
  CHECK(measured.value("leakage.accuracy",
                       {{"attribute", "gender"}, {"probe", "linear"}, {"persons", "held_out"}}) >
        0.97);
  const double majority = measured.value("leakage.accuracy", stated("gender", "majority"));
  CHECK(majority > 0.5);
  CHECK(majority < 0.7);
  CHECK(measured.value("leakage.balanced_accuracy", stated("gender", "majority")) ==
        near(.5, 1e-9));
}

TEST_CASE("Without bias no probe beats the majority by more than chance", "[metrics][leakage]") {
  const auto world = society(0.0, 62);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* probe : {"linear", "mlp", "degree"}) {
    CAPTURE(probe);
    CHECK(std::abs(measured.value("leakage.balanced_accuracy", stated("gender", probe)) - 0.5) <
          0.07);
  }
  CHECK(measured.value("leakage.p_value", stated("gender", "linear")) > 1.0 / 6.0);
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
