#include "suite/base/error.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "suite/base/text.hpp"
#include "suite/base/visible.hpp"

namespace kgaudit {
namespace {

/// A name of a file may hold the end of a line, behind which it could say anything.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += "\\x0a";
    } else {
      line += c;
    }
  }
  return line;
}

std::string compose(const Complaint& c) {
  std::string text = c.place.empty() ? c.got : fmt::format("{}: {}", on_one_line(c.place), c.got);
  if (!c.expected.empty()) text += fmt::format("\n  expected: {}", c.expected);
  if (!c.advice.empty()) {
    text += fmt::format("\n  {}{}", c.advice.back() == '?' ? "" : "try: ", c.advice);
  }
  // Names of files and words of others stand in all four parts.
  return visible(text);
}

}  // namespace

InputError::InputError(ExitCode code, Complaint complaint)
    : std::runtime_error(compose(complaint)), code_(code), complaint_(std::move(complaint)) {}

InputError InputError::unreadable(std::string place, std::string got, std::string expected,
                                  std::string advice) {
  return {ExitCode::kUnreadable,
          {std::move(place), std::move(got), std::move(expected), std::move(advice)}};
}

InputError InputError::usage(std::string place, std::string got, std::string expected,
                             std::string advice) {
  return {ExitCode::kUsage,
          {std::move(place), std::move(got), std::move(expected), std::move(advice)}};
}

InputError InputError::unsafe(std::string place, std::string got, std::string expected,
                              std::string advice) {
  return {ExitCode::kUnsafe,
          {std::move(place), std::move(got), std::move(expected), std::move(advice)}};
}

InputError InputError::unknown_word(std::string place, std::string_view kind, std::string_view got,
                                    const Words& known) {
  return other_word(std::move(place),
                    kind.empty() ? fmt::format("'{}' is not known", printable(got))
                                 : fmt::format("unknown {} '{}'", kind, printable(got)),
                    got, known);
}

InputError InputError::other_word(std::string place, std::string complaint, std::string_view word,
                                  const Words& known) {
  return usage(std::move(place), std::move(complaint),
               fmt::format("one of: {}", fmt::join(known, ", ")), nearest_question(word, known));
}

std::string InputError::nearest_question(std::string_view word, const Words& known) {
  std::optional<std::string> near = nearest_word(word, known);
  // Of "neutral+attr" and the rows "neutral" and "neutral+attr:rows", the part is what is meant.
  const std::string part = std::string(word) + ":";
  for (const std::string_view one : known) {
    if (!word.empty() && one.starts_with(part)) {
      near = std::string(one);
      break;
    }
  }
  return near ? fmt::format("did you mean '{}'?", printable(*near, 200)) : "";
}

void detail::fail_invariant(const char* expression, const char* file, int line,
                            const std::string& values) {
  throw BrokenInvariant(fmt::format("{}:{}: {} does not hold: {}", file, line, expression, values));
}

std::string printable(std::string_view bytes, std::size_t limit) {
  std::string out;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    if (shown >= limit) return out + "...";
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(bytes.substr(i)), 1);
    const std::string_view character = bytes.substr(i, length);
    // `visible` keeps the two that shape a text of several lines.
    const std::string text = character == "\n"   ? "\\x0a"
                             : character == "\t" ? "\\x09"
                                                 : visible(character);
    // One that stays is one character, one that is written out is as many as its ASCII text has.
    shown += text == character ? 1 : text.size();
    out += text;
    i += length;
  }
  return out;
}

}  // namespace kgaudit
