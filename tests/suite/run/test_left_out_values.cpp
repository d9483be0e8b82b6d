#include "suite/run/left_out_values.hpp"

#include "suite/plan/plan_resolution.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

/// Persons 0 to 5: three male, one female, two with a third gender.
datasets::Dataset village() {
  std::vector<datasets::Triple> train;
  for (const auto& [person, value] :
       {std::pair{0U, 6U}, {1U, 6U}, {2U, 6U}, {3U, 8U}, {4U, 7U}, {5U, 7U}}) {
    train.push_back({EntityId(person), RelationId(0), EntityId(value)});
  }
  datasets::Dataset data;
  data.id = "village";
  data.graph = datasets::KnowledgeGraph(
      datasets::Vocabulary({"a", "b", "c", "d", "e", "f", "male", "nb", "female"}),
      datasets::Vocabulary({"gender"}), train, {train[0]}, {train[1]});
  data.attributes = datasets::AttributeTable(
      data.graph, {datasets::PersonRelation{"gender", RelationId(0), false, {}, {}}}, std::nullopt);
  data.labels = data.graph.entities().names();
  return data;
}

Plan plan_with(const char* top) {
  return resolve_plan(
      {std::nullopt,
       "plan",
       {{"metrics", "score_gap", "test"}, {"metric.score_gap.top_m_gender", top, "test"}}});
}

TEST_CASE("Values that no score gap compares are named with their persons", "[run][findings]") {
  const auto findings = left_out_values(plan_with("2"), village());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].subject == "gender");
  CHECK(
      findings[0].message ==
      "1: Persons whose value of gender no score gap compares (top_m_gender = 2): female with 1.");
  CHECK(left_out_values(plan_with("3"), village()).empty());
  CHECK(left_out_values(resolve_plan({std::nullopt, "plan", {{"metrics", "question", "test"}}}),
                        village())
            .empty());
}

}  // namespace
}  // namespace kgaudit::run
