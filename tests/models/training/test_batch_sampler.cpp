#include <set>
#include <vector>

#include "models/training/batch_sampler.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

TrainingOptions options() {
  return TrainingOptions(
      parameters_of(training_parameters(),
                    {{"batch_size", "7"}, {"chunk_size", "3"}, {"uniform_negatives", "5"}}));
}

std::vector<std::uint32_t> negatives(const BatchSampler& sampler) {
  std::vector<std::uint32_t> all;
  for (std::size_t c = 0; c < sampler.chunks(); ++c) {
    const auto drawn = sampler.negatives_of(c);
    CHECK(drawn.size() == 10);
    all.insert(all.end(), drawn.begin(), drawn.end());
  }
  return all;
}

}  // namespace

TEST_CASE("An epoch's batches hold every triple once, cut into chunks", "[models]") {
  const datasets::Dataset data = toy_people();
  const auto train = data.graph.train();
  ThreadPool pool(2);
  BatchSampler sampler(train, data.graph.entity_count(), options(), 1, pool);
  CHECK(sampler.triples() == train.size());
  CHECK(sampler.batches() == (train.size() + 6) / 7);
  std::vector<datasets::Triple> first_epoch;
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
    std::vector<datasets::Triple> seen;
    sampler.begin_epoch(epoch);
    for (std::size_t b = 0; b < sampler.batches(); ++b) {
      sampler.draw(b, b);
      std::size_t in_chunks = 0;
      for (std::size_t c = 0; c < sampler.chunks(); ++c) {
        CHECK(sampler.positives_of(c).size() <= 3);
        in_chunks += sampler.positives_of(c).size();
      }
      CHECK(in_chunks == sampler.positives().size());
      seen.insert(seen.end(), sampler.positives().begin(), sampler.positives().end());
      for (const std::uint32_t e : negatives(sampler)) CHECK(e < data.graph.entity_count());
    }
    CHECK(std::multiset<datasets::Triple>(seen.begin(), seen.end()) ==
          std::multiset<datasets::Triple>(train.begin(), train.end()));
    if (epoch == 0) first_epoch = seen;
    CHECK((seen == first_epoch) == (epoch == 0));
  }
}

TEST_CASE("Negatives are keyed by the step and by no other draw", "[models]") {
  const datasets::Dataset data = toy_people();
  ThreadPool pool(1);
  BatchSampler one(data.graph.train(), data.graph.entity_count(), options(), 1, pool);
  BatchSampler other(data.graph.train(), data.graph.entity_count(), options(), 1, pool);
  one.begin_epoch(0);
  one.draw(0, 0);
  const auto at_start = negatives(one);
  one.draw(1, 1);
  other.begin_epoch(0);
  other.draw(1, 1);
  CHECK(negatives(one) == negatives(other));
  CHECK(negatives(one) != at_start);
  BatchSampler reseeded(data.graph.train(), data.graph.entity_count(), options(), 2, pool);
  reseeded.begin_epoch(0);
  reseeded.draw(0, 0);
  CHECK(negatives(reseeded) != at_start);
}
