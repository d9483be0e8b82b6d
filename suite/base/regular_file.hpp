#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace kgaudit {

/// A file descriptor that is closed when the object is gone.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;

  [[nodiscard]] int number() const { return number_; }
  /// Gives the number away: it is no longer closed here.
  [[nodiscard]] int release();

 private:
  int number_;
};

/// A regular file that is open for reading.
struct RegularFile {
  Descriptor descriptor;
  std::uint64_t bytes;
};

/// Opens a regular file. Throws InputError (unreadable) with `expected` telling what should be
/// there if it is missing, cannot be read, or is a folder, pipe, socket or device; these are
/// refused without waiting for them, for what they give may never end.
[[nodiscard]] RegularFile open_regular_file(const std::filesystem::path& file,
                                            std::string_view expected);

}  // namespace kgaudit
