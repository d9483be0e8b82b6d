#include "metrics/stats/rank_comparison.hpp"

#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Values = std::vector<double>;

std::vector<std::span<const double>> spans(const std::vector<Values>& rows) {
  return {rows.begin(), rows.end()};
}

}  // namespace

TEST_CASE("Studentized range quantiles are the tabled ones", "[metrics][stats]") {
  // Demsar 2006, table 5(a)
  const std::vector<std::pair<std::size_t, double>> at_5 = {{2, 1.960}, {3, 2.343}, {4, 2.569},
                                                            {5, 2.728}, {6, 2.850}, {7, 2.949},
                                                            {8, 3.031}, {9, 3.102}, {10, 3.164}};
  for (const auto& [systems, q] : at_5) CHECK(nemenyi_quantile(.05, systems) == near(q, 1e-3));
  CHECK(nemenyi_quantile(.10, 2) == near(1.645, 6e-4));
  CHECK(nemenyi_quantile(.10, 5) == near(2.459, 6e-4));
  CHECK(nemenyi_quantile(.05, 2) == near(1.959963984540054, 1e-9));
}

TEST_CASE("Friedman, Iman-Davenport and Nemenyi give Demsar's example", "[metrics][stats]") {
  // Demsar 2006, table 6: AUC of C4.5 with four settings on 14 data sets; mean ranks 3.143, 2.000,
  // 2.893, 1.964; Friedman 9.28 (without tie correction), F 3.69, CD at .10 1.12 (q = 2.291).
  const std::vector<Values> auc = {
      {.763, .768, .771, .798},     {.599, .591, .590, .569}, {.954, .971, .968, .967},
      {.628, .661, .654, .657},     {.882, .888, .886, .898}, {.936, .931, .916, .931},
      {.661, .668, .609, .685},     {.583, .583, .563, .625}, {.775, .838, .866, .875},
      {1.000, 1.000, 1.000, 1.000}, {.940, .962, .965, .962}, {.619, .666, .614, .669},
      {.972, .981, .9751, .975},    {.957, .978, .946, .970}};
  const auto ranks = compare_ranks(spans(auc), .10);
  CHECK(ranks->mean_ranks[0] == near(3.143, 5e-4));
  CHECK(ranks->mean_ranks[1] == near(2.000, 5e-4));
  CHECK(ranks->mean_ranks[2] == near(2.893, 5e-4));
  CHECK(ranks->mean_ranks[3] == near(1.964, 5e-4));
  // Ties: 3 pairs (6 each) and one set of four (60): 1 - 78 / (14 60).
  CHECK(ranks->friedman.statistic == near(9.28 / (1.0 - 78.0 / 840), 0.01));
  CHECK(ranks->critical_difference == near(1.12, 5e-3));
  CHECK(ranks->order == std::vector<std::size_t>{3, 1, 2, 0});
  CHECK(ranks->groups == std::vector<std::vector<std::size_t>>{{3, 1, 2}, {2, 0}});
  CHECK(ranks->nemenyi_p[0][3] < .10);
  CHECK(ranks->nemenyi_p[0][2] > .10);
  CHECK(ranks->nemenyi_p[3][0] == ranks->nemenyi_p[0][3]);
}

TEST_CASE("Rank comparison says when data sets agree perfectly or tell nothing",
          "[metrics][stats]") {
  const auto agreed = compare_ranks(spans({{1, 2, 3}, {10, 20, 30}, {0, 5, 6}}));
  CHECK(agreed->friedman.statistic == near(6.0));  // n (k - 1)
  CHECK(agreed->friedman.p == near(std::exp(-3.0)));
  CHECK(agreed->friedman.smallest_p == near(std::exp(-3.0)));
  CHECK(agreed->iman_davenport.reason() == "all data sets rank the systems alike: F has no value");
  CHECK(agreed->mean_ranks == Values{3, 2, 1});
  CHECK(agreed->groups == std::vector<std::vector<std::size_t>>{{2, 1}, {1, 0}});
  CHECK(compare_ranks(spans({{1, 1}, {2, 2}})).reason() == "all systems tie on every data set");
  CHECK(compare_ranks(spans({{1, 2}})).reason() == "1 data sets, 2 or more are needed");
}
