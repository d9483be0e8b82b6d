#include <algorithm>
#include <set>

#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/run_table.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/compare/significance.hpp"
#include "suite/plan/plan.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/runner.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using reports::FactName;
using reports::MeasurementLine;
using reports::RunRecord;
using reports::SystemView;

/// Systems with one row, with rows of views for one attribute each, and with vectors of attributes.
reports::RunRecord small_bench(const std::filesystem::path& folder) {
  const Plan plan =
      resolve_plan({std::nullopt,
                    "plan",
                    {{"dataset.planted-people.entities", "1000", "test"},
                     {"training.dimension", "8", "test"},
                     {"training.epochs", "2", "test"},
                     {"seeds", "2", "test"},
                     {"systems", "basic,bose", "test"},
                     {"metrics", "link_prediction,score_gap,question,leakage", "test"},
                     {"metric.leakage.permutations", "0", "test"},
                     {"run.threads", "1", "test"}}});
  Progress silent;
  RunOptions options;
  options.directory = folder;
  Runner runner(plan, std::move(options), silent);
  runner.run();
  return reports::read_record(runner.directory().record());
}

/// The lines in any order, but for those that a row, an attribute or a seed appears in first: their
/// order is that of the tables.
std::vector<MeasurementLine> shuffled(const std::vector<MeasurementLine>& lines) {
  std::vector<MeasurementLine> first;
  std::vector<MeasurementLine> others;
  std::set<std::string> seen;
  for (const MeasurementLine& line : lines) {
    bool is_new = false;
    if (!reports::of_training(line.metric))
      is_new = seen.insert(line.system + ":" + line.view).second;
    // As in attributes_of: what relations are whitelisted for does not count.
    if (!line.facets.contains("relation")) {
      is_new =
          seen.insert("attribute " + reports::facet_or(line.facets, "attribute")).second || is_new;
    }
    is_new = seen.insert(fmt::format("seed {}", line.seed)).second || is_new;
    (is_new ? first : others).push_back(line);
  }
  Rng(5, "test.shuffled").shuffle(std::span(others));
  first.insert(first.end(), others.begin(), others.end());
  return first;
}

}  // namespace

TEST_CASE("Every headline fact is on the record of a bench, under its full name",
          "[run][fact_names]") {
  const tests::TemporaryDirectory folder;
  const RunRecord record = small_bench(folder / "run");
  const std::vector<std::string> attributes = reports::attributes_of(record);
  REQUIRE_FALSE(attributes.empty());
  for (const FactName& fact : reports::headline_facts()) {
    for (const SystemView& row : reports::system_views(record)) {
      const std::vector<std::string> once = {""};
      for (const std::string& attribute : fact.of_attribute ? attributes : once) {
        CAPTURE(fact.metric, fact.all_facets(attribute), row.system, row.view);
        const bool training = reports::of_training(fact.metric);
        CHECK(2 == std::count_if(record.measurements.begin(), record.measurements.end(),
                                 [&](const MeasurementLine& line) {
                                   return line.system == row.system &&
                                          (training || line.view == row.view) &&
                                          line.metric == fact.metric &&
                                          line.facets == fact.all_facets(attribute);
                                 }));
      }
    }
  }
}

TEST_CASE("Tables and tests do not depend on the order of a record's lines", "[run][fact_names]") {
  const tests::TemporaryDirectory folder;
  const RunRecord record = small_bench(folder / "run");
  RunRecord other = record;
  other.measurements = shuffled(record.measurements);
  REQUIRE(other.measurements != record.measurements);
  for (const reports::Spread spread : {reports::Spread::kSd, reports::Spread::kInterval}) {
    CHECK(reports::render_json(reports::comparison_table(other, spread)) ==
          reports::render_json(reports::comparison_table(record, spread)));
  }
  ThreadPool pool(1);
  CHECK(significance_facts(other, folder / "run", {}, pool) ==
        significance_facts(record, folder / "run", {}, pool));
}

}  // namespace kgaudit::run
