#include "suite/run/view_facts.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

metrics::Fact fact(std::string metric, std::map<std::string, std::string> facets, double value) {
  return {std::move(metric), std::move(facets), Measurement::of(value, 10, "", Direction::kHigher)};
}

models::ModelView view(std::string id, std::optional<std::string> attribute) {
  auto table = std::make_shared<models::EmbeddingTable>();
  return {std::move(id), std::move(attribute),
          models::LinkScorer(table, models::find_score("transe-dot").function())};
}

TEST_CASE("A view for one attribute keeps its own facts and marks the others' share",
          "[run][views]") {
  const std::vector<metrics::Fact> facts = {fact("gap", {{"attribute", "gender"}}, 1),
                                            fact("gap", {{"attribute", "religion"}}, 2),
                                            fact("mrr", {{"side", "both"}}, 0.3)};
  CHECK(recorded_facts(view("a", std::nullopt), facts).size() == 3);
  const auto kept = recorded_facts(view("s:gender", "gender"), facts);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].facets == std::map<std::string, std::string>{{"attribute", "gender"}});
  CHECK(kept[1].facets.at("view") == "s:gender");
}

TEST_CASE("A row's value is the mean over its views, if each view has one", "[run][views]") {
  const std::map<std::string, std::string> first = {{"side", "both"}, {"view", "s:gender"}};
  const std::map<std::string, std::string> second = {{"side", "both"}, {"view", "s:religion"}};
  const auto means = means_over_views(
      {{fact("mrr", first, 0.3), fact("only_one", first, 1), fact("gap", {{"attribute", "x"}}, 1)},
       {fact("mrr", second, 0.5)}});
  REQUIRE(means.size() == 1);
  CHECK(means[0].metric == "mrr");
  CHECK(means[0].facets == std::map<std::string, std::string>{{"side", "both"}});
  CHECK(means[0].measurement.value() == Approx(0.4));
  CHECK(means_over_views({{fact("mrr", {}, 0.3)}}).empty());
}

}  // namespace
}  // namespace kgaudit::run
