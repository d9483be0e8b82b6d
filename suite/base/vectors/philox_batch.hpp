#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace kgaudit::detail {

/// Blocks of Philox4x32-10 that are made at once, and their words.
inline constexpr std::size_t kPhiloxBlocks = 16;
inline constexpr std::size_t kPhiloxWords = 4 * kPhiloxBlocks;

/// What Random123's Philox4x32 gives for the counters (counter, index), (counter + 1, index) ...,
/// each word w made a number below the bound by w * bound / 2^32. False if one of the words would
/// be rejected (its w * bound mod 2^32 is below `threshold`): `out` is of no use then.
[[nodiscard]] bool philox_below(const std::array<std::uint32_t, 2>& key, std::uint64_t index,
                                std::uint64_t counter, std::uint32_t bound, std::uint32_t threshold,
                                std::span<std::uint32_t, kPhiloxWords> out);

}  // namespace kgaudit::detail
