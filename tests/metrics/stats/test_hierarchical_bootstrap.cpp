#include "metrics/stats/hierarchical_bootstrap.hpp"

#include <cmath>

#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Column = std::vector<double>;

ClusteredValues each_value(const std::vector<Column>& columns) {
  const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
  return *ClusteredValues::each(spans);
}

/// y = seed effect + triple effect + noise, each normal with its own sd.
std::vector<Column> crossed(std::size_t seeds, std::size_t triples, double sd_seed,
                            double sd_triple, double sd_noise) {
  Rng rng(8, "crossed");
  std::vector<double> of_triple(triples);
  for (double& t : of_triple) t = sd_triple * rng.normal();
  std::vector<Column> y;
  for (std::size_t s = 0; s < seeds; ++s) {
    const double of_seed = sd_seed * rng.normal();
    y.emplace_back();
    for (const double t : of_triple) y.back().push_back(of_seed + t + sd_noise * rng.normal());
  }
  return y;
}

double length(const Outcome<SeedEstimate>& e) {
  return e->estimate.interval.high - e->estimate.interval.low;
}

}  // namespace

TEST_CASE("Spread over seeds and over triples is told apart", "[metrics][stats]") {
  ThreadPool pool(2);
  // Seed means 1, 2, 3, 4, 5; triples lie +-1 around them.
  std::vector<Column> y;
  for (int s = 1; s <= 5; ++s) y.push_back({s - 1.0, s + 1.0, s - 1.0, s + 1.0});
  const auto result = hierarchical_bootstrap(each_value(y), "triples", {1, 2000}, pool);
  CHECK(result->estimate.value == near(3.0));
  CHECK(result->estimate.n == 5);
  CHECK(result->clusters == 4);
  CHECK(result->sd_seeds == near(std::sqrt(2.5)));
  CHECK(result->sd_clusters == near(std::sqrt(4.0 / 3.0)));
  CHECK(result->se_seeds == near(std::sqrt(2.5 / 5)));
  CHECK(result->se_clusters == near(std::sqrt(4.0 / 3.0 / 4)));
  CHECK(result->estimate.interval.method == "hierarchical bootstrap, seeds and triples");
}

TEST_CASE("When only seeds vary, the interval is about that of t over seeds", "[metrics][stats]") {
  ThreadPool pool(2);
  const auto y = crossed(12, 50, 1.0, 0.0, 0.001);
  const auto result = hierarchical_bootstrap(each_value(y), "triples", {1, 20000}, pool);
  const double t = 2.200985160;  // 97.5 % of t with 11 degrees
  CHECK(length(result) == near(2 * t * result->sd_seeds / std::sqrt(12.0), 0.15 * length(result)));
}

TEST_CASE("Triples that all seeds share are not averaged away by more seeds", "[metrics][stats]") {
  ThreadPool pool(2);
  const auto values = each_value(crossed(20, 100, 0.01, 1.0, 0.1));
  const auto shared = hierarchical_bootstrap(values, "triples", {1, 4000}, pool);
  CHECK(length(shared) == near(2 * 1.98 * 1.0 / 10.0, 0.08));
}

TEST_CASE("Few seeds get a t interval that says so, one seed none", "[metrics][stats]") {
  ThreadPool pool(1);
  const std::vector<Column> y = {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}};
  const auto three = hierarchical_bootstrap(each_value(y), "triples", {1, 100}, pool);
  CHECK(three->estimate.interval.low == near(2.0 - 4.302652729911 / std::sqrt(3.0), 1e-9));
  CHECK(three->estimate.interval.method == "t, seeds and triples (too few seeds to resample)");
  CHECK(hierarchical_bootstrap(each_value({y[0]}), "triples", {1, 100}, pool).reason() ==
        "1 seed: how much seeds vary is unknown");
  CHECK(hierarchical_bootstrap(each_value({y[0], y[0]}), "triples", {1, 100}, pool).reason() ==
        "neither seeds nor triples vary");
}

TEST_CASE("The hierarchical bootstrap gives the same bits for any number of threads",
          "[metrics][stats]") {
  const auto values = each_value(crossed(6, 40, 1.0, 1.0, 1.0));
  ThreadPool one(1);
  ThreadPool three(3);
  const auto a = hierarchical_bootstrap(values, "triples", {2, 500}, one);
  const auto b = hierarchical_bootstrap(values, "triples", {2, 500}, three);
  CHECK(a->estimate.interval == b->estimate.interval);
}
