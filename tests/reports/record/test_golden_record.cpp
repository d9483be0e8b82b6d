#include <map>

#include "reports/document/report_document.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/run_table.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;

// Records outlive the program that wrote them. The file is never made anew: if this test fails,
// the reader has forgotten schema 1.
TEST_CASE("A record of schema 1 is readable for ever", "[reports][golden]") {
  const RunRecord record =
      read_record(kgaudit::tests::source_file("tests/reports/record/golden/schema1.jsonl"));
  CHECK(record.notices.empty());
  CHECK(record.run.settings[1] == std::pair<std::string, std::string>("dimension", "8"));
  CHECK(record.epochs.size() == 8);
  CHECK_FALSE(record.epochs[6].loss);
  CHECK(record.epochs[7].terms.at("validation.mrr") == 0.5);
  CHECK(record.measurements.size() == 28);
  CHECK(record.measurements[1].measurement.interval()->method == "normal, test triples");
  CHECK(record.is_done("kl", 2));
  CHECK(record.raw.size() == 2);
  CHECK(record.findings.front().check == "self_loops");
  CHECK(render_terminal(comparison_table(record), {0, false}) ==
        "Quality, cost and bias of each system\n"
        "\n"
        "           ranking         time           score gap ΔS →0\n"
        "system          MRR ↑      s/epoch ↓        gender    religion\n"
        "basic   0.688 ± 0.088  0.500 ± 0.000   3.00 ± 0.00  undef. [1]\n"
        "kl      0.500 ± 0.000  0.500 ± 0.000  -0.38 ± 0.18  undef. [1]\n"
        "\n"
        "planted-people; 2 seeds (1, 2), mean ± sd, times: median (sd over seeds); epochs 2; "
        "dimension 8; on "
        "Test CPU.\n"
        "[1] no value has 10 persons\n"
        "Sample sizes per seed, the smallest of each column: ranking MRR 100 predictions; time "
        "s/epoch 1 epochs; score gap ΔS gender 40 stated values.\n");
}

TEST_CASE("A record of schema 1 has its numbers in every report format", "[reports][golden]") {
  const RunRecord record =
      read_record(kgaudit::tests::source_file("tests/reports/record/golden/schema1.jsonl"));
  const std::map<std::string_view, std::string> rows = {
      {"markdown",
       "| basic | **0.688 ± 0.088** | 0.500 ± 0.000 | 3.00 ± 0.00 | undef. \\[1\\] |\n"},
      {"latex", "basic & \\textbf{0.688~$\\pm$~0.088} & 0.500~$\\pm$~0.000 &"},
      {"html", "<td data-v=\"0.6875\"><strong>0.688 ± 0.088</strong></td>"},
      {"csv", "basic,0.6875,0.08838834764831845,2,"},
      {"json", R"("link_prediction.mrr":{"value":0.6875,"sd":0.08838834764831845,"seeds":2)"}};
  for (const ReportWriter* writer : report_writers()) {
    CAPTURE(writer->id);
    const auto row = rows.find(writer->id);
    if (row == rows.end()) continue;  // a newer format; its approved file holds its form
    CHECK_THAT(writer->write(make_report({&record, 1})).front().bytes,
               Catch::Contains(row->second) && Catch::Contains("no value has 10 persons"));
  }
}
