// Full filtered ranking of FB15k-237's test set, both sides, against all entities, d = 200.

#include <benchmark/benchmark.h>

#include "metrics/ranking.hpp"
#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "suite/bench/peak.hpp"
#include "suite/bench/workload.hpp"

namespace kgaudit::bench {
namespace {

// One rank by the definition: every candidate scored alone, known answers left out.
metrics::RankCounts slow_tail_rank(const models::LinkScorer& scorer, const datasets::Triple& t,
                                   const datasets::KnownTriples& known) {
  const float truth = scorer.score(t.head, t.relation, t.tail);
  metrics::RankCounts counts;
  for (std::size_t c = 0; c < scorer.entity_count(); ++c) {
    const EntityId candidate = EntityId::of(c);
    if (candidate != t.tail && known.contains({t.head, t.relation, candidate})) continue;
    const float score = scorer.score(t.head, t.relation, candidate);
    counts.better += score > truth ? 1 : 0;
    counts.equal += score == truth ? 1 : 0;
    ++counts.candidates;
  }
  return counts;
}

void rank(benchmark::State& state, std::string_view score) {
  const datasets::Dataset& data = fb15k237_like();
  ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  Parameters training(models::training_parameters());
  training.set("score", score, "benchmark");
  models::Trainer trainer(data, models::find_system("basic"), training, Parameters(), 0, pool);
  trainer.run_epoch();
  const std::vector<models::ModelView> views = trainer.publish();
  const models::LinkScorer& scorer = views.front().scorer;
  const auto& graph = data.graph;
  const datasets::KnownTriples known(graph.entity_count(), graph.relation_count(),
                                     {graph.train(), graph.valid(), graph.test()});
  Progress silent;
  const auto few = graph.test().first(3);
  const metrics::RankTable checked = metrics::rank_triples(scorer, few, known, pool, silent);
  for (std::size_t i = 0; i < few.size(); ++i) {
    const metrics::RankCounts slow = slow_tail_rank(scorer, few[i], known);
    const metrics::RankCounts& fast = checked.filtered_tail[i];
    KGA_REQUIRE(slow.better == fast.better && slow.equal == fast.equal &&
                    slow.candidates == fast.candidates,
                "rank of test triple {}: {} of {}, not {} of {}", i, fast.better, fast.candidates,
                slow.better, slow.candidates);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(metrics::rank_triples(scorer, graph.test(), known, pool, silent));
  }
  state.SetLabel(data.title);
  const double flops = 2.0 * 2.0 * static_cast<double>(graph.test().size()) *
                       static_cast<double>(graph.entity_count()) *
                       static_cast<double>(scorer.dimension());
  const double peak = peak_flops(pool);
  state.counters["peak_GFLOPs"] = peak / 1e9;
  state.counters["GFLOPs"] =
      benchmark::Counter(flops / 1e9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share_of_peak"] =
      benchmark::Counter(flops / peak, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_CAPTURE(rank, transe_dot, "transe-dot")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);
BENCHMARK_CAPTURE(rank, transe_l2, "transe-l2")
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);

}  // namespace
}  // namespace kgaudit::bench

BENCHMARK_MAIN();
