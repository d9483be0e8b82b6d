#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "datasets/dataset.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"

namespace kgaudit::datasets {

/// Bytes that come one after another: a file, or an entry of an archive in memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to buffer.size() bytes; 0 only at the end. Throws InputError (unreadable) if reading fails.
  virtual std::size_t read(std::span<char> buffer) = 0;
};

/// A file; hashes what passes through, so that the identity recorded is that of the bytes used.
class FileSource : public ByteSource {
 public:
  /// Throws InputError (unreadable) if the file is missing, a directory or not readable.
  explicit FileSource(const std::filesystem::path& file);
  std::size_t read(std::span<char> buffer) override;
  /// Valid once read() has returned 0.
  [[nodiscard]] SourceFile identity();

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::filesystem::path file_;
  std::unique_ptr<std::FILE, Close> handle_;
  Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
  std::size_t read(std::span<char> buffer) override;

 private:
  std::string_view rest_;
};

/// A whole file. Throws InputError (unreadable) when it is missing, a directory, or longer than
/// `limit` bytes.
[[nodiscard]] std::string bytes_of_file(const std::filesystem::path& file, std::uint64_t limit);

/// The default longest line: far over any name, far under what a file without line ends would take.
inline constexpr std::size_t kLineBytes = std::size_t{1} << 20U;

/// Reads checked lines of text: LF or CRLF line ends, a byte order mark skipped, the last line may
/// lack its end. Every complaint carries "place:line". A NUL byte, broken UTF-8 or a line over the
/// limit is an InputError (unreadable). (The LineReader of Fast C++ CSV Parser hides NUL bytes and
/// reads in a thread of its own, through which errors cannot travel.)
class LineReader {
 public:
  LineReader(ByteSource& source, std::string place, std::size_t line_bytes = kLineBytes);

  /// Moves to the next line; false at the end.
  bool next();
  /// Without its line end; valid until next().
  [[nodiscard]] std::string_view line() const { return line_; }
  /// From 1; 0 before the first next().
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
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
  std::uint64_t bytes_read_ = 0;
};

/// Writes `bytes` under a temporary name beside `file`, then renames: a reader sees the old file or
/// the whole new one, never a part. Throws InputError (unreadable) when the disk refuses.
void write_atomically(const std::filesystem::path& file, std::string_view bytes);

}  // namespace kgaudit::datasets
