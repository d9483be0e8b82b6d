#include "reports/document/job_document.hpp"

#include "reports/tables/sweep_table.hpp"
#include "reports/tables/tuning_table.hpp"
#include "tests/reports/example_jobs.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using Catch::Matchers::Contains;

const Table& table_of(const Document& document, const std::string& key) {
  for (const Block& block : document.blocks) {
    const auto* table = std::get_if<TableBlock>(&block);
    if (table != nullptr && table->key == key) return table->table;
  }
  FAIL("no table " << key);
  throw std::logic_error("unreachable");
}

TEST_CASE("The report of a search holds its table, its trials, its data and its plan",
          "[reports][search]") {
  const SearchRecord search = tests::example_search();
  const Document document = search_document(search);
  CHECK(document.title == "Search of weights: planted-people");
  CHECK(render_json(table_of(document, "tuning")) == render_json(tuning_table(search)));
  CHECK(table_of(document, "trials").rows.size() == 4);
  const std::string text =
      find_report_writer("markdown").write(make_report(document)).front().bytes;
  CHECK_THAT(text, Contains("cafe") && Contains("train.tsv") && Contains("question\\_reduction") &&
                       Contains("\"preset\": \"default\"") && Contains("1234567890abcdef"));
}

TEST_CASE("The report of a sweep holds its table, its figures, its data and its plan",
          "[reports][sweep]") {
  const SweepRecord sweep = tests::example_sweep();
  const Document document =
      sweep_document(sweep, {{"sweep_leakage", "A figure", "What it shows", "figures", "", ""}});
  CHECK(render_json(table_of(document, "sweep")) == render_json(sweep_table(sweep)));
  const std::string text =
      find_report_writer("markdown").write(make_report(document)).front().bytes;
  CHECK_THAT(text, Contains("figures/sweep_leakage.svg") && Contains("cafe") && Contains("epochs"));
}

TEST_CASE("Every format writes searches and sweeps, and nothing that only runs have",
          "[reports][search][sweep]") {
  const std::vector<Document> documents = {search_document(tests::example_search()),
                                           sweep_document(tests::example_sweep(), {})};
  for (const Document& document : documents) {
    for (const ReportWriter* writer : report_writers()) {
      CAPTURE(document.title, writer->id);
      const auto files = writer->write(make_report(document));
      REQUIRE_FALSE(files.empty());
      CHECK_THAT(files.front().bytes, Contains("gamma"));
      for (const NamedBytes& file : files) {
        CHECK(file.name.find("comparison") == std::string::npos);
        CHECK(file.name != "measurements.csv");
      }
    }
  }
}

}  // namespace
}  // namespace kgaudit::reports
