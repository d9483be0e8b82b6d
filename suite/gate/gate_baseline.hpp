#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/regular_file.hpp"
#include "suite/gate/gate_state.hpp"

namespace kgaudit::run {

/// One explicit change of a baseline.
struct BaselineChange {
  std::string when;    ///< as `time_now` writes it
  std::string reason;  ///< in the user's words
  std::string plan_hash;
  std::string program;  ///< version and commit that wrote it

  bool operator==(const BaselineChange&) const = default;
};

/// A baseline: what a record said when somebody decided that it is good enough. Made to be
/// committed: one JSON file, sorted keys, two blanks of indentation, the same bytes for the same
/// content.
struct GateBaseline {
  GateState state;
  std::vector<BaselineChange> history;  ///< oldest first

  bool operator==(const GateBaseline&) const = default;
};

inline constexpr int kBaselineSchema = 1;

[[nodiscard]] std::string baseline_text(const GateBaseline& baseline);

/// Throws InputError: unreadable for broken JSON, a key given twice, unknown or missing keys,
/// ill-typed values, more than 16 MiB, and figures that do not fit the file's own checksum (edited
/// by hand); not comparable for another schema.
[[nodiscard]] GateBaseline parse_baseline(std::string_view text, const std::string& place);
[[nodiscard]] GateBaseline read_baseline(const std::filesystem::path& file);

/// Held from the reading of a baseline to the writing of it, so that of two changes at a time the
/// later one knows the earlier one. The file itself is locked: nothing else is left in its folder.
class BaselineLock {
 public:
  static constexpr std::chrono::milliseconds kPatience{5000};

  /// Waits for another process that holds it. Throws InputError (usage) when the patience is at an
  /// end, and when the file cannot be opened for writing or locked.
  explicit BaselineLock(const std::filesystem::path& file,
                        std::chrono::milliseconds patience = kPatience);

 private:
  Descriptor descriptor_;
};

}  // namespace kgaudit::run
