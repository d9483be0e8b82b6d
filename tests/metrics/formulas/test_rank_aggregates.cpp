#include "metrics/formulas/rank_aggregates.hpp"

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "metrics/stats/estimates.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("Ranks 1, 3, 10 among 10, 20, 10 give the adjusted figures computed by hand",
          "[metrics][link_prediction]") {
  const std::vector<double> ranks = {1, 3, 10};
  const std::vector<std::uint32_t> candidates = {10, 20, 10};
  CHECK(metrics::mean_rank(ranks) == near(14.0 / 3.0));
  CHECK(metrics::expected_mean_rank(candidates) == near(43.0 / 6.0));
  CHECK(metrics::adjusted_mean_rank(ranks, candidates) == near(.651162790698));
  CHECK(metrics::adjusted_mean_rank_index(ranks, candidates) == near(.405405405405));
  const double mrr = metrics::mean_reciprocal_rank(ranks);
  const double expected = metrics::expected_mean_reciprocal_rank(candidates);
  CHECK(mrr == near(.477777777778));
  CHECK(expected == near(.255226877884));
  CHECK(metrics::chance_adjusted(mrr, expected) == near(.298817040096));
  CHECK(metrics::hits_at(ranks, 3) == near(2.0 / 3.0));
  CHECK(metrics::expected_hits_at(candidates, 3) == near(.25));
  CHECK(metrics::chance_adjusted(metrics::hits_at(ranks, 3),
                                 metrics::expected_hits_at(candidates, 3)) == near(5.0 / 9.0));
  CHECK(metrics::geometric_mean_rank(ranks) == near(std::cbrt(30.0)));
  CHECK(metrics::median_rank(ranks) == 3.0);
}

TEST_CASE("The expectation and variance of MRR are those of enumerated random ranks",
          "[metrics][link_prediction]") {
  const std::vector<std::uint32_t> candidates = {4, 7};
  double mean = 0.0;
  double square = 0.0;
  for (int a = 1; a <= 4; ++a) {
    for (int b = 1; b <= 7; ++b) {
      const double mrr = (1.0 / a + 1.0 / b) / 2.0;
      mean += mrr / 28.0;
      square += mrr * mrr / 28.0;
    }
  }
  CHECK(metrics::expected_mean_reciprocal_rank(candidates) == near(mean));
  CHECK(metrics::mean_reciprocal_rank_variance(candidates) == near(square - mean * mean));
}

TEST_CASE("TransE and DistMult differ by more per prediction than per triple: clusters matter",
          "[metrics][link_prediction][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(transe, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  KGA_SHARED_DATA_OR_SKIP(distmult, "oracles/distmult_fb15k237_filtered_ranks.csv.gz");
  const auto read = [](const std::filesystem::path& file) {
    std::map<std::string, std::array<double, 2>> ranks;
    for (const std::string& line : gzip_lines(file)) {
      const auto part = split(line, ';');
      if (part.size() != 5) continue;
      ranks[part[0] + ";" + part[1] + ";" + part[2]] = {std::stod(part[3]), std::stod(part[4])};
    }
    return ranks;
  };
  const auto a = read(transe);
  const auto b = read(distmult);
  std::vector<double> per_prediction;
  std::vector<double> per_triple;
  std::array<int, 3> outcome{};  // TransE better, equal, worse
  for (const auto& [triple, ranks] : a) {
    const auto& others = b.at(triple);
    double sum = 0.0;
    for (std::size_t side = 0; side < 2; ++side) {
      const double d = 1.0 / ranks[side] - 1.0 / others[side];
      per_prediction.push_back(d);
      ++outcome[d > 0.0 ? 0 : (d == 0.0 ? 1 : 2)];
      sum += d;
    }
    per_triple.push_back(sum / 2.0);
  }
  const auto t_of = [](const std::vector<double>& d) {
    return metrics::mean(d) / (*metrics::sample_sd(d) / std::sqrt(static_cast<double>(d.size())));
  };
  CHECK(metrics::mean(per_triple) == near(-.003170163857));
  CHECK(*metrics::sample_sd(per_prediction) == near(.247105372541));
  CHECK(*metrics::sample_sd(per_triple) == near(.190836699411));
  CHECK(t_of(per_prediction) == near(-2.593783467, 1e-9));
  CHECK(t_of(per_triple) == near(-2.374865460, 1e-9));
  CHECK(outcome == std::array<int, 3>{15521, 8634, 16721});
}
