#include <array>
#include <string>
#include <utility>
#include <vector>

#include "reports/tables/run_table.hpp"
#include "reports/tables/strongest_probe.hpp"
#include "reports/tables/system_comparison.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::string_view kSeenAuc = "leakage of seen persons, AUC";
constexpr std::string_view kSeenBalanced =
    "leakage of seen persons, balanced accuracy, points above chance";

// What is ranked, tuned and gated on. No figure here improves by a change of units, by a shift that
// is the same for all persons, by a large majority or by a weak probe.
constexpr std::array<ComparisonColumn, 11> kHeadlines = {{
    {.fact = kMrrWithoutSensitive, .group = "MRR", .header = "others"},
    {.fact = kFilteredMrr, .group = "MRR", .header = "all"},
    kEpochsColumn,
    kSecondsColumn,
    kRatioColumn,
    kMemoryColumn,
    {.fact = kStrongestAuc,
     .group = "leakage of hidden persons, AUC",
     .neutral = 0.5,
     .reference = &kGraphAuc,
     .reference_row = "graph alone"},
    {.fact = kQuestionAuc, .group = "question, AUC", .neutral = 0.5},
    {.fact = kHeldOutQuestionAuc, .group = "question of hidden persons, AUC", .neutral = 0.5},
    {.fact = kQuestionExcess,
     .group = "question right, points over majority",
     .decimals = 1,
     .scale = 100.0,
     .unit = "points",
     // Below the majority is no better than at it, and a large majority hides much.
     .judged = false},
    {.fact = kStatedStrongestAuc, .group = kSeenAuc, .neutral = 0.5},
}};

// Beside them where they are named: further sides of the same, and the figures of the second table.
constexpr std::array<ComparisonColumn, 10> kOnRequest = {{
    // Whoever reads the neighbours has the graph: beside what the graph alone tells, not in the
    // panel.
    {.fact = kNeighboursAuc,
     .group = "leakage of hidden persons by rows and neighbours, AUC",
     .neutral = 0.5,
     .reference = &kGraphAuc,
     .reference_row = "graph alone"},
    {.fact = kHeldOutQuestionExcess,
     .group = "question of hidden persons right, points over majority",
     .decimals = 1,
     .scale = 100.0,
     .unit = "points",
     .judged = false},
    {.fact = kStrongestBalancedExcess,
     .group = "leakage of hidden persons, balanced accuracy, points above chance",
     .decimals = 1,
     .scale = 100.0,
     .unit = "points"},
    {.fact = kStatedStrongestBalancedExcess,
     .group = kSeenBalanced,
     .decimals = 1,
     .scale = 100.0,
     .unit = "points"},
    kGapInSdsColumn,
    kGapColumn,
    kHitsAt1Column,
    kHitsAt10Column,
    kLinearColumn,
    kMlpColumn,
}};

// What groups' rows have to themselves, for records in which neither the model nor a probe is
// asked.
constexpr std::array<ComparisonColumn, 2> kOfRows = {{
    {.fact = {.metric = "group_distance.explained", .of_attribute = true},
     .group = "share of spread between groups"},
    {.fact = {.metric = "neighbour_share.macro", .of_attribute = true},
     .group = "nearest neighbours, lift"},
}};

// For records from before these figures: those of Fisher et al. 2020 (EMNLP, tables 2 to 4).
constexpr std::array<ComparisonColumn, 9> kOlderHeadlines = {{
    kMrrColumn,
    kHitsAt1Column,
    kHitsAt10Column,
    kSecondsColumn,
    kRatioColumn,
    kMemoryColumn,
    kGapColumn,
    kLinearColumn,
    kMlpColumn,
}};

// Of persons who are all known there are no seen ones: their value was hidden from nobody.
void name_without_hidden(std::vector<ComparisonColumn>& columns, const RunRecord& record,
                         const FactIndex& facts) {
  for (const std::string& attribute : attributes_of(record)) {
    if (facts.first(kStrongestAuc, attribute) != nullptr) return;
  }
  for (ComparisonColumn& column : columns) {
    if (column.group == kSeenAuc) column.group = "leakage, AUC";
    if (column.group == kSeenBalanced) {
      column.group = "leakage, balanced accuracy, points above chance";
    }
  }
}

// Ranking quality without the triples that a debiased system is meant to lose, time, and for each
// attribute what the strongest probe reads and what the model itself answers.
Table make_comparison(const RunRecord& record, const FactIndex& facts,
                      const TableOptions& options) {
  const bool rulers = has_rulers(record, facts);
  std::vector<ComparisonColumn> columns;
  if (rulers) {
    columns.assign(kHeadlines.begin(), kHeadlines.end());
    if (options.every_column) columns.insert(columns.end(), kOnRequest.begin(), kOnRequest.end());
    name_without_hidden(columns, record, facts);
  } else {
    columns.assign(kOlderHeadlines.begin(), kOlderHeadlines.end());
  }
  if (!rulers || options.every_column) {
    columns.insert(columns.end(), kOfRows.begin(), kOfRows.end());
  }
  Table table = compare_systems(record, facts, options, columns,
                                rulers ? MixedRows::kLeftOut : MixedRows::kShown);
  table.title = "Quality, cost and bias of each system";
  if (std::string probes = strongest_probes_in_words(record, facts); !probes.empty()) {
    table.notes.push_back(std::move(probes));
  }
  return table;
}

}  // namespace

extern const RunTable comparison;
constinit const RunTable comparison = {
    .id = "comparison",
    .chapter = Chapter::kComparison,
    .make = make_comparison,
};

}  // namespace kgaudit::reports::run_tables_roster
