#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace kgaudit {

/// A file without a name, for what is larger than the memory: it is gone with this object and with
/// what map() gives out, whatever ends the process.
class ScratchFile {
 public:
  /// In this folder, or the nearest one above it that is there. Throws InputError (usage) when the
  /// disk refuses, here and below.
  explicit ScratchFile(std::filesystem::path folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void append(std::string_view bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// All that was appended, where it lies: pages come from the disk when they are looked at and
  /// need not stay in memory. To be called once, at the end.
  [[nodiscard]] std::shared_ptr<const std::string_view> map();

 private:
  void write_buffer();
  [[noreturn]] void refuse(int why) const;

  std::filesystem::path folder_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string buffer_;
};

}  // namespace kgaudit
