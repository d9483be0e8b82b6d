#include "metrics/formulas/cross_choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "metrics/formulas/placements.hpp"
#include "metrics/formulas/probe_quality.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;

namespace {

/// Four probes of `persons` persons of two classes: what they say is the label's signal and noise,
/// half of it shared by all.
std::vector<ProbeQuality> probes_of(std::size_t persons, const std::array<double, 4>& signal,
                                    Rng& rng, std::vector<std::uint32_t>& labels) {
  labels.assign(persons, 0);
  for (std::size_t i = 0; i < persons; ++i) labels[i] = i % 3 == 0 ? 1 : 0;
  std::vector<FeatureMatrix> said(4, FeatureMatrix(static_cast<Eigen::Index>(persons), 2));
  for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(persons); ++i) {
    const double shared = rng.normal();
    for (std::size_t r = 0; r < 4; ++r) {
      const double side = labels[static_cast<std::size_t>(i)] == 1 ? 1.0 : -1.0;
      const double x = signal.at(r) * side + shared + rng.normal();
      const double p = 1.0 / (1.0 + std::exp(-x));
      said[r](i, 0) = static_cast<float>(1.0 - p);
      said[r](i, 1) = static_cast<float>(p);
    }
  }
  std::vector<ProbeQuality> all;
  for (const FeatureMatrix& p : said) all.push_back(probe_quality(p, labels, 2));
  return all;
}

std::vector<RivalFigure> aucs(const std::vector<ProbeQuality>& probes) {
  std::vector<RivalFigure> rivals;
  for (const ProbeQuality& q : probes) rivals.push_back({*q.auc, q.auc_influence});
  return rivals;
}

std::vector<std::uint32_t> dealt(std::size_t persons, std::uint32_t folds) {
  std::vector<std::uint32_t> of(persons);
  for (std::size_t i = 0; i < persons; ++i) of[i] = static_cast<std::uint32_t>(i) % folds;
  return of;
}

}  // namespace

TEST_CASE("Two rivals and two folds give the choice worked out by hand", "[metrics][leakage]") {
  // Parts of a: 1, 1, 0, 0; of b: 0, 0, 1, .6. Persons 0 and 1 are fold 0.
  const std::vector<double> a = {.125, .125, -.125, -.125};
  const std::vector<double> b = {-.1, -.1, .15, .05};
  const std::array<RivalFigure, 2> rivals = {{{.5, a}, {.4, b}}};
  const std::vector<std::uint32_t> folds = {0, 0, 1, 1};
  const CrossChoice choice = cross_choice(rivals, folds, 2);
  // Fold 0 chooses by fold 1, where b has .8 and a 0, and gets b's 0 and 0; fold 1 gets a's.
  CHECK(choice.value == Approx(0.0).margin(1e-12));
  CHECK(choice.share == std::vector<double>{.5, .5});
}

TEST_CASE("A rival that is best in all folds gives its own figure to the bit",
          "[metrics][leakage]") {
  Rng rng(1, "choice");
  std::vector<std::uint32_t> labels;
  const auto probes = probes_of(300, {0.0, 2.0, 0.3, 0.0}, rng, labels);
  const CrossChoice choice = cross_choice(aucs(probes), dealt(300, 5), 5);
  CHECK(choice.value == *probes[1].auc);
  CHECK(choice.share == std::vector<double>{0, 1, 0, 0});
  CHECK(choice.influence == probes[1].auc_influence);
}

TEST_CASE("Without signal the chosen figure is .5 on average, where the largest of four is not",
          "[metrics][leakage]") {
  for (const std::size_t persons : {60UL, 400UL}) {
    CAPTURE(persons);
    double chosen = 0.0;
    double largest = 0.0;
    double squares = 0.0;
    double claimed = 0.0;
    constexpr int kWorlds = 1500;
    Rng rng(persons, "no signal");
    for (int world = 0; world < kWorlds; ++world) {
      std::vector<std::uint32_t> labels;
      const auto probes = probes_of(persons, {0, 0, 0, 0}, rng, labels);
      const auto rivals = aucs(probes);
      const CrossChoice choice = cross_choice(rivals, dealt(persons, 5), 5);
      chosen += choice.value - 0.5;
      squares += (choice.value - 0.5) * (choice.value - 0.5);
      const auto interval = influence_interval(choice.value, choice.influence, "persons");
      claimed += (interval->high - interval->low) / (2.0 * 1.96);
      largest += std::ranges::max_element(rivals, {}, &RivalFigure::value)->value - 0.5;
    }
    const double sd = std::sqrt(squares / kWorlds);
    CHECK(std::abs(chosen / kWorlds) < 4.0 * sd / std::sqrt(kWorlds));
    CHECK(largest / kWorlds > 0.5 * sd);
    // The influences hold the choice fixed: of four equal rivals it adds a fifth to the deviation.
    CHECK(claimed / kWorlds < sd);
    CHECK(claimed / kWorlds > 0.75 * sd);
  }
}

TEST_CASE("With signal little of the best is lost to the choice", "[metrics][leakage]") {
  double lost = 0.0;
  Rng rng(3, "signal");
  constexpr int kWorlds = 200;
  for (int world = 0; world < kWorlds; ++world) {
    std::vector<std::uint32_t> labels;
    const auto probes = probes_of(400, {0.1, 0.5, 0.45, 0.2}, rng, labels);
    lost += *probes[1].auc - cross_choice(aucs(probes), dealt(400, 5), 5).value;
  }
  CHECK(lost / kWorlds < 0.01);
}
