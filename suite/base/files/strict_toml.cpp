#include "suite/base/files/strict_toml.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

constexpr std::size_t kDeepestToml = 64;

/// Walks over the words of a document without building anything from them. A tree of toml++ is
/// taken down by recursion, so that a name of 100,000 parts ("a.a.a...") ends the process; the
/// depth must be known before there is a tree.
class DepthGuard {
 public:
  DepthGuard(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  void check() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        skip_to(text_.find('\n', at_));
      } else if (c == '"' || c == '\'') {
        skip_string(c);
        after_part();
      } else if (is_bare(c)) {
        while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
        after_part();
      } else {
        if (c == '[' || c == '{') ++open_;
        if ((c == ']' || c == '}') && open_ > 0) --open_;
        if (open_ > kDeepestToml) refuse(fmt::format("nested deeper than {}", kDeepestToml));
        parts_ = 0;
        ++at_;
      }
    }
  }

 private:
  static bool is_bare(char c) {
    return is_ascii_letter_or_digit(c) || c == '_' || c == '-' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  void skip_to(std::size_t place) { at_ = std::min(place, text_.size()); }

  void skip_string(char quote) {
    const bool many_lines = text_.substr(at_).starts_with(std::string(3, quote));
    at_ += many_lines ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      if (quote == '"' && text_[at_] == '\\') {
        ++at_;
      } else if (!many_lines && (text_[at_] == quote || text_[at_] == '\n')) {
        ++at_;
        return;
      } else if (many_lines && text_.substr(at_).starts_with(std::string(3, quote))) {
        // Up to two quotes before the closing three belong to the text.
        at_ += 3;
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
        return;
      }
    }
  }

  /// A part of a dotted name has ended: the name goes on if a dot follows.
  void after_part() {
    ++parts_;
    if (parts_ > kDeepestToml) refuse(fmt::format("a name of more than {} parts", kDeepestToml));
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      skip_blanks();
    } else {
      parts_ = 0;
    }
  }
  void skip_blanks() { skip_to(text_.find_first_not_of(" \t", at_)); }

  [[noreturn]] void refuse(std::string got) const {
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size()));
    throw InputError::usage(fmt::format("{}:{}", file_, std::count(text_.begin(), end, '\n') + 1),
                            std::move(got), "a TOML document of modest depth");
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;
  std::size_t parts_ = 0;
};

}  // namespace

toml::table parse_strict_toml(std::string_view text, std::string_view file) {
  if (text.size() > kLargestToml) {
    throw InputError::usage(std::string(file), bytes_text(text.size()),
                            fmt::format("at most {}", bytes_text(kLargestToml)));
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(nul);
    throw InputError::usage(fmt::format("{}:{}", file, std::count(text.begin(), end, '\n') + 1),
                            "a NUL byte", "TOML text");
  }
  DepthGuard(text, file).check();
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw InputError::usage(
        fmt::format("{}:{}:{}", file, std::max<std::uint32_t>(at.line, 1), at.column),
        printable(error.description(), 200), "TOML (https://toml.io)");
  }
}

}  // namespace kgaudit
