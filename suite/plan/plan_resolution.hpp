#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// One value given on the command line: "training.dimension" = "200", "seeds" = "6", "preset" =
/// "fb13". `place` is what the user typed, for messages ("--set", "--dimension").
struct Assignment {
  std::string key;
  std::string value;
  std::string place;
};

/// A plan's ingredients; later ones win: defaults, preset, file, assignments. The preset is the one
/// that the file or an assignment names, else the one for the dataset (preset_for_dataset).
struct PlanSources {
  std::optional<std::string> file_text;
  std::string file_name = "plan";  ///< for messages
  std::vector<Assignment> assignments;
  /// Measured where nothing lists metrics; empty = those that are measured by default.
  std::vector<std::string> metrics = {};
};

/// Throws InputError (usage) at the first thing that makes no sense, with file:line:column or the
/// option, what is allowed, and the nearest known name.
[[nodiscard]] Plan resolve_plan(const PlanSources& sources);

/// The table of a plan file that holds rules about the result. It is no part of the plan: `kgaudit
/// gate` reads it from the file.
inline constexpr std::string_view kGateTable = "gate";

/// The largest plan file; the same as for all TOML (see parse_strict_toml).
inline constexpr std::uint64_t kLargestPlan = std::uint64_t{1} << 20U;

/// `resolve_plan` of a file alone.
[[nodiscard]] Plan parse_plan(std::string_view toml, std::string_view file_name = "plan");

/// The inverse of `to_json`: the plan of a record, with the `[run]` table at its defaults. Throws
/// InputError (usage) at `place` for what is no such plan, or one that this version does not know.
[[nodiscard]] Plan plan_from_json(std::string_view json, std::string_view place);

}  // namespace kgaudit::run
