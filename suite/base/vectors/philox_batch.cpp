#include "suite/base/vectors/philox_batch.hpp"

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "suite/base/vectors/philox_batch.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kgaudit::detail {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
/// A lane holds 32 bits, so that a product of two has room.
using Wide = hn::ScalableTag<std::uint64_t>;
using V = hn::Vec<Wide>;

// Salmon et al. 2011, table 2.
constexpr std::uint32_t kMultiplier0 = 0xD2511F53U;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57U;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;
constexpr int kRounds = 10;

V times(V a, std::uint32_t b) {
  const hn::Repartition<std::uint32_t, Wide> narrow;
  return hn::MulEven(hn::BitCast(narrow, a), hn::Set(narrow, b));
}
V low_half(V a) { return hn::And(a, hn::Set(Wide(), 0xFFFFFFFFU)); }
V high_half(V a) { return hn::ShiftRight<32>(a); }

}  // namespace

bool words_below(const std::array<std::uint32_t, 2>& key, std::uint64_t index,
                 std::uint64_t counter, std::uint32_t bound, std::uint32_t threshold,
                 std::span<std::uint32_t, kPhiloxWords> out) {
  const Wide wide;
  const hn::Rebind<std::uint32_t, Wide> words;
  static_assert(kPhiloxBlocks % HWY_LANES(std::uint64_t) == 0);
  V smallest = hn::Set(wide, 0xFFFFFFFFU);
  for (std::size_t b = 0; b < kPhiloxBlocks; b += hn::Lanes(wide)) {
    const V counters = hn::Add(hn::Set(wide, counter + b), hn::Iota(wide, 0));
    V c0 = low_half(counters);
    V c1 = high_half(counters);
    V c2 = hn::Set(wide, index & 0xFFFFFFFFU);
    V c3 = hn::Set(wide, index >> 32U);
    std::uint32_t k0 = key[0];
    std::uint32_t k1 = key[1];
    for (int round = 0; round < kRounds; ++round) {
      const V p0 = times(c0, kMultiplier0);
      const V p1 = times(c2, kMultiplier1);
      c0 = hn::Xor(hn::Xor(high_half(p1), c1), hn::Set(wide, k0));
      c1 = low_half(p1);
      c2 = hn::Xor(hn::Xor(high_half(p0), c3), hn::Set(wide, k1));
      c3 = low_half(p0);
      k0 += kWeyl0;
      k1 += kWeyl1;
    }
    const V d0 = times(c0, bound);
    const V d1 = times(c1, bound);
    const V d2 = times(c2, bound);
    const V d3 = times(c3, bound);
    smallest = hn::Min(smallest, hn::Min(hn::Min(low_half(d0), low_half(d1)),
                                         hn::Min(low_half(d2), low_half(d3))));
    hn::StoreInterleaved4(hn::TruncateTo(words, high_half(d0)),
                          hn::TruncateTo(words, high_half(d1)),
                          hn::TruncateTo(words, high_half(d2)),
                          hn::TruncateTo(words, high_half(d3)), words, out.data() + 4 * b);
  }
  return hn::AllFalse(wide, hn::Lt(smallest, hn::Set(wide, threshold)));
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit::detail {

HWY_EXPORT(words_below);

bool philox_below(const std::array<std::uint32_t, 2>& key, std::uint64_t index,
                  std::uint64_t counter, std::uint32_t bound, std::uint32_t threshold,
                  std::span<std::uint32_t, kPhiloxWords> out) {
  return HWY_DYNAMIC_DISPATCH(words_below)(key, index, counter, bound, threshold, out);
}

}  // namespace kgaudit::detail

#endif  // HWY_ONCE
