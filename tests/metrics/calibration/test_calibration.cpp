// Calibration: on simulated data for which the truth is known, a test at 5 % must raise a false
// alarm in 4 to 6 % of trials, and a 95 % interval must cover in 94 to 96 %. Every trial has its
// own random stream, so a figure is the same on every run.
//
// The normal suite makes 2,000 trials, 400 of what is dear (resampling, quadrature), and widens the
// limits by three binomial standard deviations; KGAUDIT_CALIBRATION=full makes 10,000 and widens
// nothing. docs/statistics.md holds the figures.

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string>

#include <fmt/format.h>

#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/effect_size.hpp"
#include "metrics/stats/hierarchical_bootstrap.hpp"
#include "metrics/stats/margin.hpp"
#include "metrics/stats/multiplicity.hpp"
#include "metrics/stats/rank_comparison.hpp"
#include "metrics/stats/sign_flip.hpp"
#include "metrics/stats/t_test.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

namespace {

using Values = std::vector<double>;

constexpr auto kTwoSided = Alternative::kTwoSided;

bool full() {
  const char* const word = std::getenv("KGAUDIT_CALIBRATION");
  return word != nullptr && std::string(word) == "full";
}

enum class Cost { kCheap, kDear };

std::size_t trials(Cost cost) {
  if (full()) return 10'000;
  return cost == Cost::kCheap ? 2'000 : 400;
}

/// What a trial works with: its stream, a pool of one thread, and resampling by its own seed.
struct Trial {
  Rng rng;
  ThreadPool& pool;
  Resampling resampling;

  double normal(double mean = 0.0, double sd = 1.0) { return mean + sd * rng.normal(); }
  Values normals(std::size_t n, double mean = 0.0, double sd = 1.0) {
    Values x(n);
    for (double& v : x) v = normal(mean, sd);
    return x;
  }
};

/// The share of trials in which `says` is true.
template <typename Says>
double share(Cost cost, std::string_view stream, const Says& says) {
  std::atomic<std::size_t> count{0};
  ThreadPool outer(available_processors());
  const Rng origin(2024, stream);
  outer.run(trials(cost), [&](std::size_t i, std::size_t /*worker*/) {
    ThreadPool own(1);
    Trial trial{origin.at(i), own, {i, 999}};
    if (says(trial)) ++count;
  });
  return static_cast<double>(count) / static_cast<double>(trials(cost));
}

template <typename Says>
void check_share(Cost cost, const std::string& what, const Says& says, double low, double high) {
  const double got = share(cost, what, says);
  const auto n = static_cast<double>(trials(cost));
  const auto widening = [&](double p) { return full() ? 0.0 : 3.0 * std::sqrt(p * (1.0 - p) / n); };
  WARN(fmt::format("{}: {:.2f} % of {}", what, 100.0 * got, n));
  INFO(what);
  CHECK(got >= low - widening(low));
  CHECK(got <= high + widening(high));
}

/// False alarms of a test at 5 %.
template <typename Alarm>
void check_alarms(Cost cost, const std::string& what, const Alarm& alarm, double low = .04,
                  double high = .06) {
  check_share(cost, "false alarms, " + what, alarm, low, high);
}

/// Coverage of a 95 % interval.
template <typename Covers>
void check_coverage(Cost cost, const std::string& what, const Covers& covers, double low = .94,
                    double high = .96) {
  check_share(cost, "coverage, " + what, covers, low, high);
}

/// The level that an exact two-sided sign-flip test of n differences has when it is run at 5 %: its
/// p goes up by steps of one assignment and its mirror image.
double attained_level(std::size_t n) {
  const double step = std::ldexp(2.0, -static_cast<int>(n));
  return std::floor(.05 / step * (1.0 + 1e-12)) * step;
}

bool any_found(std::span<const double> p) {
  std::size_t found = 0;
  for (const double x : p) found += x <= .05 ? 1U : 0U;
  return found > 0;
}

bool holds(const Interval& interval, double truth) {
  return interval.low <= truth && truth <= interval.high;
}

/// A rank from 1 to 20, alike for both sides of a triple every other time.
std::array<double, 2> reciprocal_ranks(Rng& rng) {
  const double head = 1.0 / (1.0 + rng.below(20));
  return {head, rng.below(2) == 0 ? head : 1.0 / (1.0 + rng.below(20))};
}

double mean_reciprocal_rank() {
  double sum = 0.0;
  for (int r = 1; r <= 20; ++r) sum += 1.0 / r;
  return sum / 20.0;
}

/// Two systems of equal quality on 200 triples, head and tail of a triple dependent.
ClusteredValues two_systems(Trial& trial) {
  constexpr std::size_t kTriples = 200;
  std::vector<Values> columns(2);
  std::vector<std::uint32_t> triple;
  for (std::uint32_t i = 0; i < kTriples; ++i) {
    for (auto& column : columns) {
      for (const double rr : reciprocal_ranks(trial.rng)) column.push_back(rr);
    }
    triple.insert(triple.end(), 2, i);
  }
  const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
  return *ClusteredValues::gather(spans, triple);
}

/// 150 persons of 1 to 5 values each, which share their person's effect; the mean is 0.
ClusteredValues persons(Trial& trial) {
  Values x;
  std::vector<std::uint32_t> person;
  for (std::uint32_t p = 0; p < 150; ++p) {
    const double effect = trial.normal();
    const std::uint32_t values = 1 + trial.rng.below(5);
    for (std::uint32_t k = 0; k < values; ++k) {
      x.push_back(effect + trial.normal());
      person.push_back(p);
    }
  }
  const std::vector<std::span<const double>> spans = {x};
  return *ClusteredValues::gather(spans, person);
}

/// Seeds x clusters with effects of both; the mean is 0.
ClusteredValues seeds_by_triples(Trial& trial, std::size_t seeds, std::size_t triples,
                                 double sd_seed, double sd_triple) {
  const Values of_triple = trial.normals(triples, 0.0, sd_triple);
  std::vector<Values> y;
  for (std::size_t s = 0; s < seeds; ++s) {
    const double of_seed = trial.normal(0.0, sd_seed);
    y.emplace_back();
    for (const double t : of_triple) y.back().push_back(of_seed + t + trial.normal(0.0, 0.5));
  }
  const std::vector<std::span<const double>> spans(y.begin(), y.end());
  return *ClusteredValues::each(spans);
}

}  // namespace

TEST_CASE("The paired bootstrap over triples is calibrated", "[calibration]") {
  check_alarms(Cost::kDear, "paired bootstrap p, 200 triples", [](Trial& t) {
    return Bootstrap(two_systems(t), "triples", t.resampling, t.pool)
               .difference_test(0, 1, kTwoSided)
               ->p <= .05;
  });
  const double truth = mean_reciprocal_rank();
  for (const auto kind : {BootstrapInterval::kPercentile, BootstrapInterval::kBca}) {
    const std::string name = kind == BootstrapInterval::kBca ? "BCa" : "percentile";
    check_coverage(Cost::kDear, name + ", MRR of 200 triples", [&](Trial& t) {
      return holds(
          Bootstrap(two_systems(t), "triples", t.resampling, t.pool).mean(0, kind)->interval,
          truth);
    });
    check_coverage(Cost::kDear, name + ", MRR difference of 200 triples", [&](Trial& t) {
      return holds(Bootstrap(two_systems(t), "triples", t.resampling, t.pool)
                       .difference(0, 1, kind)
                       ->interval,
                   0.0);
    });
    check_coverage(Cost::kDear, name + ", 150 persons of unequal size", [&](Trial& t) {
      return holds(Bootstrap(persons(t), "persons", t.resampling, t.pool).mean(0, kind)->interval,
                   0.0);
    });
  }
}

TEST_CASE("The hierarchical bootstrap is calibrated over seeds and triples", "[calibration]") {
  struct Case {
    std::size_t seeds;
    std::size_t triples;
    double sd_seed;
    double least;
    const char* name;
  };
  const auto c = GENERATE(values<Case>({{10, 200, .2, .94, "10 seeds x 200 shared triples"},
                                        {5, 100, .2, .94, "5 seeds x 100 shared triples"},
                                        {3, 100, .2, .93, "3 seeds x 100 shared triples (t)"}}));
  check_coverage(
      Cost::kDear, std::string("hierarchical, ") + c.name,
      [&](Trial& t) {
        const auto values = seeds_by_triples(t, c.seeds, c.triples, c.sd_seed, 1.0);
        return holds(
            hierarchical_bootstrap(values, "triples", t.resampling, t.pool)->estimate.interval,
            0.0);
      },
      c.least, .96);
}

TEST_CASE("Sign flips are calibrated, exact ones at the level that they attain", "[calibration]") {
  check_alarms(Cost::kDear, "sign-flip, 999 draws, 40 heavy-tailed differences", [](Trial& t) {
    Values d = t.normals(40);
    for (double& x : d) x = x * x * x;
    return sign_flip(d, kTwoSided, t.resampling, t.pool)->p <= .05;
  });
  for (const std::size_t n : {5U, 6U, 8U, 12U}) {
    const double attained = attained_level(n);
    check_alarms(
        Cost::kCheap, "sign-flip, exact, " + std::to_string(n) + " seeds",
        [&](Trial& t) {
          return sign_flip(t.normals(n), kTwoSided, t.resampling, t.pool)->p <= .05;
        },
        attained - std::min(attained, .005), attained + (attained > 0.0 ? .005 : 0.0));
  }
}

TEST_CASE("Tests by t are calibrated for 5 seeds", "[calibration]") {
  check_alarms(Cost::kCheap, "paired t, 5 seeds",
               [](Trial& t) { return paired_t(t.normals(5), kTwoSided, "seeds")->test.p <= .05; });
  check_coverage(Cost::kCheap, "paired t, 5 seeds", [](Trial& t) {
    return holds(paired_t(t.normals(5, 2.0), kTwoSided, "seeds")->difference.interval, 2.0);
  });
}

TEST_CASE("Margin tests are calibrated at the margin", "[calibration]") {
  check_alarms(Cost::kCheap, "non-inferiority at the margin, 6 seeds",
               [](Trial& t) { return non_inferiority(t.normals(6, -1.0, .5), 1.0)->passed; });
  check_alarms(Cost::kCheap, "equivalence at the margin, 6 seeds", [](Trial& t) {
    return equivalence(t.normals(6, -1.0, .3), -1.0, 1.0, "seeds")->passed;
  });
}

TEST_CASE("Adjustments hold the family's level", "[calibration]") {
  const auto family = [](Trial& t, std::size_t null, double shift, std::size_t real) {
    Values p;
    for (std::size_t k = 0; k < null + real; ++k) {
      const Values d = t.normals(10, k < null ? 0.0 : shift);
      p.push_back(paired_t(d, kTwoSided, "seeds")->test.p);
    }
    return p;
  };
  check_alarms(Cost::kCheap, "Holm, any of 6 null hypotheses",
               [&](Trial& t) { return any_found(holm(family(t, 6, 0.0, 0))); });
  // With 4 real effects that are always found only the 4 others can be false alarms.
  check_alarms(Cost::kCheap, "Holm, any of 4 null hypotheses beside 4 real ones", [&](Trial& t) {
    const auto p = holm(family(t, 4, 10.0, 4));
    return any_found(std::span(p).first(4));
  });
}

TEST_CASE("Intervals of effect sizes are calibrated", "[calibration]") {
  for (const std::size_t n : {8U, 150U}) {
    check_coverage(Cost::kCheap, "dz of .8, " + std::to_string(n) + " differences", [&](Trial& t) {
      return holds(cohen_dz(t.normals(n, .8), "seeds")->interval, .8);
    });
  }
}

TEST_CASE("Friedman, Iman-Davenport and Nemenyi are calibrated", "[calibration]") {
  const auto ranks = [](Trial& t) {
    std::vector<Values> scores;
    for (int d = 0; d < 15; ++d) scores.push_back(t.normals(5));
    const std::vector<std::span<const double>> spans(scores.begin(), scores.end());
    return *compare_ranks(spans);
  };
  check_alarms(Cost::kDear, "Friedman, 5 systems on 15 data sets",
               [&](Trial& t) { return ranks(t).friedman.p <= .05; });
  check_alarms(Cost::kDear, "Iman-Davenport, 5 systems on 15 data sets",
               [&](Trial& t) { return ranks(t).iman_davenport->p <= .05; });
  check_alarms(
      Cost::kDear, "Nemenyi, any of 10 pairs on 15 data sets",
      [&](Trial& t) {
        const RankComparison compared = ranks(t);
        std::size_t found = 0;
        for (const Values& row : compared.nemenyi_p) found += any_found(row) ? 1U : 0U;
        return found > 0;
      },
      .03, .06);
}
