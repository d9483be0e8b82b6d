// The paired bootstrap that a comparison asks for: 10,000 replicates over FB15k-237's 20,466 test
// triples, head and tail of a triple together, for 6 systems at once.

#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/sign_flip.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::bench {
namespace {

using namespace metrics::stats;

constexpr std::size_t kTriples = 20466;
constexpr std::size_t kSystems = 6;

/// Reciprocal ranks of 1 to a few hundred, both sides of every triple.
std::vector<std::vector<double>> reciprocal_ranks() {
  std::vector<std::vector<double>> columns(kSystems);
  Rng rng(0, "reciprocal ranks");
  for (auto& column : columns) {
    for (std::size_t i = 0; i < 2 * kTriples; ++i) {
      column.push_back(1.0 / std::floor(1.0 + std::exp(6.0 * rng.uniform() - 0.5)));
    }
  }
  return columns;
}

ClusteredValues triples() {
  const auto columns = reciprocal_ranks();
  const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
  std::vector<std::uint32_t> triple(2 * kTriples);
  for (std::size_t i = 0; i < triple.size(); ++i) triple[i] = static_cast<std::uint32_t>(i / 2);
  return *ClusteredValues::gather(spans, triple);
}

void bootstrap(benchmark::State& state) {
  const ClusteredValues values = triples();
  ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  const Resampling resampling{1, 10'000};
  // The check before the clock: one replicate drawn triple by triple.
  const Bootstrap checked(values, "triples", {1, 100}, pool);
  Rng rng(1, "statistics/bootstrap", 57);
  std::vector<double> slow(kSystems, 0.0);
  for (std::size_t i = 0; i < kTriples; ++i) {
    const std::uint32_t drawn = rng.below(kTriples);
    for (std::size_t c = 0; c < kSystems; ++c) slow[c] += values.sums(c)[drawn];
  }
  for (std::size_t c = 0; c < kSystems; ++c) {
    const double expected = slow[c] / (2.0 * kTriples);
    KGA_REQUIRE(std::abs(checked.replicates(c)[57] - expected) < 1e-13, "{} is not {}",
                checked.replicates(c)[57], expected);
  }
  for (auto _ : state) {
    const Bootstrap all(values, "triples", resampling, pool);
    for (std::size_t a = 0; a < kSystems; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        benchmark::DoNotOptimize(all.difference(a, b, BootstrapInterval::kBca));
        benchmark::DoNotOptimize(all.difference_test(a, b, Alternative::kTwoSided));
      }
    }
  }
  state.counters["draws_per_s"] =
      benchmark::Counter(static_cast<double>(kTriples) * resampling.replicates,
                         benchmark::Counter::kIsIterationInvariantRate);
}

void sign_flips(benchmark::State& state) {
  const ClusteredValues values = triples();
  const auto d = differences(values.sums(0), values.sums(1));
  ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(sign_flip(d, Alternative::kTwoSided, {1, 10'000}, pool));
  }
}

BENCHMARK(bootstrap)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(sign_flips)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace kgaudit::bench

BENCHMARK_MAIN();
