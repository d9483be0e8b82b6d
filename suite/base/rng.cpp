#include "suite/base/rng.hpp"

#include <cmath>
#include <numbers>

#include <Random123/philox.h>

#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/vectors/philox_batch.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit {

Rng::Rng(std::uint64_t seed, std::string_view stream, std::uint64_t index) : index_(index) {
  // The seed's bytes and the name are hashed together: near seeds and near names give unrelated
  // keys.
  Sha256 hasher;
  hasher.add_bytes(&seed, sizeof seed);
  hasher.add(stream);
  const std::uint64_t key = hasher.finish().head64();
  key_ = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
}

Rng Rng::at(std::uint64_t index) const {
  Rng other = *this;
  other.index_ = index;
  other.counter_ = 0;
  other.used_ = 4;
  other.has_spare_normal_ = false;
  return other;
}

void Rng::refill() {
  const r123::Philox4x32 generator;
  const r123::Philox4x32::key_type key = {{key_[0], key_[1]}};
  const r123::Philox4x32::ctr_type counter = {
      {static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32U),
       static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32U)}};
  const r123::Philox4x32::ctr_type block = generator(counter, key);
  for (std::size_t i = 0; i < block_.size(); ++i) block_[i] = block[i];
  ++counter_;
  used_ = 0;
}

std::uint32_t Rng::next_u32() {
  if (used_ == 4) refill();
  return block_[used_++];
}

std::uint64_t Rng::next_u64() {
  const std::uint64_t low = next_u32();
  return low | (static_cast<std::uint64_t>(next_u32()) << 32U);
}

double Rng::uniform() { return static_cast<double>(next_u64() >> 11U) * 0x1.0p-53; }

double Rng::uniform(double low, double high) { return low + (high - low) * uniform(); }

std::uint32_t Rng::below(std::uint32_t bound) {
  KGA_REQUIRE(bound > 0, "bound = {}", bound);
  std::uint64_t product = static_cast<std::uint64_t>(next_u32()) * bound;
  auto low = static_cast<std::uint32_t>(product);
  if (low < bound) {
    const std::uint32_t threshold = (0U - bound) % bound;
    while (low < threshold) {
      product = static_cast<std::uint64_t>(next_u32()) * bound;
      low = static_cast<std::uint32_t>(product);
    }
  }
  return static_cast<std::uint32_t>(product >> 32U);
}

void Rng::fill_below(std::span<std::uint32_t> out, std::uint32_t bound) {
  KGA_REQUIRE(bound > 0, "bound = {}", bound);
  const std::uint32_t threshold = (0U - bound) % bound;
  std::size_t made = 0;
  const auto take = [&](std::uint32_t word) {
    const std::uint64_t product = static_cast<std::uint64_t>(word) * bound;
    out[made] = static_cast<std::uint32_t>(product >> 32U);
    // A rejected word is overwritten by the next one.
    made += static_cast<std::uint32_t>(product) >= threshold ? 1 : 0;
  };
  while (made < out.size()) {
    if (used_ == 4 && out.size() - made >= detail::kPhiloxWords) {
      const std::span<std::uint32_t, detail::kPhiloxWords> next(out.data() + made,
                                                                detail::kPhiloxWords);
      if (detail::philox_below(key_, index_, counter_, bound, threshold, next)) {
        counter_ += detail::kPhiloxBlocks;
        made += detail::kPhiloxWords;
        continue;
      }
      // One by one up to the word that is rejected, and past it.
      for (std::size_t block = 0; block < detail::kPhiloxBlocks; ++block) {
        refill();
        for (const std::uint32_t word : block_) take(word);
        used_ = 4;
      }
    } else if (used_ == 4 && out.size() - made >= 4) {
      refill();
      for (const std::uint32_t word : block_) take(word);
      used_ = 4;
    } else {
      take(next_u32());
    }
  }
}

double Rng::normal() {
  if (has_spare_normal_) {
    has_spare_normal_ = false;
    return spare_normal_;
  }
  // 1 - uniform() lies in (0, 1], so the logarithm is finite.
  const double radius = std::sqrt(-2.0 * portable::log(1.0 - uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_normal_ = radius * portable::sin(angle);
  has_spare_normal_ = true;
  return radius * portable::cos(angle);
}

}  // namespace kgaudit
