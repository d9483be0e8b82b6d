#include "reports/tables/run_table.hpp"
#include "reports/tables/strongest_probe.hpp"
#include "reports/tables/table_choice.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

namespace {

/// Two seeds of Basic, of which the answers are the strongest for .9 of the persons, and of KL, of
/// which the linear probe is for all.
RunRecord record_with_probes() {
  RunRecord record;
  record.run = example_record().run;
  const auto add = [&](const char* system, const char* metric, const char* probe, double value) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      Facets facets = {{"attribute", "gender"}, {"persons", "held_out"}, {"probe", probe}};
      if (std::string_view(metric) == "leakage.is_strongest") facets["release"] = "rows";
      record.measurements.push_back(fact(system, seed, metric, facets, value));
    }
  };
  add("basic", "leakage.auc", "graph", 0.9);
  add("basic", "leakage.auc", "linear", 0.75);
  add("basic", "leakage.auc", "answers", 0.8);
  add("kl", "leakage.auc", "linear", 0.625);
  add("kl", "leakage.auc", "answers", 0.5);
  add("basic", "leakage.is_strongest", "linear", 0.1);
  add("basic", "leakage.is_strongest", "answers", 0.9);
  add("kl", "leakage.is_strongest", "linear", 1.0);
  add("kl", "leakage.is_strongest", "answers", 0.0);
  return record;
}

}  // namespace

TEST_CASE("Probes stand one by one with the strongest named, beside what the graph alone tells",
          "[reports][attackers]") {
  const std::string text =
      render_markdown(run_table("attackers", record_with_probes(), {.attribute = "gender"}), 0);
  CHECK_THAT(text, Contains("| basic | 0.800 ± 0.000 | 0.750 ± 0.000 | answers (90 %) |") &&
                       Contains("| kl | 0.500 ± 0.000 | 0.625 ± 0.000 | linear |"));
  CHECK_THAT(text, Contains("the names of a person's neighbours give 0.900"));
  CHECK(run_table("attackers", example_record(), {.attribute = "religion"}).rows.empty());
}

TEST_CASE("The rows of a comparison are named with their strongest probe", "[reports][attackers]") {
  const RunRecord record = record_with_probes();
  CHECK(strongest_probes_in_words(record, FactIndex(record)) ==
        "Strongest probe of hidden persons, chosen for most of them: gender: answers (basic), "
        "linear (kl).");
  RunRecord older = record;
  std::erase_if(older.measurements,
                [](const MeasurementLine& line) { return line.metric == "leakage.is_strongest"; });
  CHECK(strongest_probes_in_words(older, FactIndex(older)).empty());
}

TEST_CASE("What rows tell with those of neighbours is a column on request, beside the graph alone",
          "[reports][attackers]") {
  RunRecord record = record_with_probes();
  for (const char* system : {"basic", "kl"}) {
    record.measurements.push_back(
        fact(system, 0, "leakage.auc",
             {{"attribute", "gender"}, {"persons", "held_out"}, {"probe", "neighbours"}}, 0.875));
    record.measurements.push_back(
        fact(system, 0, "leakage.strongest",
             {{"attribute", "gender"}, {"persons", "held_out"}, {"release", "rows"}}, 0.8));
  }
  TableChoice choice;
  choice.columns = {"leakage_neighbours"};
  const Table table = chosen_comparison(record, choice);
  CHECK_THAT(render_markdown(table, 0),
             Contains("leakage of hidden persons by rows and neighbours, AUC") &&
                 Contains("| graph alone | 0.900") && Contains("| kl | 0.875 |"));
}
