#include "suite/search/objective.hpp"

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Headline headline(double mrr, double gender, double religion,
                  std::optional<double> gender_leakage) {
  return {mrr, {{"gender", gender, gender_leakage}, {"religion", religion, 0.5}}};
}

TEST_CASE("A verdict adds up by how much each demand is missed", "[run][tune]") {
  const Parameters tuning(tuning_parameters());
  const Headline basic = headline(0.3, 0.2, 0.1, 0.4);
  const Verdict good = judge(headline(0.25, 0.02, 0.03, 0.15), basic, tuning);
  CHECK(good.result.violation == 0.0);
  CHECK(good.result.quality == 0.25);
  CHECK(good.misses.empty());
  CHECK(good.reductions.at("gender") == Approx(0.9));

  // gender falls by 80 % not 90 %, religion by 20 % not 70 %, the AUC is .75, not .65.
  const Verdict bad = judge(headline(0.28, 0.04, 0.08, 0.25), basic, tuning);
  CHECK(bad.result.violation == Approx(0.1 + 0.5 + 0.1));
  CHECK(bad.misses.size() == 3);
  CHECK_FALSE(bad.result.feasible());

  // What grew counts in whole, what is below the commonest answer counts as 0; leakage of another
  // attribute is no demand.
  CHECK(judge(headline(0.3, 0.4, -0.3, -0.1), basic, tuning).result.violation == Approx(0.9 + 1.0));
}

TEST_CASE("Where Basic has nothing to reduce nothing is asked; what cannot be measured is missed",
          "[run][tune]") {
  const Parameters tuning(tuning_parameters());
  Headline basic = headline(0.3, 0.0, 0.1, std::nullopt);  // gender: nothing to reduce
  CHECK(judge(headline(0.3, 0.5, 0.01, 0.1), basic, tuning).result.violation == 0.0);
  // The most that a probe may read does not depend on what it reads of Basic.
  CHECK(judge(headline(0.3, 0.5, 0.01, 0.49), basic, tuning).result.violation == Approx(0.34));
  basic.attributes[1].question = std::nullopt;
  const Verdict unmeasured = judge(headline(0.3, 0.0, 0.01, 0.1), basic, tuning);
  CHECK(unmeasured.result.violation == 1.0);
  CHECK(unmeasured.misses == std::vector<std::string>{"question of religion undefined with basic"});
  basic = headline(0.3, 0.2, 0.1, 0.4);
  Headline mute = headline(0.3, 0.0, 0.0, std::nullopt);
  mute.attributes[1].question = std::nullopt;
  CHECK(judge(mute, basic, tuning).result.violation == 2.0);
  Headline broken = headline(0.3, 0.0, 0.0, 0.0);
  broken.mrr = std::nullopt;
  const Verdict verdict = judge(broken, basic, tuning);
  CHECK_FALSE(verdict.result.feasible());
  CHECK(verdict.misses == std::vector<std::string>{"MRR undefined"});
}

}  // namespace
}  // namespace kgaudit::run
