#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "suite/base/exit_code.hpp"

namespace kgaudit {

/// The four things a message about bad input must say. `place` is "file:line", an option or a
/// plan key; `advice` may be empty when `expected` already says what to do. An advice that is a
/// question ("did you mean 'kl'?") is shown as it stands, any other after "try:".
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

  /// A word that is none of the known ones (exit code 2): "unknown preset 'fb31'", "one of: ..."
  /// and "did you mean 'fb13'?" where one is near. `kind` is what the word should name; without it
  /// the message says "'fb31' is not known". `known` is a range of texts.
  template <typename Range>
  static InputError unknown(std::string place, std::string_view kind, std::string_view got,
                            const Range& known) {
    return unknown_word(std::move(place), kind, got, Words(known.begin(), known.end()));
  }
  /// The same in the words of the caller: `complaint` says what is wrong with `word`.
  template <typename Range>
  static InputError none_of(std::string place, std::string complaint, std::string_view word,
                            const Range& known) {
    return other_word(std::move(place), std::move(complaint), word,
                      Words(known.begin(), known.end()));
  }
  /// "did you mean 'fb13'?" for the known word nearest to `word`, else "". For complaints whose
  /// other parts differ.
  template <typename Range>
  static std::string guess(std::string_view word, const Range& known) {
    return nearest_question(word, Words(known.begin(), known.end()));
  }

  [[nodiscard]] ExitCode code() const { return code_; }
  [[nodiscard]] const Complaint& complaint() const { return complaint_; }

 private:
  using Words = std::vector<std::string_view>;
  static InputError unknown_word(std::string place, std::string_view kind, std::string_view got,
                                 const Words& known);
  static InputError other_word(std::string place, std::string complaint, std::string_view word,
                               const Words& known);
  static std::string nearest_question(std::string_view word, const Words& known);

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

/// A byte string made safe to print in a line: what `visible` writes out, line ends and tabs too,
/// and what is over `limit` characters of the result is cut with an ellipsis.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t limit = 80);

}  // namespace kgaudit
