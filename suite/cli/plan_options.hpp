#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "suite/cli/command_line.hpp"
#include "suite/plan/plan_resolution.hpp"

namespace kgaudit::cli {

/// The command-line options that make a plan: --plan, --preset, --set and a short form for each of
/// the keys that are typed most. One table (plan_options.cpp) declares the short forms; their help
/// comes from the parameter they set.
class PlanOptions {
 public:
  /// Declares the options on `line`; they are filled when it is parsed. Short forms in `without`
  /// are left out: those of what the command does not do. `default_metrics` says in the help what
  /// is measured if nothing is asked for.
  explicit PlanOptions(
      CommandLine line, std::initializer_list<std::string_view> without = {},
      std::string_view default_metrics = "all but rank_parity and the row measures");

  /// Whether a graph was named: by a short form, by --set or in a plan file.
  [[nodiscard]] bool names_graph() const;
  /// The plan file that was named; "" if none was.
  [[nodiscard]] const std::string& file() const { return file_; }
  /// The plan as asked for, `last` with the last word. Reads the plan file, if one was named.
  /// `metrics` are those of a plan that lists none; empty = those that are measured by default.
  [[nodiscard]] run::Plan resolve(std::span<const run::Assignment> last = {},
                                  std::vector<std::string> metrics = {}) const;
  /// The plan on top of `base`, in place of a plan file where none was named. Its data give way to
  /// a graph that the options name, its whitelist stays.
  [[nodiscard]] run::Plan resolve_over(run::Plan base,
                                       std::span<const run::Assignment> last = {}) const;

 private:
  struct ShortForm {
    std::string option;
    std::string key;
    std::string value;  ///< as typed; empty = not typed
  };
  /// Throws InputError (usage) for a key that --set and its short form give different values.
  void refuse_key_twice() const;
  [[nodiscard]] run::PlanSources sources(std::span<const run::Assignment> last) const;
  [[nodiscard]] bool names_other_graph(const run::Plan& base) const;

  std::string file_;
  std::vector<ShortForm> short_forms_;
  std::vector<std::string> settings_;
};

/// --mirror, for every command that loads the dataset of a plan.
void add_mirror_option(CommandLine line, std::string& mirror);

}  // namespace kgaudit::cli
