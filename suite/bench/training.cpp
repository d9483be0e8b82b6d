// Seconds per epoch of the PyTorch-BigGraph-like workload: FB15k-237, d = 200, batches of 1000, 50
// in-batch and 50 uniform negatives a side, dot, row-AdaGrad.

#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>

#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "suite/bench/peak.hpp"
#include "suite/bench/workload.hpp"

namespace kgaudit::bench {
namespace {

Parameters workload(std::string_view score) {
  Parameters training(models::training_parameters());
  training.set("score", score, "benchmark");
  training.set("dimension", std::int64_t{200}, "benchmark");
  return training;
}

// Scores and their two gradients are three matrix products of chunk x candidates x dimension a
// side.
double product_flops_per_epoch(const Parameters& training, std::size_t triples) {
  const auto candidates =
      static_cast<double>(training.count("chunk_size") + training.count("uniform_negatives"));
  return 3.0 * 2.0 * 2.0 * static_cast<double>(triples) * candidates *
         static_cast<double>(training.count("dimension"));
}

void epoch(benchmark::State& state, std::string_view score) {
  const datasets::Dataset& data = fb15k237_like();
  const auto threads = static_cast<std::size_t>(state.range(0));
  ThreadPool pool(threads);
  const Parameters training = workload(score);
  models::Trainer trainer(data, models::find_system("basic"), training, Parameters(), 0, pool);
  // The check before the clock: another number of threads must give the same bits.
  {
    ThreadPool other(threads == 1 ? 2 : 1);
    models::Trainer reference(data, models::find_system("basic"), training, Parameters(), 0, other);
    reference.run_epoch();
    trainer.run_epoch();
    KGA_REQUIRE(reference.digest() == trainer.digest(), "{} threads give other bits", threads);
  }
  std::vector<double> seconds;
  for (auto _ : state) seconds.push_back(trainer.run_epoch().seconds);
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  const double peak = peak_flops(pool);
  const double flops = product_flops_per_epoch(training, data.graph.train().size());
  state.SetLabel(data.title);
  state.counters["peak_GFLOPs"] = peak / 1e9;
  state.counters["median_s"] = median;
  state.counters["GFLOPs"] = flops / median / 1e9;
  state.counters["share_of_peak"] = flops / median / peak;
}

BENCHMARK_CAPTURE(epoch, transe_dot, "transe-dot")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(5);
BENCHMARK_CAPTURE(epoch, transe_l2, "transe-l2")
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);
BENCHMARK_CAPTURE(epoch, transe_l1, "transe-l1")
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);

}  // namespace
}  // namespace kgaudit::bench

BENCHMARK_MAIN();
