#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "suite/base/hash.hpp"

namespace kgaudit {

/// Bytes that come one after another: a file, or an entry of an archive in memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to buffer.size() bytes; 0 only at the end. Throws InputError (unreadable) if reading fails.
  virtual std::size_t read(std::span<char> buffer) = 0;
};

/// A file. `expected` tells in messages what should be there.
class FileSource final : public ByteSource {
 public:
  /// Throws InputError (unreadable) if the file is missing, not readable or no regular file.
  explicit FileSource(std::filesystem::path file,
                      std::string_view expected = "a file that can be read");
  std::size_t read(std::span<char> buffer) override;

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::filesystem::path file_;
  std::string expected_;
  std::unique_ptr<std::FILE, Close> handle_;
};

/// The identity of one source file, as it was read.
struct SourceFile {
  std::string name;  ///< without its folder
  std::uint64_t bytes = 0;
  std::string sha256;  ///< hex
};

/// A file whose bytes are hashed as they pass through, so that the digest is that of the bytes
/// used.
class HashedFileSource final : public ByteSource {
 public:
  explicit HashedFileSource(std::filesystem::path file) : file_(std::move(file)) {}
  std::size_t read(std::span<char> buffer) override;

  /// Of the bytes read so far. To be asked once, when read() has returned 0.
  [[nodiscard]] SourceFile identity();

 private:
  FileSource file_;
  Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

/// Bytes in memory, which must outlive this.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
  std::size_t read(std::span<char> buffer) override;

 private:
  std::string_view rest_;
};

/// A whole file. Throws InputError (unreadable), with `expected` telling what should be there, when
/// it is missing, not readable, no regular file, or longer than `limit` bytes.
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& file, std::uint64_t limit,
                                          std::string_view expected = "a file that can be read");

}  // namespace kgaudit
