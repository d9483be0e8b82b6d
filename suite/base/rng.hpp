#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace kgaudit {

/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, through Random123).
///
/// A stream is keyed by (seed, name, index), so what one part of a run draws never depends on what
/// another part drew before: a system that needs more randomness changes nothing in its neighbour.
/// `index` tells apart the repetitions of one purpose (epoch, batch, chunk, person).
/// The first outputs are pinned by a test; changing them changes every published number.
class Rng {
 public:
  Rng(std::uint64_t seed, std::string_view stream, std::uint64_t index = 0);

  /// The same stream at another index, from its beginning. Cheap: no hashing.
  [[nodiscard]] Rng at(std::uint64_t index) const;

  std::uint32_t next_u32();
  std::uint64_t next_u64();
  /// Uniform in [0, 1) with 53 random bits.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high);
  /// Uniform in {0, ..., bound - 1} without bias (Lemire 2019); `bound` must not be 0.
  std::uint32_t below(std::uint32_t bound);
  /// out[i] = below(bound) for every i, the same numbers several times faster.
  void fill_below(std::span<std::uint32_t> out, std::uint32_t bound);
  /// Standard normal by Box-Muller; two uniforms a pair, the second half kept for the next call.
  double normal();

  /// Fisher-Yates, from the back.
  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      using std::swap;
      swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  void refill();

  std::array<std::uint32_t, 2> key_{};
  std::uint64_t index_ = 0;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
  bool has_spare_normal_ = false;
  double spare_normal_ = 0.0;
};

}  // namespace kgaudit
