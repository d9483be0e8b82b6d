#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "suite/base/files/byte_source.hpp"

namespace kgaudit {

/// A regular file whose bytes are read where they lie: nothing is copied, and pages come from disk
/// when they are looked at. Folders, pipes, sockets and devices are refused without waiting for
/// them. The file must not be shortened while it is mapped.
class MappedFile {
 public:
  /// Throws InputError (unreadable) with `expected` telling what should be there.
  explicit MappedFile(std::filesystem::path file,
                      std::string_view expected = "a regular file that can be read");

  [[nodiscard]] std::string_view bytes() const { return {data_.get(), size_}; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Its name, size and SHA-256. Reads all of it.
  [[nodiscard]] SourceFile identity() const;

 private:
  struct Unmap {
    std::size_t size;
    void operator()(const char* data) const;
  };
  std::filesystem::path path_;
  std::size_t size_ = 0;
  std::unique_ptr<const char, Unmap> data_{nullptr, Unmap{0}};
};

}  // namespace kgaudit
