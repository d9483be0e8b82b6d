#include <cmath>

#include "metrics/stats/interquartile_mean.hpp"
#include "metrics/stats/power.hpp"
#include "metrics/stats/rank_comparison.hpp"
#include "metrics/stats/stochastic_order.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

namespace {

using Values = std::vector<double>;

Approx near(double value, double margin = 1e-12) { return Approx(value).epsilon(0).margin(margin); }

std::vector<std::span<const double>> spans(const std::vector<Values>& rows) {
  return {rows.begin(), rows.end()};
}

Values normals(std::size_t n, double mean, double sd, std::string_view stream) {
  Rng rng(9, stream);
  Values x(n);
  for (double& v : x) v = mean + sd * rng.normal();
  return x;
}

}  // namespace

TEST_CASE("the violation ratio is exact on the merged steps", "[metrics][stats]") {
  // METRICS 6.12
  CHECK(*violation_ratio(Values{0, 10}, Values{4, 5}) == near(16.0 / 41));
  CHECK(*violation_ratio(Values{4, 5}, Values{0, 10}) == near(25.0 / 41));
  CHECK(*violation_ratio(Values{3, 4, 5}, Values{0, 1, 2}) == 0.0);
  CHECK(*violation_ratio(Values{0, 1, 2}, Values{3, 4, 5}) == 1.0);
  // Steps of thirds against halves: gaps 0 - 1 on 1/3, 2 - 1 on 1/6, 2 - 3 on 1/6, 4 - 3 on 1/3.
  CHECK(*violation_ratio(Values{4, 0, 2}, Values{3, 1}) == near(0.5));
  CHECK(*violation_ratio(Values{1, 1, 2, 2}, Values{0, 3}) == near(0.5));
  CHECK(violation_ratio(Values{2, 1, 1, 2}, Values{1, 2}).reason() ==
        "both samples have the same quantiles: neither is larger anywhere");
  CHECK_FALSE(violation_ratio(Values{}, Values{1}).defined());
}

TEST_CASE("almost stochastic order bounds the ratio at Bonferroni's confidence",
          "[metrics][stats]") {
  ThreadPool pool(2);
  const auto a = normals(30, 1.0, 1.0, "a");
  const auto b = normals(25, 0.0, 1.0, "b");
  const auto one = almost_stochastic_order(a, b, 1, {1, 1000}, pool);
  CHECK(one->confidence == near(.95));
  CHECK(one->a_almost_dominates);
  CHECK(one->bound == near(one->violation + 1.6448536269514722 * one->standard_error));
  const auto ten = almost_stochastic_order(a, b, 10, {1, 1000}, pool);
  CHECK(ten->confidence == near(.995));  // METRICS 6.12
  CHECK(ten->standard_error == one->standard_error);
  CHECK(ten->bound > one->bound);
  const auto reversed = almost_stochastic_order(b, a, 1, {1, 1000}, pool);
  CHECK(reversed->violation == near(1.0 - one->violation));
  CHECK_FALSE(reversed->a_almost_dominates);
  ThreadPool three(3);
  CHECK(almost_stochastic_order(a, b, 1, {1, 1000}, three)->bound == one->bound);
}

TEST_CASE("samples far apart are ordered without doubt, equal ones not at all",
          "[metrics][stats]") {
  ThreadPool pool(1);
  const auto sure = almost_stochastic_order(Values{3, 4, 5}, Values{0, 1, 2}, 1, {1, 500}, pool);
  CHECK(sure->violation == 0.0);
  CHECK(sure->bound == 0.0);
  const Values same = {1, 2, 3};
  CHECK_FALSE(almost_stochastic_order(same, same, 1, {1, 500}, pool).defined());
}

TEST_CASE("the interquartile mean is the mean of the middle half", "[metrics][stats]") {
  const Values all = {.1, .5, .2, .6, .3, .7, .4, .8};  // METRICS 6.13
  CHECK(*interquartile_mean(all) == near(.45));
  CHECK(*interquartile_mean(Values{100, 1, 2, 3, -50}) == near(2.0));  // floor(5 / 4) each side
  CHECK(*interquartile_mean(Values{7}) == 7.0);
  CHECK_FALSE(interquartile_mean(Values{}).defined());
}

TEST_CASE("the interquartile mean of tasks resamples runs within their task", "[metrics][stats]") {
  ThreadPool one(1);
  ThreadPool three(3);
  const std::vector<Values> tasks = {{.1, .2, .3, .4}, {.5, .6, .7, .8}};
  const auto estimate = interquartile_mean_of_tasks(spans(tasks), {1, 2000}, one);
  CHECK(estimate->value == near(.45));
  CHECK(estimate->n == 8);
  CHECK(interquartile_mean_of_tasks(spans(tasks), {1, 2000}, three)->interval ==
        estimate->interval);
  // Were tasks mixed, replicates would reach far outside [.2, .7].
  CHECK(estimate->interval.low > .3);
  CHECK(estimate->interval.high < .6);
  CHECK(interquartile_mean_of_tasks(spans({{1, 1}, {2, 2}}), {1, 100}, one).reason() ==
        "the runs of every task are equal: nothing varies");
  CHECK(interquartile_mean_of_tasks(spans({{1, 2}, {2}}), {1, 100}, one).reason() ==
        "1 runs of task 1, 2 or more are needed");
}

TEST_CASE("studentized range quantiles are the tabled ones", "[metrics][stats]") {
  // Demsar 2006, table 5(a)
  const std::vector<std::pair<std::size_t, double>> at_5 = {{2, 1.960}, {3, 2.343}, {4, 2.569},
                                                            {5, 2.728}, {6, 2.850}, {7, 2.949},
                                                            {8, 3.031}, {9, 3.102}, {10, 3.164}};
  for (const auto& [systems, q] : at_5) CHECK(nemenyi_quantile(.05, systems) == near(q, 1e-3));
  CHECK(nemenyi_quantile(.10, 2) == near(1.645, 6e-4));
  CHECK(nemenyi_quantile(.10, 5) == near(2.459, 6e-4));
  CHECK(nemenyi_quantile(.05, 2) == near(1.959963984540054, 1e-9));
  CHECK(normal_range_cdf(normal_range_quantile(.7, 4), 4) == near(.7, 1e-10));
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

TEST_CASE("rank comparison says when data sets agree perfectly or tell nothing",
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

TEST_CASE("the number of seeds is that of the power tables", "[metrics][stats]") {
  // Cohen's tables by G*Power: paired, two-sided 5 %, power 80 %: dz .5 -> 34, .8 -> 15, 1 -> 10.
  CHECK(seeds_needed(5, 1.0, .5)->total == 34);
  CHECK(seeds_needed(5, 1.0, .5)->further == 29);
  CHECK(seeds_needed(5, 2.0, -1.6)->total == 15);
  CHECK(seeds_needed(20, 1.0, 1.0)->total == 10);
  CHECK(seeds_needed(20, 1.0, 1.0)->further == 0);
  PowerPlan independent;
  independent.pairing = Pairing::kIndependent;
  CHECK(seeds_needed(0, 1.0, .5, independent)->total == 64);
  PowerPlan one_sided;
  one_sided.alternative = Alternative::kLess;
  CHECK(seeds_needed(0, 1.0, .5, one_sided)->total == 27);
  CHECK_FALSE(seeds_needed(0, 1.0, 0.0).defined());
  CHECK_FALSE(seeds_needed(0, 1.0, 1e-4).defined());
}

TEST_CASE("the minimum detectable difference is what the power says", "[metrics][stats]") {
  const auto least = minimum_detectable_difference(10, .02);
  CHECK(power_of_t(10, .02, *least) == near(.8, 1e-8));
  CHECK(seeds_needed(0, .02, *least * 1.000001)->total == 10);
  CHECK(power_of_t(10, .02, 0.0) == near(.05, 1e-9));
  CHECK(*minimum_detectable_difference(10, .04) == near(2 * *least, 1e-10));
  CHECK(minimum_detectable_difference(1, .02).reason() == "1 seeds, 2 or more are needed");
  CHECK_FALSE(minimum_detectable_difference(5, 0.0).defined());
  CHECK(*minimum_detectable_difference(20466, .19) > 0.0);
}
