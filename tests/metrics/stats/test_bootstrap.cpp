#include "metrics/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "metrics/stats/estimates.hpp"
#include "metrics/stats/t_test.hpp"
#include "suite/base/rng.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Column = std::vector<double>;

ClusteredValues each(const std::vector<Column>& columns,
                     const std::vector<std::uint32_t>& strata = {}) {
  const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
  return *ClusteredValues::each(spans, strata);
}

Column normals(std::size_t n, std::string_view stream) {
  Rng rng(5, stream);
  Column x(n);
  for (double& v : x) v = rng.normal();
  return x;
}

constexpr auto kBca = BootstrapInterval::kBca;
constexpr auto kPercentile = BootstrapInterval::kPercentile;

}  // namespace

TEST_CASE(
    "The bootstrap gives the same bits for any number of threads, and for a column whatever "
    "stands beside it",
    "[metrics][stats]") {
  const auto a = normals(301, "a");
  const auto b = normals(301, "b");
  ThreadPool one(1);
  const Bootstrap alone(each({a}), "triples", {3, 500}, one);
  for (const std::size_t threads : {2U, 3U}) {
    ThreadPool pool(threads);
    const Bootstrap beside(each({b, a}), "triples", {3, 500}, pool);
    CHECK(std::ranges::equal(beside.replicates(1), alone.replicates(0)));
  }
  const Bootstrap other_seed(each({a}), "triples", {4, 500}, one);
  CHECK_FALSE(std::ranges::equal(other_seed.replicates(0), alone.replicates(0)));
}

TEST_CASE("The percentile interval ends at the order statistics that it should",
          "[metrics][stats]") {
  ThreadPool pool(2);
  const Bootstrap bootstrap(each({normals(40, "x")}), "persons", {1, 999}, pool);
  Column sorted(bootstrap.replicates(0).begin(), bootstrap.replicates(0).end());
  std::sort(sorted.begin(), sorted.end());
  const auto mean = bootstrap.mean(0, kPercentile);
  CHECK(mean->interval.low == sorted[24]);    // the 25th of 999
  CHECK(mean->interval.high == sorted[974]);  // the 25th from above
  CHECK(mean->interval.method == "percentile bootstrap, persons");
  CHECK(mean->n == 40);
}

TEST_CASE("BCa corrects for bias and skew as Efron's formula says", "[metrics][stats]") {
  Column x = normals(30, "skewed");
  for (double& v : x) v = std::exp(1.5 * v);
  ThreadPool pool(2);
  const Bootstrap bootstrap(each({x}), "persons", {1, 1999}, pool);
  Column sorted(bootstrap.replicates(0).begin(), bootstrap.replicates(0).end());
  std::sort(sorted.begin(), sorted.end());
  const double mean = metrics::mean(x);
  double cubes = 0.0;
  double squares = 0.0;
  for (std::size_t left_out = 0; left_out < x.size(); ++left_out) {
    Column others = x;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(left_out));
    const double u = mean - metrics::mean(others);
    cubes += u * u * u;
    squares += u * u;
  }
  const double a = cubes / (6.0 * std::pow(squares, 1.5));
  const auto phi = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  const auto below =
      std::count_if(sorted.begin(), sorted.end(), [&](double m) { return m < mean; });
  double z0 = 0.0;  // by bisection on phi
  for (double low = -5.0, high = 5.0, step = 0; step < 80; ++step) {
    z0 = (low + high) / 2.0;
    (phi(z0) < static_cast<double>(below) / 1999.0 ? low : high) = z0;
  }
  const auto share = [&](double z) { return phi(z0 + (z0 + z) / (1.0 - a * (z0 + z))); };
  const double z = 1.959963984540054;
  const auto low = static_cast<std::size_t>(2000.0 * share(-z));
  const auto high = static_cast<std::size_t>(2000.0 * (1.0 - share(z)));
  const auto interval = bootstrap.mean(0, kBca)->interval;
  CHECK(interval.method == "BCa bootstrap, persons");
  CHECK(interval.low == sorted[low - 1]);
  CHECK(interval.high == sorted[1999 - high]);
  // Skewed to the right: the interval moves to the right.
  const auto plain = bootstrap.mean(0, kPercentile)->interval;
  CHECK(interval.low > plain.low);
  CHECK(interval.high > plain.high);
}

TEST_CASE("Where BCa has no value the percentile interval stands, with the reason",
          "[metrics][stats]") {
  ThreadPool pool(1);
  Column x(50, 0.0);
  x[7] = 1.0;
  const Bootstrap bootstrap(each({x}), "persons", {1, 199}, pool);
  const auto mean = bootstrap.mean(0, kBca, 1.0 - 1e-9);
  CHECK_THAT(mean->interval.method, Catch::StartsWith("percentile bootstrap, persons (no BCa: the "
                                                      "acceleration 0.16"));
}

TEST_CASE("The bootstrap of values that do not vary is undefined", "[metrics][stats]") {
  ThreadPool pool(1);
  const Column constant(5, 0.1);
  const Column varied = {0, 1, 2, 3, 4};
  Column shifted = varied;
  for (double& v : shifted) v += 0.1;
  const Bootstrap bootstrap(each({constant, varied, shifted}), "triples", {1, 100}, pool);
  CHECK(bootstrap.mean(0, kBca).reason() == "all 5 triples have the same value");
  CHECK(bootstrap.mean(1, kBca).defined());
  CHECK(bootstrap.difference(2, 1, kBca).reason() == "all 5 triples have the same difference");
  CHECK_FALSE(bootstrap.difference_test(1, 1, Alternative::kTwoSided).defined());
  // Two strata that differ, but only from each other.
  const Bootstrap strata(each({{1, 1, 1, 5, 5}}, {0, 0, 0, 1, 1}), "triples", {1, 100}, pool);
  CHECK_FALSE(strata.mean(0, kPercentile).defined());
}

TEST_CASE("Strata keep their share in every replicate", "[metrics][stats]") {
  ThreadPool pool(1);
  const std::vector<double> x = {0, 0.5, 10, 10.5, 0.25};
  const std::vector<std::uint32_t> relation = {0, 0, 1, 1, 0};
  const Bootstrap stratified(each({x}, relation), "triples", {1, 500}, pool);
  for (const double m : stratified.replicates(0)) {
    CHECK(m >= 4.0);
    CHECK(m <= (3 * 0.5 + 21) / 5.0);
  }
  const auto with = stratified.mean(0, kBca)->interval;
  const auto without = Bootstrap(each({x}), "triples", {1, 500}, pool).mean(0, kBca)->interval;
  CHECK(with.high - with.low < 0.2 * (without.high - without.low));
}

TEST_CASE(
    "Values doubled within their clusters change no interval; as units of their own they would",
    "[metrics][stats]") {
  const auto x = normals(200, "once");
  Column twice;
  std::vector<std::uint32_t> triple;
  for (std::size_t i = 0; i < x.size(); ++i) {
    twice.insert(twice.end(), 2, x[i]);
    triple.insert(triple.end(), 2, static_cast<std::uint32_t>(i));
  }
  const std::vector<std::span<const double>> columns = {twice};
  ThreadPool pool(2);
  const auto once = Bootstrap(each({x}), "triples", {1, 2000}, pool).mean(0, kBca);
  const auto clustered =
      Bootstrap(*ClusteredValues::gather(columns, triple), "triples", {1, 2000}, pool)
          .mean(0, kBca);
  const auto apart = Bootstrap(each({twice}), "predictions", {1, 2000}, pool).mean(0, kBca);
  CHECK(clustered->interval.low == near(once->interval.low));
  CHECK(clustered->interval.high == near(once->interval.high));
  const auto length = [](const auto& e) { return e->interval.high - e->interval.low; };
  CHECK(length(apart) < 0.8 * length(once));
}

TEST_CASE("A planted difference is found and an absent one is not", "[metrics][stats]") {
  const auto common = normals(400, "common");
  const auto noise = normals(400, "noise");
  std::vector<Column> columns(3, common);
  for (std::size_t i = 0; i < common.size(); ++i) {
    columns[1][i] += 0.1 * noise[i];
    columns[2][i] += 0.1 * noise[i] + 0.05;
  }
  ThreadPool pool(2);
  const Bootstrap bootstrap(each(columns), "triples", {1, 999}, pool);
  const auto none = bootstrap.difference(1, 0, kBca);
  CHECK(none->interval.low < 0.0);
  CHECK(none->interval.high > 0.0);
  CHECK(bootstrap.difference_test(1, 0, Alternative::kTwoSided)->p > 0.05);
  // Far beyond all replicates: the smallest p there is, on the right side only.
  CHECK(bootstrap.difference_test(2, 0, Alternative::kTwoSided)->p == near(1.0 / 1000));
  CHECK(bootstrap.difference_test(2, 0, Alternative::kGreater)->p == near(1.0 / 1000));
  CHECK(bootstrap.difference_test(2, 0, Alternative::kLess)->p == 1.0);
  CHECK(bootstrap.difference_test(2, 0, Alternative::kLess)->smallest_p == near(1.0 / 1000));
  const auto swapped = bootstrap.difference(0, 2, kPercentile);
  const auto straight = bootstrap.difference(2, 0, kPercentile);
  CHECK(swapped->interval.low == near(-straight->interval.high));
  CHECK(swapped->value == near(-straight->value));
}

TEST_CASE("On published ranks of FB15k-237 the bootstrap knows that sides of a triple depend",
          "[metrics][stats][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(transe, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  KGA_SHARED_DATA_OR_SKIP(distmult, "oracles/distmult_fb15k237_filtered_ranks.csv.gz");
  const auto read = [](const std::filesystem::path& file) {
    std::map<std::string, std::array<double, 2>> ranks;
    for (const std::string& line : tests::gzip_lines(file)) {
      const auto part = tests::split(line, ';');
      if (part.size() != 5) continue;
      ranks[part[0] + ";" + part[1] + ";" + part[2]] = {std::stod(part[3]), std::stod(part[4])};
    }
    return ranks;
  };
  const auto a = read(transe);
  const auto b = read(distmult);
  std::vector<Column> columns(2);
  std::vector<std::uint32_t> triple;
  Column per_triple;
  for (const auto& [name, ranks] : a) {
    const auto& others = b.at(name);
    double sum = 0.0;
    for (std::size_t side = 0; side < 2; ++side) {
      columns[0].push_back(1.0 / ranks[side]);
      columns[1].push_back(1.0 / others[side]);
      sum += 1.0 / ranks[side] - 1.0 / others[side];
      triple.push_back(static_cast<std::uint32_t>(per_triple.size()));
    }
    per_triple.push_back(sum / 2.0);
  }
  const auto t = paired_t(per_triple, Alternative::kTwoSided, "triples");
  CHECK(t->test.statistic == near(-2.374865460, 1e-9));
  CHECK(paired_t(differences(columns[0], columns[1]), Alternative::kTwoSided, "predictions")
            ->test.statistic == near(-2.593783467, 1e-9));
  const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
  ThreadPool pool(2);
  const Bootstrap bootstrap(*ClusteredValues::gather(spans, triple), "triples", {1, 4000}, pool);
  const auto difference = bootstrap.difference(0, 1, kBca);
  CHECK(difference->value == near(-.003170163857, 1e-12));
  CHECK(difference->n == 20438);
  const double half = 1.96 * .190836699411 / std::sqrt(20438.0);
  CHECK(difference->interval.low == near(-.003170163857 - half, 1e-4));
  CHECK(difference->interval.high == near(-.003170163857 + half, 1e-4));
  CHECK(bootstrap.difference_test(0, 1, Alternative::kTwoSided)->p == near(t->test.p, 0.006));
}
