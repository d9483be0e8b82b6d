#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "suite/base/exit_code.hpp"

namespace kgaudit {

/// The four things a message about bad input must say. `place` is "file:line", an option or a
/// plan key; `advice` may be empty when `expected` already says what to do.
struct Complaint {
  std::string place;
  std::string got;
  std::string expected;
  std::string advice;
};

/// The user's input is wrong. Carries the exit code that the process ends with.
class InputError : public std::runtime_error {
 public:
  InputError(ExitCode code, Complaint complaint);

  /// A file is missing, truncated or malformed (exit code 5).
  static InputError unreadable(std::string place, std::string got, std::string expected,
                               std::string advice = "");
  /// A command line, plan or card makes no sense (exit code 2).
  static InputError usage(std::string place, std::string got, std::string expected,
                          std::string advice = "");
  /// An input reaches where it must not (exit code 6).
  static InputError unsafe(std::string place, std::string got, std::string expected,
                           std::string advice = "");

  [[nodiscard]] ExitCode code() const { return code_; }
  [[nodiscard]] const Complaint& complaint() const { return complaint_; }

 private:
  ExitCode code_;
  Complaint complaint_;
};

/// The user asked to stop (Ctrl-C, SIGTERM). Everything measured so far is on disk.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// Our bug: an invariant does not hold. Never thrown because of input.
class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace detail {
[[noreturn]] void fail_invariant(const char* expression, const char* file, int line,
                                 const std::string& values);
}

/// Checks an invariant of ours in every build type. The message is a fmt format string that names
/// the values involved.
#define KGA_REQUIRE(condition, ...)                                                                \
  do {                                                                                             \
    if (!(condition)) [[unlikely]]                                                                 \
      ::kgaudit::detail::fail_invariant(#condition, __FILE__, __LINE__, fmt::format(__VA_ARGS__)); \
  } while (false)

/// A byte string made safe to print: control bytes and broken UTF-8 become \xNN, and anything over
/// `limit` characters is cut with an ellipsis.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t limit = 80);

}  // namespace kgaudit
