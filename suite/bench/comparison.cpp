// The comparison kernel: queries against candidates, by comparator.

#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>

#include "models/scoring/score_kernel.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/bench/workload.hpp"

namespace kgaudit::bench {
namespace {

using models::Comparator;

models::FloatTable random_table(std::size_t rows, std::size_t width, std::string_view stream) {
  models::FloatTable table(rows, width);
  Rng rng(0, stream);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& x : table.values(i)) x = static_cast<float>(rng.normal());
  }
  return table;
}

double reference(Comparator comparator, std::span<const float> q, std::span<const float> c) {
  double sum = 0.0;
  for (std::size_t k = 0; k < q.size(); ++k) {
    const double x = static_cast<double>(q[k]) - static_cast<double>(c[k]);
    switch (comparator) {
      case Comparator::kDot:
        sum += static_cast<double>(q[k]) * static_cast<double>(c[k]);
        break;
      case Comparator::kL1:
        sum -= std::abs(x);
        break;
      case Comparator::kL2:
        sum += x * x;
        break;
      case Comparator::kComplexL1: {
        const std::size_t half = q.size() / 2;
        if (k < half) {
          sum -= std::hypot(x, static_cast<double>(q[k + half]) - static_cast<double>(c[k + half]));
        }
        break;
      }
    }
  }
  return comparator == Comparator::kL2 ? -std::sqrt(sum) : sum;
}

void compare(benchmark::State& state, Comparator comparator) {
  const auto m = static_cast<std::size_t>(state.range(0));
  const auto n = static_cast<std::size_t>(state.range(1));
  constexpr std::size_t kDimension = 200;
  const models::FloatTable queries = random_table(m, kDimension, "queries");
  const models::FloatTable candidates = random_table(n, kDimension, "candidates");
  models::CandidatePanels panels;
  std::vector<float> scores(m * n);
  const auto run = [&] {
    panels.pack(candidates.block(0, n));
    models::compare_all(comparator, queries.block(0, m), panels, {scores.data(), m, n, n});
  };
  run();
  for (std::size_t i = 0; i < m; i += 7) {
    for (std::size_t c = 0; c < n; c += 5) {
      const double expected = reference(comparator, queries.values(i), candidates.values(c));
      KGA_REQUIRE(std::abs(static_cast<double>(scores[i * n + c]) - expected) <
                      1e-3 * (1.0 + std::abs(expected)),
                  "score {} is {}, not {}", i * n + c, scores[i * n + c], expected);
    }
  }
  for (auto _ : state) {
    run();
    benchmark::DoNotOptimize(scores.data());
    benchmark::ClobberMemory();
  }
  state.counters["pairs_x_dimensions"] = benchmark::Counter(
      static_cast<double>(m * n * kDimension), benchmark::Counter::kIsIterationInvariantRate);
}

void shapes(benchmark::internal::Benchmark* b) {
  b->Args({50, 100})->Args({250, 750})->Args({64, 4096});
}

BENCHMARK_CAPTURE(compare, dot, Comparator::kDot)->Apply(shapes);
BENCHMARK_CAPTURE(compare, l1, Comparator::kL1)->Apply(shapes);
BENCHMARK_CAPTURE(compare, l2, Comparator::kL2)->Apply(shapes);
BENCHMARK_CAPTURE(compare, complex_l1, Comparator::kComplexL1)->Apply(shapes);

}  // namespace
}  // namespace kgaudit::bench

BENCHMARK_MAIN();
