#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kgaudit {

/// How much memory reading somebody else's file may take. Whoever is about to allocate what a file
/// claims to need asks first, so that a header with a lie in it costs nothing.
class MemoryBudget {
 public:
  static constexpr std::uint64_t kDefault = std::uint64_t{8} << 30U;

  explicit MemoryBudget(std::uint64_t limit = kDefault) : limit_(limit) {}

  /// Takes `count` things of `size` bytes. Throws InputError (unreadable) at `place`, saying for
  /// `what` they were wanted, if that is more than is left or no number of bytes at all.
  void take(std::uint64_t count, std::uint64_t size, std::string_view place, std::string_view what);
  void take(std::uint64_t bytes, std::string_view place, std::string_view what) {
    take(bytes, 1, place, what);
  }
  /// Gives back what was taken and is no longer held.
  void give_back(std::uint64_t bytes) { taken_ = bytes < taken_ ? taken_ - bytes : 0; }

  [[nodiscard]] std::uint64_t limit() const { return limit_; }
  [[nodiscard]] std::uint64_t left() const { return limit_ - taken_; }

 private:
  std::uint64_t limit_;
  std::uint64_t taken_ = 0;
};

/// "2GiB", "500 MB", "1.5g", "1048576" as bytes; K, M, G and T count by 1024, KB, MB, GB and TB by
/// 1000. Throws InputError (usage) at `place`.
[[nodiscard]] std::uint64_t parse_memory_size(std::string_view text, std::string_view place);

}  // namespace kgaudit
