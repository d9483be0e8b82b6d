#include "suite/bench/peak.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

// Compiled once for each set of instructions; the best that the processor has runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "suite/bench/peak.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kgaudit::bench {
namespace HWY_NAMESPACE {

/// Multiply-adds in `turns` turns of twelve chains, which hide the latency of an instruction and
/// fit sixteen registers. `sink` gets what they come to, so that no compiler leaves them out.
double chains(std::size_t turns, float* sink) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<float> tag;
  using V = hn::Vec<hn::ScalableTag<float>>;
  const V x = hn::Set(tag, 0.999F);
  const V y = hn::Set(tag, 0.001F);
  // Chains that begin alike would be computed once for all of them.
  V c0 = hn::Iota(tag, 0.0F), c1 = hn::Iota(tag, 1.0F), c2 = hn::Iota(tag, 2.0F);
  V c3 = hn::Iota(tag, 3.0F), c4 = hn::Iota(tag, 4.0F), c5 = hn::Iota(tag, 5.0F);
  V c6 = hn::Iota(tag, 6.0F), c7 = hn::Iota(tag, 7.0F), c8 = hn::Iota(tag, 8.0F);
  V c9 = hn::Iota(tag, 9.0F), c10 = hn::Iota(tag, 10.0F), c11 = hn::Iota(tag, 11.0F);
  for (std::size_t turn = 0; turn < turns; ++turn) {
    c0 = hn::MulAdd(c0, x, y);
    c1 = hn::MulAdd(c1, x, y);
    c2 = hn::MulAdd(c2, x, y);
    c3 = hn::MulAdd(c3, x, y);
    c4 = hn::MulAdd(c4, x, y);
    c5 = hn::MulAdd(c5, x, y);
    c6 = hn::MulAdd(c6, x, y);
    c7 = hn::MulAdd(c7, x, y);
    c8 = hn::MulAdd(c8, x, y);
    c9 = hn::MulAdd(c9, x, y);
    c10 = hn::MulAdd(c10, x, y);
    c11 = hn::MulAdd(c11, x, y);
  }
  const V sum = hn::Add(hn::Add(hn::Add(c0, c1), hn::Add(c2, c3)),
                        hn::Add(hn::Add(hn::Add(c4, c5), hn::Add(c6, c7)),
                                hn::Add(hn::Add(c8, c9), hn::Add(c10, c11))));
  *sink = hn::GetLane(sum);
  return 12.0 * static_cast<double>(turns) * static_cast<double>(hn::Lanes(tag));
}

}  // namespace HWY_NAMESPACE
}  // namespace kgaudit::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace kgaudit::bench {

HWY_EXPORT(chains);

double peak_flops(ThreadPool& pool) {
  constexpr std::size_t kTurns = 20'000'000;
  std::vector<float> sinks(pool.threads());
  std::vector<double> multiply_adds(pool.threads());
  double best = 0.0;
  for (int repetition = 0; repetition < 5; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    pool.run(pool.threads(), [&](std::size_t i, std::size_t) {
      multiply_adds[i] = HWY_DYNAMIC_DISPATCH(chains)(kTurns, &sinks[i]);
    });
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    double all = 0.0;
    for (const double one : multiply_adds) all += one;
    best = std::max(best, 2.0 * all / seconds);
  }
  return best;
}

}  // namespace kgaudit::bench

#endif  // HWY_ONCE
