#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kgaudit::models {

/// Where each entity stands among the candidates of a chunk; an entity may stand at several places.
/// A small hash table, because each query of a chunk looks up all its known answers.
class CandidateColumns {
 public:
  /// Forgets what was there; ids[c] is the entity at place c.
  void assign(std::span<const std::uint32_t> ids) {
    const std::size_t slots = std::bit_ceil(kSpare * ids.size() + 1);
    slots_.assign(slots, {kNone, 0});
    shift_ = kWordBits - std::countr_zero(slots);
    for (std::size_t c = 0; c < ids.size(); ++c) {
      std::size_t at = slot_of(ids[c]);
      while (slots_[at].place != kNone) at = next(at);
      slots_[at] = {static_cast<std::uint32_t>(c), ids[c]};
    }
  }

  /// Calls found(place) for every place of the entity.
  template <typename F>
  void find(std::uint32_t entity, const F& found) const {
    for (std::size_t at = slot_of(entity); slots_[at].place != kNone; at = next(at)) {
      if (slots_[at].entity == entity) found(slots_[at].place);
    }
  }

 private:
  struct Slot {
    std::uint32_t place;
    std::uint32_t entity;
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::size_t kSpare = 4;  ///< slots for each candidate: most searches end at once
  static constexpr int kWordBits = 64;

  [[nodiscard]] std::size_t slot_of(std::uint32_t entity) const {
    // Fibonacci hashing: neighbouring ids are spread over the table.
    constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;
    return shift_ == kWordBits ? 0 : (entity * kFactor) >> shift_;
  }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  std::vector<Slot> slots_ = {{kNone, 0}};
  int shift_ = kWordBits;
};

}  // namespace kgaudit::models
