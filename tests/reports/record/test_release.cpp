#include "reports/record/release.hpp"

#include "reports/record/fact_index.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using tests::fact;

TEST_CASE("A system's own row ranks with its vectors, and the rest is of the rows alone",
          "[reports][releases]") {
  const SystemView own = {"kl+attr", ""};
  for (const char* ranked :
       {"link_prediction.mrr", "test_prediction_bias.mrr", "degree_bias.spearman",
        "group_gap.mrr_gap", "group_gap.person_mrr_gap"}) {
    CHECK(release_of(own, ranked, {}) == "whole");
    CHECK(release_of({"kl+attr", "rows"}, ranked, {}) == "rows");
  }
  for (const char* metric :
       {"leakage.auc", "question.accuracy", "score_gap.micro", "parity.dpd", "amplification.mean",
        "profession_bias.shift", "group_gap.profession_score"}) {
    CHECK(release_of(own, metric, {}) == "rows");
    CHECK(release_of({"kl+attr", "whole"}, metric, {}) == "whole");
  }
  CHECK(release_of(own, "time.seconds_per_epoch", {}).empty());
  CHECK(release_of(own, "significance.p", {{"metric", "link_prediction.mrr"}}) == "whole");
  CHECK(release_of(own, "significance.p", {{"metric", "leakage.strongest"}}) == "rows");
  CHECK(release_of(own, "significance.equivalence", {{"attribute", "gender"}}) == "rows");
}

TEST_CASE("A fact of a release is found in the row of the other release under that release",
          "[reports][releases]") {
  const Facets of_rows = {{"attribute", "gender"}, {"persons", "held_out"}, {"release", "rows"}};
  Facets of_whole = of_rows;
  of_whole["release"] = "whole";
  CHECK(facets_in_row(of_rows, {"kl+attr", ""}) == of_rows);
  CHECK(facets_in_row(of_rows, {"kl+attr", "rows"}) == of_rows);
  CHECK(facets_in_row(of_rows, {"kl+attr", "whole"}) == of_whole);
  CHECK(facets_in_row({{"set", "all"}}, {"kl+attr", "whole"}) == Facets{{"set", "all"}});

  RunRecord record;
  record.measurements = {fact("basic", 1, "leakage.strongest", of_rows, 0.8),
                         fact("vectors", 1, "leakage.strongest", of_rows, 0.7),
                         fact("vectors", 1, "leakage.strongest", of_whole, 1.0)};
  record.measurements[2].view = "whole";
  const FactIndex facts(record);
  CHECK(facts.facts({"vectors", "whole"}, kStrongestAuc, "gender").at(0)->measurement.value() == 1);
  CHECK(systems_with_vectors(record) == std::vector<std::string>{"vectors"});
  CHECK(facts.release({"vectors", ""}, "leakage.strongest", of_rows) == "rows");
  CHECK(facts.release({"basic", ""}, "leakage.strongest", of_rows).empty());
  CHECK(has_releases(record, "vectors"));
  CHECK_FALSE(has_releases(record, "basic"));
}

TEST_CASE("Records from before the rows of releases know such systems by their name",
          "[reports][releases]") {
  const RunRecord record = tests::example_record();
  CHECK(systems_with_vectors(record) == std::vector<std::string>{"kl+attr"});
  CHECK_FALSE(has_releases(record, "kl+attr"));
}

}  // namespace
}  // namespace kgaudit::reports
