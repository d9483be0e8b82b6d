#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "metrics/metric.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "tests/suite/run/tiny_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using namespace tests;
using reports::MeasurementLine;
using reports::RunRecord;
using reports::SystemView;

Plan plan_with_vectors() {
  return tiny_plan(
      {{"systems", "basic,kl+attr", "test"},
       {"evaluation.validate_every", "0", "test"},
       {"metrics", "link_prediction,score_gap,question,leakage,group_gap,parity", "test"},
       {"metric.leakage.probes", "panel", "test"},
       {"metric.leakage.permutations", "0", "test"},
       {"statistics.replicates", "200", "test"}});
}

RunRecord run_releases(const std::filesystem::path& folder, bool releases) {
  Progress silent;
  RunOptions options;
  options.directory = folder;
  options.releases = releases;
  Runner runner(plan_with_vectors(), std::move(options), silent);
  runner.run();
  return reports::read_record(runner.directory().record());
}

/// The facts of a row, without what was tested.
std::map<std::pair<std::string, reports::Facets>, Measurement> facts_of_row(const RunRecord& record,
                                                                            const SystemView& row,
                                                                            std::uint64_t seed) {
  std::map<std::pair<std::string, reports::Facets>, Measurement> facts;
  for (const MeasurementLine& line : record.measurements) {
    if (line.system != row.system || line.view != row.view || line.seed != seed) continue;
    if (reports::of_training(line.metric) || line.metric.starts_with("significance.")) continue;
    facts.emplace(std::pair(line.metric, line.facets), line.measurement);
  }
  return facts;
}

TEST_CASE("A system with attribute vectors has a row of its rows alone and one of the whole",
          "[run][releases]") {
  const TemporaryDirectory folder;
  const RunRecord record = run_releases(folder / "run", true);
  CHECK(reports::system_views(record) ==
        std::vector<SystemView>{
            {"basic", ""}, {"kl+attr", ""}, {"kl+attr", "rows"}, {"kl+attr", "whole"}});
  const auto own = facts_of_row(record, {"kl+attr", ""}, 1);
  const auto rows = facts_of_row(record, {"kl+attr", "rows"}, 1);
  const auto whole = facts_of_row(record, {"kl+attr", "whole"}, 1);

  const auto mrr =
      std::pair(std::string(reports::kFilteredMrr.metric), reports::kFilteredMrr.all_facets());
  CHECK(whole.at(mrr) == own.at(mrr));
  CHECK_FALSE(rows.at(mrr) == own.at(mrr));
  std::set<std::string> in_whole;
  for (const auto& [key, value] : whole) in_whole.insert(key.first.substr(0, key.first.find('.')));
  CHECK(in_whole ==
        std::set<std::string>{"group_gap", "leakage", "link_prediction", "question", "score_gap"});
  for (const auto& [key, value] : rows) {
    CAPTURE(key.first, key.second);
    CHECK_FALSE(key.first.starts_with("parity."));
    CHECK_FALSE(key.first.starts_with("group_gap.profession_score"));
    const bool of_rows = reports::release_of({"kl+attr", ""}, key.first, key.second) == "rows";
    if (of_rows) CHECK(own.at(key) == value);
  }
  const auto seen = std::pair(std::string(reports::kStatedStrongestAuc.metric),
                              reports::kStatedStrongestAuc.all_facets("gender"));
  auto seen_in_whole = seen;
  seen_in_whole.second["release"] = "whole";
  REQUIRE_FALSE(whole.contains(seen));
  CHECK(whole.at(seen_in_whole).value() > 0.99);
  CHECK(rows.at(seen) == own.at(seen));
  // A person whose value is hidden has no vector of it, so nothing is added to the question.
  for (const auto& [key, value] : whole) {
    const bool hidden = reports::facet_or(key.second, "persons") == reports::kHeldOutPersons;
    if (hidden && key.first.starts_with("question.")) CHECK(own.at(key) == value);
  }
}

TEST_CASE("Reports and metrics agree on what is ranked with attribute vectors", "[run][releases]") {
  for (const metrics::MetricEntry* metric : metrics::metrics()) {
    CAPTURE(metric->id);
    const std::string fact = fmt::format("{}.any", metric->id);
    const bool ranks = metric->vectors == metrics::VectorUse::kRanks;
    CHECK((reports::release_of({"kl+attr", ""}, fact, {}) == reports::kWhole) == ranks);
  }
}

TEST_CASE("The two rows change no figure, no raw column and no test of the others",
          "[run][releases]") {
  const TemporaryDirectory folder;
  const RunRecord with = run_releases(folder / "with", true);
  const RunRecord without = run_releases(folder / "without", false);
  CHECK(reports::system_views(without) == std::vector<SystemView>{{"basic", ""}, {"kl+attr", ""}});
  CHECK(hashes(with) == hashes(without));
  auto others = timeless_facts(with);
  std::erase_if(others, [](const auto& item) { return !std::get<1>(item.first).empty(); });
  CHECK(others == timeless_facts(without));
  auto raw = raw_hashes(with);
  for (const auto& [file, digest] : raw_hashes(without)) CHECK(raw[file] == digest);
  // They are tested in families of their own.
  std::map<std::string, std::set<std::string>> families;
  for (const MeasurementLine& line : with.measurements) {
    if (line.metric != "significance.p_adjusted") continue;
    families[line.view].insert(line.facets.at("correction"));
  }
  CHECK(families.at("whole") == families.at(""));
  CHECK(families.at("rows") == families.at(""));
}

}  // namespace
}  // namespace kgaudit::run
