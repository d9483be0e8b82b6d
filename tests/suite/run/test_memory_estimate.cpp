#include "suite/run/memory_estimate.hpp"

#include "suite/base/error.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

Plan memory_plan(const char* systems, const char* optimizer, const char* dimension = "20") {
  return resolve_plan({std::nullopt,
                       "plan",
                       {{"dataset.planted-people.entities", "1000", "test"},
                        {"systems", systems, "test"},
                        {"training.optimizer", optimizer, "test"},
                        {"training.dimension", dimension, "test"},
                        {"training.reciprocal", "true", "test"},
                        {"run.threads", "2", "test"}}});
}

TEST_CASE("What a run will hold is told from its rows, its optimiser and its systems",
          "[run][memory]") {
  Progress silent;
  const Plan plan = memory_plan("basic,kl", "adagrad");
  const datasets::Dataset data = load_dataset(plan, "", silent);
  const std::uint64_t rows = data.graph.entity_count() + 2 * data.graph.relation_count();
  // 20 numbers take two lines of 16.
  const std::uint64_t table = rows * 32 * sizeof(float);
  const MemoryEstimate two = memory_estimate(plan, data);
  CHECK(two.trainings == 2);
  CHECK(two.tables == 2 * table);
  CHECK(two.data > 0);
  CHECK(two.batch > 0);
  CHECK(two.rule == "adagrad");
  CHECK(two.scores == std::uint64_t{2} * (16U << 20U));
  CHECK(two.total() == two.data + two.tables + two.optimizer + two.batch + two.measured);
  CHECK(memory_estimate(memory_plan("basic", "adagrad"), data).tables == table);

  // Adagrad keeps a number for each of a row's, row-adagrad one a row, Adam two for each, SGD none.
  CHECK(two.optimizer >= 2 * rows * 20 * sizeof(float));
  CHECK(two.optimizer <= 2 * table);
  CHECK(memory_estimate(memory_plan("basic,kl", "row-adagrad"), data).optimizer ==
        2 * rows * sizeof(float));
  CHECK(memory_estimate(memory_plan("basic,kl", "adam"), data).optimizer >= 2 * two.optimizer);
  CHECK(memory_estimate(memory_plan("basic,kl", "sgd"), data).optimizer == 0);

  // A table for all attributes and one for each are measured side by side.
  const std::uint64_t ranking = std::uint64_t{2} * (16U << 20U);
  CHECK(two.measured == table + ranking);
  const MemoryEstimate erased = memory_estimate(memory_plan("basic,leace,inlp", "adagrad"), data);
  CHECK(erased.measured == (1 + data.attributes.sensitive().size()) * table + ranking);
  // One training serves them all.
  CHECK(erased.trainings == 1);
  CHECK(erased.tables == table);
}

TEST_CASE("A run that will hold more than it may is refused with its parts", "[run][memory]") {
  MemoryEstimate estimate;
  estimate.data = std::uint64_t{1} << 30U;
  estimate.tables = std::uint64_t{3} << 30U;
  estimate.optimizer = std::uint64_t{3} << 30U;
  estimate.trainings = 6;
  CHECK_NOTHROW(require_memory(estimate, std::uint64_t{7} << 30U));
  try {
    require_memory(estimate, std::uint64_t{4} << 30U);
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(error.complaint().place == "--max-memory");
    CHECK_THAT(
        error.complaint().got,
        Contains(
            "4.0 GiB; the run is estimated to hold about 7.0 GiB: 1.0 GiB with the data loaded, "
            "3.0 GiB for the rows of 6 trainings, 3.0 GiB for the optimiser"));
    CHECK_THAT(error.complaint().advice, Contains("fewer --systems"));
  }
}

TEST_CASE("What is advised makes the largest part smaller that the plan decides on",
          "[run][memory]") {
  const std::uint64_t limit = 1000;
  const auto estimate = [] {
    MemoryEstimate made;
    made.data = 100;
    made.tables = made.optimizer = made.batch = made.measured = made.scores = 10;
    made.trainings = 1;
    made.rule = "adam";
    return made;
  };
  MemoryEstimate one = estimate();
  one.tables = 2000;
  CHECK(one.advice(limit) == "a smaller --dimension");
  one.trainings = 3;
  CHECK(one.advice(limit) ==
        "a smaller --dimension, or fewer --systems (each seed trains them side by side)");
  one = estimate();
  one.optimizer = 2000;
  CHECK(one.advice(limit) == "a smaller --dimension, or --set training.optimizer=row-adagrad");
  one.rule = "row-adagrad";
  CHECK(one.advice(limit) == "a smaller --dimension");
  one = estimate();
  one.batch = 2000;
  CHECK(one.advice(limit) == "a smaller training.batch_size or training.uniform_negatives (--set)");
  one = estimate();
  one.measured = 2000;
  one.scores = 1900;
  one.trainings = 3;
  CHECK(one.advice(limit) == "fewer --threads");
  one.scores = 100;
  CHECK(one.advice(limit) == "a smaller --dimension");
  one.data = 1000;
  CHECK_THAT(one.advice(limit), Contains("a smaller graph"));
}

}  // namespace
}  // namespace kgaudit::run
