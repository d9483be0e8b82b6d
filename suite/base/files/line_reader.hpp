#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit {

/// The default longest line: far over any name, far under what a file without line ends would take.
inline constexpr std::size_t kLineBytes = std::size_t{1} << 20U;

/// Reads checked lines of text: LF or CRLF line ends, a byte order mark skipped, the last line may
/// lack its end. Every complaint carries "place:line". A NUL byte, broken UTF-8, a line over the
/// limit or a compressed file is an InputError (unreadable). (The LineReader of Fast C++ CSV Parser
/// hides NUL bytes and reads in a thread of its own, through which errors cannot travel.)
class LineReader {
 public:
  LineReader(ByteSource& source, std::string place, std::size_t line_bytes = kLineBytes);

  /// Moves to the next line; false at the end.
  bool next();
  /// Without its line end; valid until next().
  [[nodiscard]] std::string_view line() const { return line_; }
  /// From 1; 0 before the first next().
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// "place:line" of the current line.
  [[nodiscard]] std::string where() const;
  [[nodiscard]] InputError error(std::string got, std::string expected,
                                 std::string advice = "") const;

 private:
  bool fill();
  void check_line() const;

  ByteSource& source_;
  std::string place_;
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of the unread part of buffer_
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::string_view line_;
  std::uint64_t number_ = 0;
};

}  // namespace kgaudit
