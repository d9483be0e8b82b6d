#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "suite/gate/gate_rules.hpp"
#include "suite/gate/gate_state.hpp"

namespace kgaudit::run {

/// What the gate says, from the worst.
enum class GateVerdict {
  kRegression,     ///< worse than the rule allows, shown by the test
  kNotComparable,  ///< other data, another plan of measuring, another machine for times
  kInconclusive,   ///< neither shown: more seeds or persons are needed
  kPass
};
[[nodiscard]] std::string_view to_text(GateVerdict verdict);

/// One question of a rule, asked of one row and attribute.
struct GateFinding {
  enum class Question { kChange, kLimit };

  GateKey key;
  Question question = Question::kChange;
  bool at_most = false;  ///< of a limit: the value may not be above it; else not below it
  /// How many earlier rules or limits ask the same question of the same key: 0 for the first.
  std::uint64_t asked_before = 0;
  GateVerdict verdict = GateVerdict::kPass;
  /// Mean over seeds, in the figure's unit. Of a limit: the limit.
  std::optional<double> baseline;
  std::optional<double> candidate;  ///< mean over seeds
  /// How much worse the candidate is, in the figure's unit (negative: better), with the interval
  /// that the verdict was made from: two-sided at level 1 - alpha. Of a limit: how far beyond it.
  std::optional<double> worse_by;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> margin;  ///< in the figure's unit
  /// Any margin above this would pass it; nothing where no margin decides.
  std::optional<double> margin_to_pass;
  std::optional<double> p;           ///< of "is worse" (for "better": of "is no better"), one-sided
  std::optional<double> adjusted_p;  ///< by Holm with weights, over all questions of the gate
  /// Its weight: the share of alpha that the question may use, larger where the baseline is noisy
  /// beside the margin. Decided by the baseline alone.
  std::optional<double> share_of_alpha;
  std::uint64_t baseline_seeds = 0;
  std::uint64_t candidate_seeds = 0;
  std::uint64_t n = 0;  ///< persons or triples behind one seed's value, the fewest
  /// On each side and in all, where it is inconclusive and a side has the seeds to tell.
  std::optional<std::uint64_t> seeds_needed;
  std::string test;   ///< "paired t over 6 seeds"
  std::string words;  ///< a sentence
  std::string place;  ///< of the rule: "kgaudit.toml:12"
};

struct GateResult {
  GateVerdict verdict = GateVerdict::kPass;
  bool anything_measured = false;     ///< of what the rules name, in the candidate
  std::vector<std::string> reasons;   ///< why it is not comparable as a whole
  std::vector<GateFinding> findings;  ///< worst first; empty if not comparable as a whole
};

/// Holds the candidate against the baseline by the rules. Throws InputError (usage) at the rule's
/// line for a row or an attribute that the baseline does not have, with the nearest name.
///
/// A regression is told by Holm's procedure, in which a question has the more of alpha the noisier
/// the baseline is beside the margin (`shares_of_alpha`). So a quiet figure leaves to a noisy one
/// what it does not need, and both find a change of the margin's size about equally often.
///
/// With the same two or more seeds on both sides, differences are paired by seed; with other seeds
/// they are not (Welch's t). Where one side has a single seed, it is taken to scatter as the other
/// side's do (Student's t). With one seed on both sides the intervals over persons or triples
/// decide, which know nothing of how far two trainings lie apart.
[[nodiscard]] GateResult check_gate(const GateRules& rules, const GateState& baseline,
                                    const GateState& candidate);

/// What a calibration knows of a question from an earlier comparison.
struct GateAnswer {
  GateKey key;
  GateFinding::Question question = GateFinding::Question::kChange;
  double p = 1.0;
  double share_of_alpha = 0.0;
};

/// What a calibration leaves out of thousands of comparisons.
struct GateShortcuts {
  bool count_seeds = false;  ///< off: `seeds_needed` stays empty, which takes most of the time
  /// Ask only how this figure, row and attribute changed ...
  const GateKey* only = nullptr;
  /// ... where these were the answers to all questions, of which that one is replaced.
  std::span<const GateAnswer> known{};
};
[[nodiscard]] GateResult check_gate(const GateRules& rules, const GateState& baseline,
                                    const GateState& candidate, const GateShortcuts& shortcuts);

}  // namespace kgaudit::run
