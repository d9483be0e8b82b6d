#pragma once

namespace kgaudit {

/// What a finished process tells its caller. Stable: scripts depend on the numbers.
enum class ExitCode : int {
  kPass = 0,             ///< all was measured, and no gate failed
  kRegression = 1,       ///< quality fell or bias rose; a gate failed; a record does not verify
  kUsage = 2,            ///< the command line, plan or card makes no sense
  kInconclusive = 3,     ///< too few samples to decide
  kNotComparable = 4,    ///< data, machine or metric versions differ
  kUnreadable = 5,       ///< an input file is missing, truncated or malformed
  kUnsafe = 6,           ///< an input asks for something it must not (path escape, code)
  kNothingMeasured = 7,  ///< every measurement came out Undefined
  kBug = 70,             ///< our mistake, never the user's
};

}  // namespace kgaudit
