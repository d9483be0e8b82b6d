#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suite/base/hash.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::run {

/// One parameter table of a plan, under the path of its TOML table: "training",
/// "system.kl+attr", "metric.score_gap", "dataset.planted-people" ...
struct PlanSection {
  std::string path;
  std::string meaning;  ///< the comment above the table
  Parameters values;
};

/// A fully resolved run: which data, which systems with which parameters, which seeds, which
/// metrics. Every default is written out, so a plan means the same in every later version.
///
/// `parse_plan(print(plan)) == plan`. A plan holds sections only for what it lists: the parameters
/// of a system that does not run are no part of it.
struct Plan {
  std::string preset;                ///< the named parameter set that the plan started from
  std::vector<std::string> systems;  ///< roster ids, in the order of the rows and of training
  std::vector<std::uint64_t> seeds;  ///< each system is trained once with each
  std::vector<std::string> metrics;  ///< roster ids, in the order of measuring
  std::vector<PlanSection> sections;

  /// The table with this path; BrokenInvariant if the plan has none.
  [[nodiscard]] const Parameters& section(std::string_view path) const;
  [[nodiscard]] const Parameters& dataset() const { return section("dataset"); }
  [[nodiscard]] const Parameters& training() const { return section("training"); }
  [[nodiscard]] const Parameters& evaluation() const { return section("evaluation"); }
  [[nodiscard]] const Parameters& timing() const { return section("timing"); }
  [[nodiscard]] const Parameters& statistics() const { return section("statistics"); }
  [[nodiscard]] const Parameters& execution() const { return section("run"); }
  [[nodiscard]] const Parameters& system(std::string_view id) const;
  [[nodiscard]] const Parameters& metric(std::string_view id) const;
  /// The chosen dataset's own options, e.g. the planted graph's size; nullptr if it has none.
  [[nodiscard]] const Parameters* dataset_options() const;

  bool operator==(const Plan& other) const;
};

/// The worker threads that the plan's `run.threads` asks for; at least 1.
[[nodiscard]] std::size_t worker_threads(const Plan& plan);

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
};

/// Throws InputError (usage) at the first thing that makes no sense, with file:line:column or the
/// option, what is allowed, and the nearest known name.
[[nodiscard]] Plan resolve_plan(const PlanSources& sources);

/// The largest plan file; the same as for all TOML (see parse_strict_toml).
inline constexpr std::uint64_t kLargestPlan = std::uint64_t{1} << 20U;

/// `resolve_plan` of a file alone.
[[nodiscard]] Plan parse_plan(std::string_view toml, std::string_view file_name = "plan");

/// TOML with every value written out, each under a comment with its meaning, unit and range.
[[nodiscard]] std::string print(const Plan& plan);

/// The same as JSON for the record, without the `[run]` table:
/// {"preset", "systems", "seeds", "metrics", "tables": {"training": {...}, ...}}.
[[nodiscard]] std::string to_json(const Plan& plan);

/// SHA-256 of the printed plan without the `[run]` table: nothing in that table (threads, output
/// directory, checkpoints) may change a measured number.
[[nodiscard]] Digest plan_hash(const Plan& plan);

/// Every key that a plan or `--set` may give, with its description, before any choice is made:
/// the sections of all systems, metrics and datasets at their defaults. Feeds help and docs.
[[nodiscard]] std::vector<PlanSection> all_plan_sections();

/// The parameter tables that belong to the runner itself.
[[nodiscard]] std::span<const ParameterSpec> dataset_parameters();
[[nodiscard]] std::span<const ParameterSpec> evaluation_parameters();
[[nodiscard]] std::span<const ParameterSpec> timing_parameters();
[[nodiscard]] std::span<const ParameterSpec> statistics_parameters();
[[nodiscard]] std::span<const ParameterSpec> execution_parameters();

}  // namespace kgaudit::run
