#include "suite/gate/gate_check.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/gate/gate_calibration.hpp"
#include "suite/gate/gate_report.hpp"
#include "tests/suite/gate/gate_states.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::run;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

const char* kMrrRule = "[[gate.rule]]\nfigure = \"mrr\"\nmargin_share = 0.03\n";
const char* kGapRule = "[[gate.rule]]\nfigure = \"score_gap\"\nmargin_share = 0.2\n";

GateFinding only_finding(const GateResult& result) {
  REQUIRE(result.findings.size() == 1);
  return result.findings[0];
}

GateFinding mrr_finding(const std::vector<double>& before, const std::vector<double>& now,
                        const std::string& rule = kMrrRule) {
  return only_finding(
      check_gate(rules_of(rule), state_with({{"mrr", before}}), state_with({{"mrr", now}})));
}

/// Values of `seeds` seeds around a mean.
std::vector<double> drawn(double mean, double sd, std::size_t seeds, Rng& rng) {
  std::vector<double> values;
  for (std::size_t i = 0; i < seeds; ++i) values.push_back(mean + sd * rng.normal());
  return values;
}

/// In how many comparisons without a change the gate raises an alarm: six seeds a side, a figure
/// for each row "a", "b" ...
std::size_t alarms_in(std::size_t comparisons, const GateRules& rules, std::size_t rows, double sd,
                      const Rng& stream) {
  std::size_t alarms = 0;
  for (std::size_t i = 0; i < comparisons; ++i) {
    Rng rng = stream.at(i);
    std::vector<OfFigure> before;
    std::vector<OfFigure> now;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::string name(1, static_cast<char>('a' + row));
      before.push_back({"mrr", drawn(0.3, sd, 6, rng), "", name});
      now.push_back({"mrr", drawn(0.3, sd, 6, rng), "", name});
    }
    const GateResult result =
        check_gate(rules, state_with(before), state_with(now, 100), GateShortcuts{});
    if (result.verdict == GateVerdict::kRegression) ++alarms;
  }
  return alarms;
}

}  // namespace

TEST_CASE("A change is judged by the paired interval over seeds", "[run][gate]") {
  // Worse by .005, .005, .002: mean .004, sd .0017320508, interval by t with 2 degrees of freedom.
  const GateFinding finding = mrr_finding({0.300, 0.310, 0.290}, {0.295, 0.305, 0.288});
  CHECK(*finding.worse_by == near(0.004));
  CHECK(*finding.low == near(-0.00030265272991, 1e-9));
  CHECK(*finding.high == near(0.00830265272991, 1e-9));
  CHECK(*finding.margin == near(0.009));
  CHECK(finding.verdict == GateVerdict::kPass);
  CHECK(finding.test == "paired t over 3 seeds");
  // p of t = 4 with 2 degrees of freedom, one-sided.
  CHECK(*finding.p == near(0.0285954792, 1e-9));
}

TEST_CASE("A drop beyond the margin is a regression, one that cannot be told is inconclusive",
          "[run][gate]") {
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.280, 0.290, 0.269}).verdict ==
        GateVerdict::kRegression);
  const GateFinding unsure = mrr_finding({0.300, 0.310, 0.290}, {0.270, 0.330, 0.295});
  CHECK(unsure.verdict == GateVerdict::kInconclusive);
  REQUIRE(unsure.seeds_needed.has_value());
  CHECK(*unsure.seeds_needed > 3);
  CHECK_THAT(unsure.words, Contains("about 66 seeds a side would do"));
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.330, 0.341, 0.320}).verdict == GateVerdict::kPass);
}

TEST_CASE("Equal values pass with any margin, also from one seed", "[run][gate]") {
  const GateFinding finding = mrr_finding({0.3}, {0.3});
  CHECK(finding.verdict == GateVerdict::kPass);
  CHECK_THAT(finding.words, Contains("the same values"));
  CHECK(mrr_finding({0.3}, {0.2}).verdict == GateVerdict::kInconclusive);
}

TEST_CASE("A gap that changes its sign without growing is no regression", "[run][gate]") {
  const auto check = [](const std::vector<double>& now) {
    return only_finding(check_gate(rules_of(kGapRule),
                                   state_with({{"score_gap", {1.0, 1.01, 0.99}, "gender"}}),
                                   state_with({{"score_gap", now, "gender"}})))
        .verdict;
  };
  CHECK(check({-1.0, -1.01, -0.98}) == GateVerdict::kPass);
  CHECK(check({-1.5, -1.51, -1.49}) == GateVerdict::kRegression);
  CHECK(check({0.0, 0.01, 0.02}) == GateVerdict::kPass);
}

TEST_CASE("What was measured and is not any more never passes", "[run][gate]") {
  const GateState before = state_with({{"mrr", {0.3, 0.31}}});
  const GateFinding undefined =
      only_finding(check_gate(rules_of(kMrrRule), before, state_with({{"mrr", {}}})));
  CHECK(undefined.verdict == GateVerdict::kRegression);
  CHECK_THAT(undefined.words, Contains("diverged at epoch 3"));
  const GateResult gone = check_gate(rules_of(kMrrRule), before, state_with({}));
  CHECK(only_finding(gone).verdict == GateVerdict::kRegression);
  CHECK_FALSE(gone.anything_measured);
  CHECK(gate_code(gone, false) == ExitCode::kNothingMeasured);
}

TEST_CASE("A rule for a row, an attribute or a figure that the baseline lacks is an error",
          "[run][gate]") {
  const GateState state = state_with({{"mrr", {0.3, 0.31}}, {"score_gap", {1, 2}, "gender"}});
  const auto refusal = [&](const std::string& rule) {
    try {
      static_cast<void>(check_gate(rules_of(rule), state, state));
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refusal(std::string(kMrrRule) + "rows = [\"basix\"]\n"),
             Contains("kgaudit.toml:2") && Contains("'basic'"));
  CHECK_THAT(refusal(std::string(kGapRule) + "attributes = [\"gendr\"]\n"), Contains("'gender'"));
  CHECK_THAT(refusal("[[gate.rule]]\nfigure = \"hits_at_1\"\nmargin = 1\n"),
             Contains("which the baseline does not have"));
}

TEST_CASE("Other data, another way of measuring or another definition is not comparable",
          "[run][gate]") {
  const GateState before = state_with({{"mrr", {0.3, 0.31}}});
  const auto verdict_after = [&](auto change) {
    GateState now = before;
    change(now);
    const GateResult result = check_gate(rules_of(kMrrRule), before, now);
    CHECK(gate_code(result, false) ==
          (result.reasons.empty() ? ExitCode::kPass : ExitCode::kNotComparable));
    return result.verdict;
  };
  CHECK(verdict_after([](GateState& s) { s.plan_hash = "other"; }) == GateVerdict::kPass);
  CHECK(verdict_after([](GateState& s) { s.machine["cpu"] = "two"; }) == GateVerdict::kPass);
  CHECK(verdict_after([](GateState& s) { s.dataset = "x"; }) == GateVerdict::kNotComparable);
  CHECK(verdict_after([](GateState& s) { s.graph_hash = "x"; }) == GateVerdict::kNotComparable);
  CHECK(verdict_after([](GateState& s) { s.measuring = "x"; }) == GateVerdict::kNotComparable);
  CHECK(verdict_after([](GateState& s) { s.kind = "audit"; }) == GateVerdict::kNotComparable);
  CHECK(verdict_after([](GateState& s) { s.figure_versions["mrr"] = 9; }) ==
        GateVerdict::kNotComparable);
}

TEST_CASE(
    "Audits of two files are compared by the people and names in them, not by the files' names",
    "[run][gate]") {
  GateState monday = state_with({{"leakage_auc", {0.6}, "gender"}});
  monday.kind = "audit";
  monday.dataset = "monday.npy";
  GateState tuesday = monday;
  tuesday.dataset = "tuesday.npy";
  CHECK(why_not_comparable(monday, tuesday).empty());
  tuesday.graph_hash = "other names";
  REQUIRE(why_not_comparable(monday, tuesday).size() == 1);
  CHECK_THAT(why_not_comparable(monday, tuesday)[0],
             Contains("that tuesday.npy was measured on are others than those of the baseline, "
                      "monday.npy"));
}

TEST_CASE("Times are compared on one machine alone", "[run][gate]") {
  const std::string rule = "[[gate.rule]]\nfigure = \"seconds_against_basic\"\nmargin = 0.1\n";
  const GateState before = state_with({{"seconds_against_basic", {1.0, 1.01, 1.02}}});
  GateState now = state_with({{"seconds_against_basic", {1.3, 1.31, 1.33}}});
  CHECK(check_gate(rules_of(rule), before, now).verdict == GateVerdict::kRegression);
  now.machine["cpu"] = "two";
  const GateResult other = check_gate(rules_of(rule), before, now);
  CHECK(only_finding(other).verdict == GateVerdict::kNotComparable);
  CHECK(gate_code(other, false) == ExitCode::kNotComparable);
}

TEST_CASE("Superiority, equivalence and limits are asked as they are named", "[run][gate]") {
  const std::string better = "[[gate.rule]]\nfigure = \"mrr\"\nwanted = \"better\"\n";
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.320, 0.331, 0.310}, better).verdict ==
        GateVerdict::kPass);
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.300, 0.310, 0.290}, better).verdict ==
        GateVerdict::kRegression);
  const std::string same = "[[gate.rule]]\nfigure = \"mrr\"\nwanted = \"same\"\nmargin = 0.01\n";
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.301, 0.310, 0.290}, same).verdict ==
        GateVerdict::kPass);
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.320, 0.331, 0.310}, same).verdict ==
        GateVerdict::kRegression);
  // Identical values are no sign of a change, to either side.
  CHECK(mrr_finding({0.300, 0.310, 0.290}, {0.300, 0.310, 0.290}, same).p == 1.0);
  const std::string limit = "[[gate.rule]]\nfigure = \"mrr\"\nat_least = 0.25\n";
  CHECK(mrr_finding({0.3}, {0.300, 0.310, 0.290}, limit).verdict == GateVerdict::kPass);
  CHECK(mrr_finding({0.3}, {0.200, 0.210, 0.190}, limit).verdict == GateVerdict::kRegression);
  CHECK(mrr_finding({0.3}, {0.200, 0.310, 0.290}, limit).verdict == GateVerdict::kInconclusive);
}

TEST_CASE("One seed is judged by the intervals over persons", "[run][gate]") {
  const auto check = [](double now, double error) {
    GateState before = state_with({{"question_auc", {0.60}, "gender"}});
    GateState after = state_with({{"question_auc", {now}, "gender"}});
    for (GateState* state : {&before, &after}) {
      state->values.begin()->second.standard_error = error;
    }
    return only_finding(check_gate(
        rules_of("[[gate.rule]]\nfigure = \"question_auc\"\nmargin = 0.05\n"), before, after));
  };
  CHECK(check(0.61, 0.005).verdict == GateVerdict::kPass);
  CHECK(check(0.70, 0.005).verdict == GateVerdict::kRegression);
  const GateFinding unsure = check(0.62, 0.05);
  CHECK(unsure.verdict == GateVerdict::kInconclusive);
  // 1.96 sqrt(2) .05
  CHECK(*unsure.high == near(0.02 + 1.959963984540054 * std::sqrt(2.0) * 0.05, 1e-9));
}

TEST_CASE("Without a change the gate raises an alarm in at most 5 % of comparisons",
          "[run][gate]") {
  // Twelve figures, six other seeds on each side: Holm keeps the alarms of all together below
  // alpha, whatever is wanted.
  for (const char* wanted : {"no-worse", "better", "same"}) {
    INFO(wanted);
    std::string rules;
    for (const char* row : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}) {
      rules += std::string("[[gate.rule]]\nfigure = \"mrr\"\n") +
               (std::string(wanted) == "better" ? "" : "margin = 0.0001\n") + "wanted = \"" +
               wanted + "\"\nrows = [\"" + row + "\"]\n";
    }
    const std::size_t alarms = alarms_in(1000, rules_of(rules), 12, 0.002, Rng(0, "test"));
    // 5 % of 1000, and three standard errors.
    CHECK(alarms <= 50 + 21);
    // Two-sided alarms of 5 % each would be some 26 % of comparisons; the test is no formality.
    CHECK(alarms >= 10);
  }
}

TEST_CASE("A change of the margin's size is not passed in 95 % of comparisons", "[run][gate]") {
  std::size_t passed = 0;
  constexpr std::size_t kComparisons = 1000;
  const Rng stream(1, "test");
  for (std::size_t i = 0; i < kComparisons; ++i) {
    Rng rng = stream.at(i);
    const GateState before = state_with({{"mrr", drawn(0.3, 0.002, 6, rng)}});
    const GateState now = state_with({{"mrr", drawn(0.3 * 0.97, 0.002, 6, rng)}}, 100);
    if (check_gate(rules_of(kMrrRule), before, now, GateShortcuts{}).verdict == GateVerdict::kPass)
      ++passed;
  }
  // 2.5 % are expected.
  CHECK(passed <= 25 + 15);
  CHECK(passed >= 5);
}

TEST_CASE("Calibration deals seeds to two sides and finds the change that is caught",
          "[run][gate]") {
  Rng rng(2, "test");
  const GateState record = state_with(
      {{"mrr", drawn(0.3, 0.001, 12, rng)}, {"score_gap", drawn(2.0, 0.05, 12, rng), "gender"}});
  const GateRules rules = rules_of(std::string(kMrrRule) + kGapRule);
  const GateCalibration done = calibrate_gate(rules, record, {.comparisons = 200});
  CHECK(done.seeds_a_side == 6);
  CHECK(done.comparisons == 200);
  CHECK(done.false_alarms <= 10);
  CHECK(done.seeds == 12);
  CHECK(done.different_deals == 924.0);
  REQUIRE(done.lines.size() == 2);
  for (const GateCalibration::Line& line : done.lines) {
    CAPTURE(line.key.text());
    REQUIRE(line.caught.has_value());
    CHECK(*line.caught <= 1.5 * line.margin);
  }
  // A change that is named is planted as it stands, and as a share of the baseline.
  const GateCalibration named =
      calibrate_gate(rules, record,
                     {.comparisons = 200,
                      .planted = {parse_planted_change("mrr=0.012", "--plant"),
                                  parse_planted_change("score_gap/gender=1%", "--plant")}});
  REQUIRE(named.planted.size() == 2);
  CHECK(named.planted[0].amount == near(0.012));
  CHECK(named.planted[0].caught >= 190);
  CHECK(named.planted[0].passed == 0);
  CHECK(named.planted[1].amount == near(0.02, 0.02));
  CHECK(named.planted[1].caught <= 20);
  CHECK(named.planted[1].passed >= 180);
  const GateCalibration again = calibrate_gate(rules, record, {.comparisons = 200});
  CHECK(again.false_alarms == done.false_alarms);
  CHECK_THROWS_WITH(calibrate_gate(rules, state_with({{"mrr", {1, 2, 3}}}), {.comparisons = 200}),
                    Contains("at least 4 seeds"));
}

TEST_CASE("A planted change is judged as if the whole gate were asked again", "[run][gate]") {
  // The short way keeps the answers to the other questions; both ways must agree.
  Rng rng(5, "test");
  const GateRules rules = rules_of(std::string(kMrrRule) + kGapRule);
  const std::vector<double> gaps = drawn(2.0, 0.05, 6, rng);
  const std::vector<double> mrr = drawn(0.3, 0.002, 6, rng);
  const GateState before = state_with({{"mrr", mrr}, {"score_gap", gaps, "gender"}});
  const GateState now =
      state_with({{"mrr", drawn(0.293, 0.002, 6, rng)}, {"score_gap", gaps, "gender"}});
  const GateResult whole = check_gate(rules, before, now);
  const GateKey key{"mrr", "basic", ""};
  std::vector<GateAnswer> known;
  for (const GateFinding& finding : whole.findings) {
    known.push_back({finding.key, finding.question, *finding.p, *finding.share_of_alpha});
  }
  REQUIRE(known.size() == 2);
  const GateFinding alone =
      only_finding(check_gate(rules, before, now, {.only = &key, .known = known}));
  const auto same = std::find_if(whole.findings.begin(), whole.findings.end(),
                                 [&](const GateFinding& finding) { return finding.key == key; });
  CHECK(*alone.adjusted_p == *same->adjusted_p);
  CHECK(*alone.adjusted_p > *alone.p);
  CHECK(alone.verdict == same->verdict);
}

TEST_CASE("With one seed a side, calibration judges by the intervals over persons", "[run][gate]") {
  GateState record = state_with({{"question_auc", {0.600, 0.601, 0.602, 0.599}, "gender"}});
  record.values.begin()->second.standard_error = 0.005;
  const GateRules rules = rules_of("[[gate.rule]]\nfigure = \"question_auc\"\nmargin = 0.03\n");
  CalibrationOptions options;
  options.comparisons = 40;
  options.seeds_a_side = 1;
  options.planted = {parse_planted_change("question_auc=0.05", "--plant"),
                     parse_planted_change("question_auc=10%", "--plant")};
  const GateCalibration done = calibrate_gate(rules, record, options);
  CHECK(done.seeds_a_side == 1);
  CHECK(done.false_alarms == 0);
  CHECK(done.inconclusive == 0);
  CHECK(done.planted[0].caught == 40);
  // A tenth of the distance from .5 is .01: less than the margin, and passed.
  CHECK(done.planted[1].amount == near(0.01, 0.001));
  CHECK(done.planted[1].caught == 0);
  options.baseline_seeds = 3;
  const GateCalibration unequal = calibrate_gate(rules, record, options);
  CHECK(unequal.baseline_seeds == 3);
  CHECK(unequal.seeds_a_side == 1);
  CHECK(unequal.false_alarms == 0);
  options.baseline_seeds.reset();
  options.seeds_a_side = 3;
  CHECK_THROWS_WITH(calibrate_gate(rules, record, options), Contains("at least 6 seeds"));
  options.seeds_a_side = 1;
  options.planted = {parse_planted_change("mrr=3%", "--plant")};
  CHECK_THROWS_WITH(calibrate_gate(rules, record, options), Contains("add a rule for it"));
}

TEST_CASE("Comparisons beyond the different deals of the seeds make no interval narrower",
          "[run][gate]") {
  Rng rng(6, "test");
  const GateState record = state_with({{"mrr", drawn(0.3, 0.001, 4, rng)}});
  const GateRules rules = rules_of(kMrrRule);
  CalibrationOptions options;
  options.comparisons = 600;
  const GateCalibration done = calibrate_gate(rules, record, options);
  CHECK(done.different_deals == 6.0);
  CHECK(done.false_alarms == 0);
  // Of none in 6: 1 / (1 + 6 / 1.96^2).
  CHECK(done.false_alarm_rate.high == near(0.3903, 1e-4));
  options.seeds_a_side = 1;
  options.baseline_seeds = 2;
  CHECK(calibrate_gate(rules, record, options).different_deals == 12.0);
}

TEST_CASE("No change is planted beyond the worst value that a figure can have", "[run][gate]") {
  Rng rng(7, "test");
  const GateState record = state_with(
      {{"mrr", drawn(0.3, 0.001, 8, rng)}, {"leakage_auc", drawn(0.97, 0.001, 8, rng), "gender"}});
  const GateRules rules =
      rules_of(std::string(kMrrRule) + "[[gate.rule]]\nfigure = \"leakage_auc\"\nmargin = 0.1\n");
  CalibrationOptions options;
  options.comparisons = 40;
  options.planted = {parse_planted_change("mrr=300%", "--plant"),
                     parse_planted_change("mrr=50%", "--plant"),
                     parse_planted_change("leakage_auc=0.1", "--plant")};
  const GateCalibration done = calibrate_gate(rules, record, options);
  REQUIRE(done.planted.size() == 3);
  CHECK(done.planted[0].impossible());
  CHECK(done.planted[0].room == near(0.3, 0.01));
  CHECK_FALSE(done.planted[1].impossible());
  CHECK(done.planted[1].caught == 40);
  CHECK(done.planted[2].impossible());
  CHECK(done.planted[2].room == near(0.03, 0.01));
  for (const GateCalibration::Line& line : done.lines) {
    CHECK(line.caught.has_value() == (line.key.figure == "mrr"));
    if (!line.caught) CHECK_THAT(line.not_caught, Contains("worst value there is"));
  }
}

TEST_CASE("A planted change that is no figure and amount is refused", "[run][gate]") {
  const PlantedChange share = parse_planted_change("score_gap/gender=20%", "--plant");
  CHECK(share.figure == "score_gap");
  CHECK(share.attribute == "gender");
  CHECK(share.is_share);
  CHECK(share.amount == near(0.2));
  for (const char* text : {"mrr", "mrr=", "mrr=%", "mrr=-3%", "mrr=0", "mrr=nan", "mrr/gender=3%",
                           "score_gap/=3%", "mrr=3%%"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(parse_planted_change(text, "--plant"), Contains("mrr_others=3%"));
  }
  CHECK_THROWS_WITH(parse_planted_change("mrrr=3%", "--plant"), Contains("'mrr'"));
}

TEST_CASE("A row of the record takes the place of a baseline", "[run][gate]") {
  const GateState record = state_with({{"mrr", {0.300, 0.310, 0.290}, "", "basic"},
                                       {"mrr", {0.299, 0.309, 0.290}, "", "neutral"},
                                       {"mrr", {0.250, 0.261, 0.240}, "", "kl"},
                                       {"mrr", {}, "", "bose:a"},
                                       {"hits_at_1", {0.2, 0.2, 0.2}, "", "neutral"}});
  const GateState baseline = baseline_of_row(record, "basic", "plan.toml:3");
  CHECK(baseline.values.size() == 3);
  const GateResult result = check_gate(rules_of(kMrrRule), baseline, record);
  REQUIRE(result.findings.size() == 3);
  const auto verdict = [&](const std::string& row) {
    for (const GateFinding& finding : result.findings) {
      if (finding.key.row == row) return finding.verdict;
    }
    return GateVerdict::kNotComparable;
  };
  CHECK(verdict("neutral") == GateVerdict::kPass);
  CHECK(verdict("kl") == GateVerdict::kRegression);
  CHECK(verdict("bose:a") == GateVerdict::kRegression);
  CHECK_THROWS_WITH(baseline_of_row(record, "basix", "plan.toml:3"),
                    Contains("plan.toml:3") && Contains("'basic'"));
}

TEST_CASE("A noisy figure may use more of alpha than a quiet one, and both together use it all",
          "[run][gate]") {
  Rng rng(7, "test");
  const GateState before = state_with(
      {{"mrr", drawn(0.3, 0.0005, 6, rng)}, {"score_gap", drawn(2.0, 0.2, 6, rng), "gender"}});
  const GateState now = state_with(
      {{"mrr", drawn(0.3, 0.0005, 6, rng)}, {"score_gap", drawn(2.0, 0.2, 6, rng), "gender"}}, 100);
  const GateResult result = check_gate(rules_of(std::string(kMrrRule) + kGapRule), before, now);
  REQUIRE(result.findings.size() == 2);
  double mrr = 0.0;
  double gap = 0.0;
  for (const GateFinding& finding : result.findings) {
    (finding.key.figure == "mrr" ? mrr : gap) = *finding.share_of_alpha;
  }
  CHECK(mrr + gap == near(0.05));
  CHECK(gap > 0.045);
  // A tenth of alpha is shared equally, whatever the noise.
  CHECK(mrr >= 0.0025);
  // A limit has no margin and an equal part: a third, beside the two changes.
  const GateResult limited =
      check_gate(rules_of(std::string(kMrrRule) + "at_least = 0.1\n" + kGapRule), before, now);
  REQUIRE(limited.findings.size() == 3);
  for (const GateFinding& finding : limited.findings) {
    if (finding.question != GateFinding::Question::kLimit) continue;
    CHECK(*finding.share_of_alpha == near(0.05 / 3.0));
  }
}

TEST_CASE("Figures of all kinds of noise together raise an alarm in at most 5 % of comparisons",
          "[run][gate]") {
  // Margins of one, two, three and ten standard errors, so that alpha is shared unequally.
  std::string rules;
  const std::vector<double> margins = {0.001, 0.002, 0.003, 0.01, 0.002, 0.0015};
  for (std::size_t i = 0; i < margins.size(); ++i) {
    rules += "[[gate.rule]]\nfigure = \"mrr\"\nmargin = " + std::to_string(margins[i]) +
             "\nrows = [\"" + std::string(1, static_cast<char>('a' + i)) + "\"]\n";
  }
  const std::size_t alarms =
      alarms_in(2000, rules_of(rules), margins.size(), 0.00173, Rng(3, "test"));
  // 5 % of 2000, and three standard errors.
  CHECK(alarms <= 100 + 29);
  CHECK(alarms >= 20);
}

TEST_CASE("One training is held against several by how far those lie apart", "[run][gate]") {
  // Mean .300, sd .01, and 1 + 1/3 times its square under the root; worse by .02.
  const GateState before = state_with({{"mrr", {0.29, 0.30, 0.31}}});
  const GateState now = state_with({{"mrr", {0.28}}}, 7);
  const GateFinding finding = only_finding(check_gate(rules_of(kMrrRule), before, now));
  CHECK(*finding.worse_by == near(0.02));
  // t with 2 degrees of freedom: 4.302652729911275.
  CHECK(*finding.high == near(0.02 + 4.302652729911275 * 0.01 * std::sqrt(4.0 / 3.0), 1e-9));
  CHECK(finding.test == "t of one against 3");
  CHECK(finding.verdict == GateVerdict::kInconclusive);
  // The interval over persons of the single one plays no part: all see the same persons.
  GateState narrow = now;
  narrow.values.begin()->second.standard_error = 1e-9;
  CHECK(*only_finding(check_gate(rules_of(kMrrRule), before, narrow)).high == *finding.high);
  CHECK(only_finding(check_gate(rules_of(kMrrRule), before, state_with({{"mrr", {0.2}}}, 7)))
            .verdict == GateVerdict::kRegression);
}

TEST_CASE("Several audits count as the seeds of one, and an undefined value stays one",
          "[run][gate]") {
  const auto audit = [](double mrr, std::vector<double> gap) {
    GateState state = state_with({{"mrr", {mrr}}, {"score_gap", std::move(gap), "gender"}});
    state.kind = "audit";
    return state;
  };
  GateState last = audit(0.32, {});
  const GateState all = combined_state(
      {{"monday", audit(0.30, {1.0})}, {"tuesday", audit(0.31, {1.1})}, {"wednesday", last}});
  const GatedValue& mrr = all.values.at({"mrr", "basic", ""});
  CHECK(mrr.values() == std::vector<double>{0.30, 0.31, 0.32});
  const GatedValue& gap = all.values.at({"score_gap", "basic", "gender"});
  CHECK(gap.seeds.empty());
  CHECK_THAT(gap.undefined, Contains("wednesday") && Contains("diverged at epoch 3"));
  last.dataset = "other";
  last.graph_hash = "other bytes";
  CHECK_THROWS_WITH(combined_state({{"monday", audit(0.3, {1.0})}, {"sunday", last}}),
                    Contains("sunday") && Contains("other"));
  const GateState bench = state_with({{"mrr", {0.3, 0.31}}});
  CHECK(combined_state({{"a", bench}, {"b", state_with({{"mrr", {0.32}}}, 2)}})
            .values.begin()
            ->second.seeds.size() == 3);
  CHECK_THROWS_WITH(combined_state({{"a", bench}, {"b", bench}}),
                    Contains("seed 0 for the second time"));
}

TEST_CASE("Two audits of the same files are refused by both names, and others count in their order",
          "[run][gate]") {
  const auto audit_of = [](const std::string& name, const std::string& files, double auc,
                           std::uint64_t seed = 0) {
    GateState state = state_with({{"leakage_auc", {auc}, "gender"}}, seed);
    state.kind = "audit";
    return NamedState{name, state, files};
  };
  try {
    static_cast<void>(
        combined_state({audit_of("monday", "aa", 0.6), audit_of("tuesday", "bb", 0.61),
                        audit_of("copy", "aa", 0.6)}));
    FAIL("accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(error.complaint().place == "copy");
    CHECK_THAT(error.what(), Contains("the same files as monday") && Contains("each audit once"));
  }
  // Rows of two runs of ours: their own seeds would meet the numbers of the others.
  const GateState both =
      combined_state({audit_of("one", "aa", 0.6, 1), audit_of("two", "bb", 0.7, 2)});
  CHECK(both.values.begin()->second.seeds == std::map<std::uint64_t, double>{{0, 0.6}, {1, 0.7}});
}

TEST_CASE("The files of an audit are those that its plan names", "[run][gate]") {
  reports::RunRecord record;
  record.run.plan = R"({"tables": {"audit": {"files": "ab12"}}})";
  CHECK(audited_files(record) == "ab12");
  for (const char* plan : {"{}", "[]", R"({"tables": {"training": {"files": "ab12"}}})",
                           R"({"tables": {"audit": {"files": 7}}})", R"({"tables": 7})"}) {
    CAPTURE(plan);
    record.run.plan = plan;
    CHECK(audited_files(record).empty());
  }
}

TEST_CASE("A finding about a limit says which limit and how far the value is from it",
          "[run][gate]") {
  const GateState state = state_with({{"mrr", {0.300, 0.310, 0.290}}});
  const GateResult result = check_gate(
      rules_of("[[gate.rule]]\nfigure = \"mrr\"\nat_least = 0.4\nat_most = 0.5\n"), state, state);
  REQUIRE(result.findings.size() == 2);
  CHECK_FALSE(result.findings[0].at_most);
  CHECK(result.findings[0].baseline == 0.4);
  CHECK_THAT(result.findings[0].words, Contains("beyond the limit at_least = 0.4 by 0.1"));
  CHECK(result.findings[1].at_most);
  CHECK_THAT(result.findings[1].words, Contains("0.200 within the limit at_most = 0.5 ("));
  // One seed without an interval: not sure of what is said, too.
  const GateFinding unsure =
      mrr_finding({0.3}, {0.3}, "[[gate.rule]]\nfigure = \"mrr\"\nat_most = 0.5\n");
  CHECK(unsure.verdict == GateVerdict::kInconclusive);
  CHECK_THAT(unsure.words, Contains("at_most = 0.5: one seed"));
}

TEST_CASE("A limit also holds for a row that the baseline does not have", "[run][gate]") {
  const GateState before = state_with({{"mrr", {0.3, 0.31, 0.3}}});
  const GateState now =
      state_with({{"mrr", {0.3, 0.31, 0.3}}, {"mrr", {0.1, 0.11, 0.1}, "", "new"}});
  const GateResult result =
      check_gate(rules_of("[[gate.rule]]\nfigure = \"mrr\"\nat_least = 0.2\n"), before, now);
  REQUIRE(result.findings.size() == 2);
  CHECK(result.findings[0].key.row == "new");
  CHECK(result.findings[0].verdict == GateVerdict::kRegression);
  CHECK(result.findings[0].baseline_seeds == 0);
  CHECK(result.findings[1].verdict == GateVerdict::kPass);
}

TEST_CASE("A row together with an attribute that neither side has is an error", "[run][gate]") {
  const GateState state = state_with(
      {{"score_gap", {1, 2}, "gender", "kl"}, {"score_gap", {1, 2}, "religion", "basic"}});
  const std::string named = "rows = [\"kl\"]\nattributes = [\"religion\"]\n";
  CHECK_THROWS_WITH(check_gate(rules_of(kGapRule + named), state, state),
                    Contains("kgaudit.toml:2") && Contains("kl / religion / score_gap"));
  // All rows of an attribute are those that there are.
  CHECK(check_gate(rules_of(std::string(kGapRule) + "attributes = [\"religion\"]\n"), state, state)
            .findings.size() == 1);
}

TEST_CASE("What was undefined in the baseline, too, is no regression", "[run][gate]") {
  const GateState state = state_with({{"mrr", {0.3, 0.31}}, {"mrr", {}, "", "kl"}});
  const GateResult same = check_gate(rules_of(kMrrRule), state, state);
  CHECK(same.verdict == GateVerdict::kPass);
  CHECK(same.findings.size() == 1);
  const GateResult limited =
      check_gate(rules_of("[[gate.rule]]\nfigure = \"mrr\"\nat_least = 0.2\n"), state, state);
  REQUIRE(limited.findings.size() == 2);
  CHECK(limited.findings[0].key.row == "kl");
  CHECK(limited.findings[0].verdict == GateVerdict::kInconclusive);
}

TEST_CASE("A share of nothing is a margin of 0, which what is no worse passes", "[run][gate]") {
  // An AUC below .5 is as good as one of .5: no distance to take a share of.
  const std::string rule = "[[gate.rule]]\nfigure = \"leakage_auc\"\nmargin_share = 0.1\n";
  const GateState state = state_with({{"leakage_auc", {0.45, 0.47}, "gender"}});
  CHECK(check_gate(rules_of(rule), state, state).verdict == GateVerdict::kPass);
  CHECK(check_gate(rules_of(rule + "wanted = \"same\"\n"), state, state).verdict ==
        GateVerdict::kPass);
  CHECK(check_gate(rules_of(rule), state, state_with({{"leakage_auc", {0.55, 0.56}, "gender"}}))
            .verdict != GateVerdict::kPass);
}

TEST_CASE("A record that warns of its own figures passes nothing, unless the baseline warned too",
          "[run][gate]") {
  const GateState before = state_with({{"mrr", {0.3, 0.31}}});
  GateState now = before;
  now.warnings = {{"rows_of_zeros", "80 of 80 rows of persons hold zeros alone"}};
  const GateFinding finding = only_finding(check_gate(rules_of(kMrrRule), before, now));
  CHECK(finding.verdict == GateVerdict::kInconclusive);
  CHECK_THAT(finding.words, Contains("rows_of_zeros") && Contains("80 of 80 rows"));
  CHECK(check_gate(rules_of(kMrrRule), now, now).verdict == GateVerdict::kPass);
}

TEST_CASE("Only the record of a finished run is judged", "[run][gate]") {
  reports::RunRecord record;
  record.run.plan = R"({"systems": ["basic", "kl"], "seeds": [0, 1], "tables": {}})";
  const auto refusal = [&] {
    try {
      require_whole(record, "runs/today");
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUnreadable);
      return std::string(error.what());
    }
    return std::string();
  };
  record.done = {{"basic", 0}, {"basic", 1}, {"kl", 0}};
  CHECK_THAT(refusal(), Contains("runs/today: a run that is not finished: 1 of 4 trainings") &&
                            Contains("kl, seed 1") && Contains("--resume"));
  record.done.push_back({"kl", 1});
  CHECK(refusal().empty());
  record.notices = {"the last line is cut short"};
  CHECK_THAT(refusal(), Contains("cut short"));
  record.notices.clear();
  record.run.plan = R"({"systems": ["audit"], "seeds": [0], "tables": {"audit": {}}})";
  record.done.clear();
  CHECK_THAT(refusal(), Contains("an audit that was not finished"));
  record.done = {{"audit", 3}};
  CHECK(refusal().empty());
}

TEST_CASE("Audits are told apart by whom they measured and how, not by the order of rows",
          "[run][gate]") {
  const auto state = [](const std::string& audit) {
    reports::RunRecord record;
    record.run.plan = R"({"metrics": ["leakage"], "tables": {"audit": {)" + audit + "}}}";
    record.run.graph_hash = "of the rows in their order";
    return gate_state_of(record);
  };
  const std::string usual = R"("people": "aa", "reading": "", "files": "f1", "measured": "m1")";
  const GateState before = state(usual);
  const auto differs = [&](const std::string& from, const std::string& to) {
    std::string other = usual;
    other.replace(other.find(from), from.size(), to);
    return !why_not_comparable(before, state(other)).empty();
  };
  CHECK_FALSE(differs("f1", "f2"));
  CHECK(differs("m1", "m2"));
  CHECK(differs("aa", "bb"));
  CHECK(differs(R"("reading": "")", R"("reading": "transe-l1")"));
  CHECK(differs(R"("people")", R"("people_options": "bins=x", "people")"));
}

TEST_CASE("A finding that spoils an audit's figures is a warning of its state, a note is none",
          "[run][gate]") {
  reports::RunRecord record;
  record.run.plan = R"({"tables": {"audit": {}}})";
  record.findings = {{"warning", "rows_alike", "v.npy", "all 80 persons have the same row"},
                     {"note", "reading", "v.npy", "transe-l1 fits"},
                     {"warning", "small_groups", "gender", "3 persons"}};
  CHECK(gate_state_of(record).warnings ==
        std::map<std::string, std::string>{{"rows_alike", "all 80 persons have the same row"}});
  record.run.plan = R"({"tables": {}})";
  CHECK(gate_state_of(record).warnings.empty());
}

TEST_CASE("A state counts the persons with each value that bias was measured on", "[run][gate]") {
  reports::RunRecord record;
  record.run.plan = R"({"tables": {}})";
  const auto add = [&](const char* metric, const char* persons, const char* value,
                       std::uint64_t n) {
    record.measurements.push_back(
        {.run = "",
         .system = "basic",
         .view = "",
         .seed = 0,
         .metric = metric,
         .facets = {{"attribute", "gender"}, {"persons", persons}, {"value", value}},
         .measurement = Measurement::of(0.5, n, "", Direction::kNearer)});
  };
  add("score_gap.by_value", "", "other", 3);
  const std::map<std::string, std::uint64_t> gap = {{"other", 3}};
  CHECK(gate_state_of(record).groups.at("gender") == gap);
  add("question.auc_by_value", "stated", "female", 40);
  add("question.auc_by_value", "stated", "male", 60);
  add("question.auc_by_value", "held_out", "male", 7);
  const std::map<std::string, std::uint64_t> question = {{"female", 40}, {"male", 60}};
  CHECK(gate_state_of(record).groups.at("gender") == question);
}

TEST_CASE("Of one training against several, the seeds that would do on each side are counted",
          "[run][gate]") {
  const GateState before = state_with({{"mrr", {0.29, 0.30, 0.31}}});
  const GateFinding finding =
      only_finding(check_gate(rules_of("[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.01\n"), before,
                              state_with({{"mrr", {0.30}}}, 7)));
  CHECK(finding.verdict == GateVerdict::kInconclusive);
  // A paired t test, one-sided at .025, power .8, of .01 with sd .01 sqrt 2 (R: power.t.test(delta
  // = .01, sd = .01414214, sig.level = .025, power = .8, type = "paired", alternative =
  // "one.sided")).
  CHECK(finding.seeds_needed == 18);
  CHECK_THAT(finding.words, Contains("about 18 seeds a side would do"));
}

TEST_CASE("Measured margins pass what has not changed, and no margin is lowered", "[run][gate]") {
  Rng rng(8, "test");
  const GateState record = state_with({{"mrr", drawn(0.3, 0.001, 12, rng)},
                                       {"score_gap", drawn(2.0, 0.3, 12, rng), "gender"},
                                       {"score_gap", drawn(2.0, 0.5, 12, rng), "gender", "kl"},
                                       {"question_auc", drawn(0.7, 0.01, 12, rng), "gender"}});
  const GateRules rules = rules_of(
      "[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.05\n"
      "[[gate.rule]]\nfigure = \"score_gap\"\nmargin_share = 0.01\n"
      "[[gate.rule]]\nfigure = \"question_auc\"\nwanted = \"same\"\nmargin = 0.001\n");
  const CalibrationOptions options{.comparisons = 200};
  const GateCalibration before = calibrate_gate(rules, record, options);
  CHECK(before.inconclusive > 150);
  const GateRules measured = with_measured_margins(rules, before);
  // Wide already.
  CHECK(*measured.rules[0].margin == 0.05);
  // The share stays: the larger of the two counts. The noisier row decides.
  CHECK(*measured.rules[1].margin_share == 0.01);
  double widest = 0.0;
  for (const GateCalibration::Line& line : before.lines) {
    REQUIRE(line.unchanged_within.has_value());
    if (line.key.figure == "score_gap") widest = std::max(widest, *line.unchanged_within);
  }
  CHECK(*measured.rules[1].margin >= widest);
  CHECK(*measured.rules[1].margin <= 1.1 * widest);
  CHECK(*measured.rules[2].margin > 0.001);
  const GateCalibration after = calibrate_gate(measured, record, options);
  CHECK(after.inconclusive + after.false_alarms <= 10);
  // Asked twice, a figure still has one line, with the margin of the first rule.
  const GateCalibration twice =
      calibrate_gate(rules_of("[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.05\n"
                              "[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.02\n"),
                     record, options);
  REQUIRE(twice.lines.size() == 1);
  CHECK(twice.lines[0].margin == near(0.05));
}
