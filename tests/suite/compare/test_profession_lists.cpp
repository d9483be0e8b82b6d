#include "suite/compare/profession_lists.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "suite/base/rng.hpp"
#include "suite/compare/significance.hpp"
#include "tests/suite/compare/made_up_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;
using reports::MeasurementLine;
using reports::RunRecord;

/// Adds the shifts of one system and seed: `own` of the profession's place, the rest noise of the
/// seed.
void add_shifts(RunRecord& record, const std::string& system, std::uint64_t seed, double own,
                std::uint32_t professions = 100) {
  Rng rng(seed, "shifts." + system);
  for (std::uint32_t o = 0; o < professions; ++o) {
    const double shift = own * (static_cast<double>(o) - 50.0) / 50.0 + (1.0 - own) * rng.normal();
    record.measurements.push_back(
        {"r",
         system,
         "",
         seed,
         "profession_bias.shift",
         {{"attribute", "gender"}, {"profession", fmt::format("o{}", o)}, {"towards", "male"}},
         Measurement::of(shift, 10, "score", Direction::kNearer)});
  }
}

const MeasurementLine& of(const std::vector<MeasurementLine>& facts, const std::string& system,
                          const std::string& what) {
  for (const MeasurementLine& line : facts) {
    if (line.system == system && line.metric == "stability." + what) return line;
  }
  FAIL("no " << what << " of " << system);
  return facts.front();
}

TEST_CASE("A list that every seed gives is stable, one that each seed draws anew is chance",
          "[run][profession-lists]") {
  RunRecord record;
  for (const std::uint64_t seed : {3U, 4U, 5U, 6U}) {
    add_shifts(record, "same", seed, 1.0);
    add_shifts(record, "chance", seed, 0.0);
  }
  const auto facts = list_stability_facts(record);
  const auto value = [&](const char* system, const char* what) {
    return of(facts, system, what).measurement.value();
  };
  CHECK(value("same", "list_overlap") == 1.0);
  CHECK(value("same", "list_correlation") == Approx(1.0));
  CHECK(value("chance", "list_overlap_by_chance") == 0.2);
  CHECK(value("chance", "list_overlap") == Approx(0.2).margin(0.1));
  CHECK(value("chance", "list_correlation") == Approx(0.0).margin(0.15));
  CHECK(of(facts, "chance", "list_overlap").measurement.n() == 4);
  REQUIRE(of(facts, "chance", "list_overlap").measurement.interval());
  CHECK(of(facts, "chance", "list_overlap").facets ==
        reports::Facets{{"attribute", "gender"}, {"over", "seeds"}, {"top", "20"}});
}

TEST_CASE("Of one seed nobody knows how stable its lists are", "[run][profession-lists]") {
  RunRecord record;
  add_shifts(record, "basic", 1, 1.0);
  const auto facts = list_stability_facts(record);
  CHECK_THAT(of(facts, "basic", "list_overlap").measurement.reason(), Contains("one seed"));
  CHECK_THAT(of(facts, "basic", "list_correlation").measurement.reason(), Contains("one seed"));
}

TEST_CASE("Short lists are halved, and professions that a seed lacks are left out",
          "[run][profession-lists]") {
  RunRecord record;
  add_shifts(record, "basic", 1, 1.0, 7);
  add_shifts(record, "basic", 2, 1.0, 9);
  const auto facts = list_stability_facts(record);
  CHECK(of(facts, "basic", "list_overlap").facets.at("top") == "3");
  CHECK(of(facts, "basic", "list_overlap_by_chance").measurement.value() == Approx(3.0 / 7.0));
  CHECK(of(facts, "basic", "list_overlap_by_chance").measurement.n() == 7);
}

TEST_CASE("The facts of a comparison hold the stability of lists, and are replaced with them",
          "[run][profession-lists]") {
  tests::MadeUpRun run;
  tests::noisy_run(run, 2);
  for (const std::uint64_t seed : {0U, 1U}) add_shifts(run.record(), "basic", seed, 1.0);
  const auto facts = run.facts({});
  CHECK(of(facts, "basic", "list_overlap").measurement.value() == 1.0);
  RunRecord& record = run.record();
  const std::size_t before = record.measurements.size();
  replace_significance(record, facts);
  CHECK(record.measurements.size() == before + facts.size());
  CHECK(run.facts({}) == facts);
  replace_significance(record, facts);
  CHECK(record.measurements.size() == before + facts.size());
}

TEST_CASE("Lists of two score functions on one graph are put against each other",
          "[run][profession-lists]") {
  std::vector<RunRecord> records(2);
  for (RunRecord& record : records) record.run.graph_hash = "g";
  records[0].run.settings = {{"score", "transe-dot"}};
  records[1].run.settings = {{"score", "distmult"}};
  for (const std::uint64_t seed : {0U, 1U}) {
    add_shifts(records[0], "basic", seed, 1.0);
    add_shifts(records[1], "basic", seed, 1.0);
    add_shifts(records[0], "kl", seed, 0.0);
    add_shifts(records[1], "kl", seed + 7, 0.0);
  }
  const auto sentences = lists_over_scores(records);
  REQUIRE(sentences.size() == 1);
  CHECK_THAT(sentences[0], Contains("transe-dot against distmult") &&
                               Contains("basic shares 1.00 [1.00, 1.00] of its 20 (by chance "
                                        "0.20), Spearman 1.00") &&
                               Contains("kl shares 0."));
  records[1].run.settings = records[0].run.settings;
  CHECK(lists_over_scores(records).empty());
  records[1].run.settings = {{"score", "distmult"}};
  records[1].run.graph_hash = "another";
  CHECK(lists_over_scores(records).empty());
}

}  // namespace
}  // namespace kgaudit::run
