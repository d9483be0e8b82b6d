#pragma once

#include <string>
#include <vector>

#include "suite/audit/persons_of_rows.hpp"
#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// The options that say who is behind the rows of another tool's embedding.
class PersonOptions {
 public:
  /// Declares them on `line`; they are filled when it is parsed.
  explicit PersonOptions(CommandLine line);

  /// Whether a file about people was named.
  [[nodiscard]] bool names_people() const { return !people_.empty(); }
  [[nodiscard]] bool names_least_match() const { return !least_match_.empty(); }
  /// `with_dataset` tells whether a graph was named, too. Throws InputError (usage) for a share
  /// that is none, and at `command` where neither a graph nor a file says who the persons are.
  [[nodiscard]] run::PersonSources sources(bool with_dataset, const char* command) const;

 private:
  std::string people_;
  std::string name_column_;
  std::string bins_;
  std::vector<std::string> intersections_;
  bool strict_ = false;
  std::string least_match_;
};

}  // namespace kgaudit::cli
