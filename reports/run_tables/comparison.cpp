#include <array>

#include "reports/tables/run_table.hpp"
#include "reports/tables/system_comparison.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// What is ranked, tuned and gated on. No figure here improves by a change of units, by a shift that
// is the same for all persons, by a large majority or by a weak probe.
constexpr std::array<ComparisonColumn, 10> kHeadlines = {{
    {.fact = kMrrWithoutSensitive, .group = "MRR", .header = "others"},
    {.fact = kFilteredMrr, .group = "MRR", .header = "all"},
    kEpochsColumn,
    kSecondsColumn,
    kRatioColumn,
    kMemoryColumn,
    {.fact = kStrongestAuc,
     .group = "leakage of hidden persons, AUC",
     .neutral = 0.5,
     .reference = &kGraphAuc},
    {.fact = kQuestionAuc, .group = "question, AUC", .neutral = 0.5},
    {.fact = kQuestionExcess,
     .group = "question right, points over majority",
     .decimals = 1,
     .scale = 100.0,
     .unit = "points",
     // Below the majority is no better than at it, and a large majority hides much.
     .judged = false},
    {.fact = kStatedStrongestAuc, .group = "leakage of seen persons, AUC", .neutral = 0.5},
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

// Ranking quality without the triples that a debiased system is meant to lose, time, and for each
// attribute what the strongest probe reads and what the model itself answers.
Table make_comparison(const RunRecord& record, const FactIndex& facts,
                      const TableOptions& options) {
  Table table = has_rulers(record, facts) ? compare_systems(record, facts, options, kHeadlines,
                                                            "graph alone", MixedRows::kLeftOut)
                                          : compare_systems(record, facts, options, kOlderHeadlines,
                                                            "majority guess", MixedRows::kShown);
  table.title = "Quality, cost and bias of each system";
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
