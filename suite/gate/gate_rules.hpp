#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/gate/gate_state.hpp"

namespace kgaudit::run {

/// No margin, limit or planted change is beyond this: no figure is.
inline constexpr double kLargestBound = 1e9;

/// What one rule asks of a figure. A rule may set a margin for the change since the baseline,
/// limits for the value itself, or both.
struct GateRule {
  enum class Wanted {
    kNoWorse,  ///< worse by less than the margin is shown (non-inferiority)
    kSame,     ///< better or worse by less than the margin is shown (equivalence)
    kBetter    ///< better than the baseline is shown (superiority); needs no margin
  };

  std::string figure;                   ///< id of a GateFigure
  std::vector<std::string> rows;        ///< empty: all that the baseline has
  std::vector<std::string> attributes;  ///< empty: all that the baseline has
  Wanted wanted = Wanted::kNoWorse;
  /// The smallest change that matters, in the figure's unit and as a share of the baseline's
  /// distance from its neutral value (of the value itself for quality and time). With both the
  /// larger counts.
  std::optional<double> margin;
  std::optional<double> margin_share;
  std::optional<double> at_least;  ///< the value may not be below this
  std::optional<double> at_most;   ///< the value may not be above this
  std::string place;               ///< "kgaudit.toml:12"

  /// Whether it is about this figure of this row and attribute.
  [[nodiscard]] bool asks_about(const GateKey& key) const;
  [[nodiscard]] bool watches_change() const {
    return margin || margin_share || wanted == Wanted::kBetter;
  }
};

struct GateRules {
  double alpha = 0.05;  ///< chance of any false alarm of the whole gate (family-wise, by Holm)
  double power = 0.8;   ///< wanted when further seeds are counted
  std::string baseline = "kgaudit-baseline.json";  ///< path, relative to the folder of the rules
  /// A row of the record that the other rows are held against, in place of a baseline: both were
  /// trained in one run, with the same seeds. "" = there is a baseline.
  std::string baseline_row;
  std::string baseline_row_place;  ///< "plan.toml:40"
  std::vector<GateRule> rules;
};

/// Reads a `kgaudit.toml`: a table [gate] with alpha, power and baseline or baseline_row, and
/// [[gate.rule]] tables. Other tables are left alone, so that a plan can hold its rules itself.
/// Unknown keys, figures and values that make no sense are an InputError (usage) at their line.
[[nodiscard]] GateRules parse_gate_rules(std::string_view text, const std::string& file);
[[nodiscard]] GateRules read_gate_rules(const std::filesystem::path& file);

/// Whether the file has a table [gate].
[[nodiscard]] bool has_gate_rules(const std::filesystem::path& file);

/// Rules for what the reference run measured: 3 % of MRR, and of each bias figure a fifth of its
/// distance from neutral or the noise between its seeds, whichever is more. Times are not gated.
[[nodiscard]] GateRules sensible_rules(const GateState& reference);

/// The margin with two digits, not smaller than it was.
[[nodiscard]] double rounded_up_margin(double margin);

/// The rules as the file that `parse_gate_rules` reads, with comments.
[[nodiscard]] std::string gate_rules_text(const GateRules& rules);

}  // namespace kgaudit::run
