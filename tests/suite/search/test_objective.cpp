#include "suite/search/objective.hpp"

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Headline headline(double mrr, double gender_gap, double religion_gap,
                  std::optional<double> gender_excess) {
  return {mrr, {{"gender", gender_gap, gender_excess}, {"religion", religion_gap, 0.5}}};
}

TEST_CASE("A verdict adds up by how much each demand is missed", "[run][tune]") {
  const Parameters tuning(tuning_parameters());
  const Headline basic = headline(0.3, 2.0, 1.0, 0.3);
  const Verdict good = judge(headline(0.25, 0.2, 0.3, 0.02), basic, tuning);
  CHECK(good.result.violation == 0.0);
  CHECK(good.result.quality == 0.25);
  CHECK(good.misses.empty());
  CHECK(good.reductions.at("gender") == Approx(0.9));

  // gender falls by 80 % not 90 %, religion by 20 % not 70 %, the probe is at 12 points not 2.
  const Verdict bad = judge(headline(0.28, 0.4, 0.8, 0.12), basic, tuning);
  CHECK(bad.result.violation == Approx(0.1 + 0.5 + 0.1));
  CHECK(bad.misses.size() == 3);
  CHECK_FALSE(bad.result.feasible());

  // A gap that grew counts in whole; a probe of another attribute is no demand.
  CHECK(judge(headline(0.3, 4.0, 0.3, -0.1), basic, tuning).result.violation == Approx(0.9 + 1.0));
}

TEST_CASE("A demand that Basic cannot state is not made, one left unanswered is missed in whole",
          "[run][tune]") {
  const Parameters tuning(tuning_parameters());
  Headline basic = headline(0.3, 0.0, 1.0, std::nullopt);  // no gap to reduce, no probe to fool
  CHECK(judge(headline(0.3, 5.0, 0.1, 0.9), basic, tuning).result.violation == 0.0);
  basic = headline(0.3, 2.0, 1.0, 0.3);
  Headline mute = headline(0.3, 0.0, 0.0, std::nullopt);
  mute.attributes[1].gap = std::nullopt;
  CHECK(judge(mute, basic, tuning).result.violation == 2.0);
  Headline broken = headline(0.3, 0.0, 0.0, 0.0);
  broken.mrr = std::nullopt;
  const Verdict verdict = judge(broken, basic, tuning);
  CHECK_FALSE(verdict.result.feasible());
  CHECK(verdict.misses == std::vector<std::string>{"MRR undefined"});
}

}  // namespace
}  // namespace kgaudit::run
