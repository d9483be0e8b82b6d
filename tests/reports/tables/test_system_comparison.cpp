#include "reports/tables/system_comparison.hpp"

#include <algorithm>
#include <array>

#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

namespace {

constexpr std::array<ComparisonColumn, 7> kColumns = {{
    {.fact = kFilteredMrr, .group = "ranking", .header = "MRR"},
    {.fact = kFilteredHitsAt1, .group = "ranking", .header = "H@1"},
    {.fact = kSecondsPerEpoch, .group = "time", .header = "s/epoch", .centre = Centre::kMedian},
    {.fact = kRatioToBasic,
     .group = "time",
     .header = "× basic",
     .decimals = 2,
     .centre = Centre::kMedian},
    {.fact = kGapMicro, .group = "score gap ΔS", .decimals = 2},
    {.fact = kLinearAccuracy, .group = "leakage, linear", .reference = &kMajorityAccuracy},
    {.fact = kMlpAccuracy, .group = "leakage, MLP", .reference = &kMajorityAccuracy},
}};

Table comparison_of(const RunRecord& record, Spread spread = Spread::kSd) {
  Table table =
      compare_systems(record, FactIndex(record), {.spread = spread}, kColumns, MixedRows::kShown);
  table.title = "Quality, cost and bias of each system";
  return table;
}

}  // namespace

TEST_CASE("The comparison is made from records alone", "[reports][comparison]") {
  CHECK(
      render_terminal(comparison_of(example_record()), {0, false}) ==
      "Quality, cost and bias of each system\n"
      "\n"
      "                   ranking         time           score gap ΔS →0       leakage, linear ↓\n"
      "system                  MRR ↑      s/epoch ↓        gender    religion             gender\n"
      "majority guess              –              –             –           –      0.750 ± 0.000\n"
      "basic           0.690 ± 0.014  2.000 ± 1.414   3.00 ± 0.71  undef. [1]      0.990 ± 0.000\n"
      "kl+attr         0.660 ± 0.000  2.000 ± 0.000  -0.25 ± 0.71  undef. [1]      0.750 ± 0.000\n"
      "\n"
      "planted-people; 2 seeds (1, 2), mean ± sd, times: median (sd over seeds); epochs 3; "
      "dimension 8; on "
      "Test CPU, processors 2.\n"
      "[1] no value has 10 persons or more\n"
      "Sample sizes per seed, the smallest of each column: ranking MRR 100 predictions; time "
      "s/epoch 100 epochs; score gap ΔS gender 100 stated values; leakage, linear gender 100 "
      "persons.\n"
      "Where a probe is no better than the majority guess, no value of the column is marked: below "
      "it is no better than at it.\n"
      "kl+attr publishes attribute vectors beside the rows. Under its own name: figures with the "
      "vectors, where the whitelist allows them: ranking MRR. Figures of the rows alone: score gap "
      "ΔS; leakage, linear. Figures of the training of both: time s/epoch. What rows and vectors "
      "tell together is not on this record.\n");
}

TEST_CASE("The order of a record's lines does not change the numbers", "[reports][comparison]") {
  RunRecord shuffled = example_record();
  const Table before = comparison_of(shuffled);
  // Seeds swapped; the order of systems and attributes is that of first appearance.
  std::stable_sort(shuffled.measurements.begin(), shuffled.measurements.end(),
                   [](const auto& a, const auto& b) { return a.seed > b.seed; });
  CHECK(render_csv(comparison_of(shuffled)) == render_csv(before));
}

TEST_CASE("Views of one system are rows that share its training", "[reports][comparison]") {
  RunRecord record;
  record.run = example_record().run;
  record.measurements = {
      fact("bose", 1, "time.seconds_per_epoch", {}, 5.0, Direction::kLower),
      fact("bose", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0, Direction::kNearer),
      fact("basic", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0, Direction::kNearer),
      fact("bose", 1, "score_gap.micro", {{"attribute", "gender"}}, 2.0, Direction::kNearer),
  };
  record.measurements[1].view = "s";
  record.measurements[3].view = "a";
  CHECK(render_csv(comparison_of(record)) ==
        "system,time.seconds_per_epoch,time.seconds_per_epoch_sd,time.seconds_per_epoch_seeds,"
        "time.seconds_per_epoch_undefined,time.seconds_per_epoch_n,score_gap.micro.gender,"
        "score_gap.micro.gender_sd,score_gap.micro.gender_seeds,score_gap.micro.gender_undefined,"
        "score_gap.micro.gender_n\r\n"
        "bose [s],5,,1,,100,1,,1,,100\r\n"
        "bose [a],5,,1,,100,2,,1,,100\r\n"
        "basic,,,,,,1,,1,,100\r\n");
}

TEST_CASE("With intervals asked for, they stand in place of the deviation",
          "[reports][comparison][spread]") {
  const std::string text =
      render_terminal(comparison_of(example_record(), Spread::kInterval), {0, false});
  CHECK_THAT(text, Catch::Contains("0.690 [0.563, 0.817]"));
  CHECK_THAT(text, Catch::Contains("mean [95 % t interval over seeds]"));
  CHECK(text.find("±") == std::string::npos);
}

TEST_CASE("Below the majority is no better than at it", "[reports][comparison]") {
  RunRecord record = example_record();
  const auto add = [&](const char* system, double accuracy) {
    record.measurements.push_back(
        fact(system, 1, "leakage.accuracy",
             {{"attribute", "gender"}, {"persons", "stated"}, {"probe", "linear"}}, accuracy,
             Direction::kLower));
  };
  const auto marked = [](const Table& table) {
    std::size_t best = 0;
    for (const Row& row : table.rows) {
      const auto* number = std::get_if<NumberCell>(&row.cells.back());
      if (number != nullptr && number->best) ++best;
    }
    return best;
  };
  const auto says_so = [](const Table& table) {
    return std::ranges::any_of(table.notes, [](const std::string& note) {
      return note.find("below it is no better than at it") != std::string::npos;
    });
  };
  add("below", 0.5);  // the majority guesses .75
  CHECK(marked(comparison_of(record)) == 0);
  CHECK(says_so(comparison_of(record)));
  for (MeasurementLine& line : record.measurements) {
    if (line.metric != "leakage.accuracy" || line.facets.at("probe") != "linear") continue;
    if (line.system == "kl+attr") line.measurement = fact("", 1, "", {}, 0.875).measurement;
    if (line.system == "below") line.measurement = fact("", 1, "", {}, 0.8125).measurement;
  }
  CHECK(marked(comparison_of(record)) == 1);
  CHECK_FALSE(says_so(comparison_of(record)));
}

TEST_CASE("Releases for one attribute each, whole releases and controls are never the best",
          "[reports][comparison]") {
  RunRecord record;
  record.run = example_record().run;
  const auto add = [&](const char* system, const char* view, double mrr) {
    record.measurements.push_back(
        fact(system, 1, "link_prediction.mrr", kFilteredMrr.all_facets(), mrr, Direction::kHigher));
    record.measurements.back().view = view;
  };
  add("basic", "", 0.25);
  add("kl", "", 0.3125);
  add("bose", "s", 0.375);
  add("kl+attr", "whole", 0.5);
  add("leace-shuffled", "a", 0.625);
  const Table table = comparison_of(record);
  for (const Row& row : table.rows) {
    const std::string& name = std::get<TextCell>(row.cells.front()).text;
    CAPTURE(name);
    const auto* mrr = std::get_if<NumberCell>(&row.cells[1]);
    REQUIRE(mrr != nullptr);
    CHECK(mrr->best == (name == "kl"));
  }
  CHECK(note_on_best(table) == "Never marked as best: rows [s], rows [whole] and controls.");
}

TEST_CASE("Sample sizes of columns that ask the same persons are told once",
          "[reports][comparison]") {
  Table table;
  table.columns = {
      text_column("system", "system"),
      {.key = "question.auc_micro.gender", .group = "question, AUC →0.5", .header = "gender"},
      {.key = "question.excess_accuracy.gender", .group = "question right", .header = "gender"},
      {.key = "memory.peak", .group = "memory", .header = "peak MiB"}};
  for (const std::uint64_t n : {1200U, 900U}) {
    Row row{{TextCell{"basic"}}, false};
    for (int c = 0; c < 3; ++c) row.cells.emplace_back(NumberCell{.summary = {0.5, {}, 1}, .n = n});
    table.rows.push_back(std::move(row));
  }
  CHECK(note_on_samples(table) ==
        "Sample sizes per seed, the smallest of each column: question and question right gender "
        "900 persons.");
}
