#include <cmath>

#include <fmt/format.h>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

std::map<std::string, std::string> by_gender(const char* probe, const char* persons = "stated") {
  return {{"attribute", "gender"}, {"probe", probe}, {"persons", persons}};
}

/// 200 persons whose club tells their gender with `told` (or not at all), and an embedding of noise
/// in which clubs stand at +-1.
Measured clubs(double told) {
  Rng rng(9, "clubs");
  std::vector<NamedTriple> train;
  std::vector<NamedTriple> test;
  NamedRows rows;
  for (int c = 0; c < 10; ++c) {
    rows[fmt::format("club_{}", c)] = {c < 5 ? 1.0F : -1.0F, static_cast<float>(rng.normal())};
  }
  for (int p = 0; p < 240; ++p) {
    const std::string name = fmt::format("p{}", p);
    const bool male = rng.below(2) == 0;
    (p < 200 ? train : test).push_back({name, "g", male ? "m" : "f"});
    const bool follows = rng.uniform() < told ? male : rng.below(2) == 0;
    train.push_back({name, "in", fmt::format("club_{}", rng.below(5) + (follows ? 0U : 5U))});
    rows[name] = {static_cast<float>(rng.normal()), static_cast<float>(rng.normal())};
  }
  const auto data = dataset_of(train, {}, test, {{"gender", "g"}});
  return measure("leakage", data, scorer_of(table_of(data, 2, rows, {}), "transe-dot"));
}

}  // namespace

TEST_CASE("The probe graph reads what other facts tell, whatever the embedding is",
          "[metrics][leakage][graph]") {
  const Measured told = clubs(0.9);
  for (const char* persons : {"stated", "held_out"}) {
    CAPTURE(persons);
    CHECK(told.value("leakage.auc", by_gender("graph", persons)) > 0.85);
    CHECK(told.fact("leakage.auc", by_gender("graph", persons)).direction() ==
          Direction::kDescriptive);
    // Rows of neighbours tell the same; a person's own row is noise.
    CHECK(told.value("leakage.auc", by_gender("neighbours", persons)) > 0.85);
    CHECK(told.value("leakage.auc", by_gender("linear", persons)) < 0.7);
  }
  const Measured untold = clubs(0.0);
  CHECK(std::abs(untold.value("leakage.auc", by_gender("graph")) - 0.5) < 0.12);
  CHECK(std::abs(untold.value("leakage.auc", by_gender("neighbours")) - 0.5) < 0.12);
}

TEST_CASE("Where no two persons share a neighbour the graph tells nothing and says so",
          "[metrics][leakage][graph]") {
  std::vector<NamedTriple> train;
  for (int p = 0; p < 60; ++p) {
    train.push_back({fmt::format("p{}", p), "g", p % 2 == 0 ? "a" : "b"});
    train.push_back({fmt::format("p{}", p), "has", fmt::format("thing_{}", p)});
  }
  const auto data = dataset_of(train, {}, {{"p1", "g", "b"}}, {{"gender", "g"}});
  const auto measured =
      measure("leakage", data, scorer_of(random_table(data, 4, 4, 1), "transe-dot"));
  CHECK_FALSE(measured.fact("leakage.auc", by_gender("graph")).defined());
  CHECK(measured.fact("leakage.auc", by_gender("linear")).defined());
}
