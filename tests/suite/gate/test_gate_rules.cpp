#include "suite/gate/gate_rules.hpp"

#include <catch2/catch.hpp>

#include "suite/base/error.hpp"
#include "tests/suite/gate/gate_states.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::run;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

std::string rules_refusal(const std::string& text) {
  try {
    static_cast<void>(parse_gate_rules(text, "kgaudit.toml"));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Rules of a gate are read with their lines", "[run][gate]") {
  const GateRules rules = parse_gate_rules(
      "[gate]\nalpha = 0.01\nbaseline = \"b.json\"\n\n[[gate.rule]]\nfigure = \"mrr\"\n"
      "margin_share = 0.03\n[[gate.rule]]\nfigure = \"score_gap\"\nattributes = [\"gender\"]\n"
      "rows = [\"kl\"]\nwanted = \"same\"\nmargin = 1\nat_most = 2.5\n",
      "kgaudit.toml");
  CHECK(rules.alpha == 0.01);
  CHECK(rules.baseline == "b.json");
  REQUIRE(rules.rules.size() == 2);
  CHECK(rules.rules[0].place == "kgaudit.toml:5");
  CHECK(rules.rules[0].margin_share == 0.03);
  CHECK(rules.rules[1].wanted == GateRule::Wanted::kSame);
  CHECK(rules.rules[1].margin == 1.0);
  CHECK(rules.rules[1].at_most == 2.5);
  CHECK(rules.rules[1].attributes == std::vector<std::string>{"gender"});
}

TEST_CASE("Rules name a baseline file or a row of the record, and leave other tables alone",
          "[run][gate]") {
  const std::string rule = "[[gate.rule]]\nfigure = \"mrr\"\nmargin_share = 0.03\n";
  const GateRules rules = parse_gate_rules(
      "systems = [\"basic\", \"kl\"]\n[gate]\nbaseline_row = \"basic\"\n" + rule, "plan.toml");
  CHECK(rules.baseline_row == "basic");
  CHECK(rules.baseline_row_place == "plan.toml:3");
  CHECK(parse_gate_rules("[gate]\n" + rule, "kgaudit.toml").baseline_row.empty());
  CHECK_THAT(rules_refusal("[gate]\nbaseline = \"b.json\"\nbaseline_row = \"basic\"\n" + rule),
             Contains("kgaudit.toml:3") && Contains("take one of the two out"));
}

TEST_CASE("A rule in a table of another name is refused, because it would be no rule",
          "[run][gate]") {
  const std::string rule = "figure = \"mrr\"\nmargin_share = 0.03\n";
  const std::string good = "[gate]\n[[gate.rule]]\n" + rule;
  for (const char* slip : {"[[rule]]\n", "[[gates.rule]]\n", "[gatee]\n"}) {
    CHECK_THAT(rules_refusal(good + slip + rule), Contains("kgaudit.toml:5") && Contains("gate"));
  }
}

TEST_CASE("Margins, limits and levels that no figure can need are refused", "[run][gate]") {
  const std::string head = "[gate]\n[[gate.rule]]\nfigure = \"mrr\"\n";
  for (const char* line :
       {"margin = 1e100", "margin_share = 1e308", "at_most = 1e308", "at_least = -1e308"}) {
    CHECK_THAT(rules_refusal(head + line + "\n"), Contains("kgaudit.toml:4") && Contains("1e+09"));
  }
  CHECK_THAT(rules_refusal("[gate]\nalpha = 1e-17\n[[gate.rule]]\nfigure = \"mrr\"\nmargin = 1\n"),
             Contains("kgaudit.toml:2") && Contains("between 0 and 1"));
}

TEST_CASE("A slip in the rules of a gate is told with its line and never passed over",
          "[run][gate]") {
  const std::string head = "[gate]\n[[gate.rule]]\n";
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nmargn = 1\n"),
             Contains("kgaudit.toml:4") && Contains("'margn'") && Contains("'margin'"));
  CHECK_THAT(rules_refusal(head + "figure = \"mmr\"\nmargin = 1\n"), Contains("'mrr'"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\n"), Contains("asks nothing"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nmargin = nan\n"), Contains("finite"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nmargin = -1\n"), Contains("above 0"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nmargin = \"3 %\"\n"), Contains("no number"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nmargin = 1\nattributes = [\"gender\"]\n"),
             Contains("which has none"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nwanted = \"same\"\nat_most = 1\n"),
             Contains("without a margin"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nwanted = \"beter\"\n"), Contains("'better'"));
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nat_least = 0.9\nat_most = 0.1\n"),
             Contains("kgaudit.toml:2") && Contains("at_least = 0.9 above at_most = 0.1"));
  CHECK(rules_refusal(head + "figure = \"mrr\"\nat_least = 0.5\nat_most = 0.5\n") == "");
  CHECK_THAT(rules_refusal(head + "figure = \"mrr\"\nmargin = 1\nrows = [\"basic\",\n\"basic\"]\n"),
             Contains("kgaudit.toml:6") && Contains("'basic' is listed twice in rows"));
  CHECK_THAT(rules_refusal(head + "figure = \"score_gap\"\nmargin = 1\n" +
                           "attributes = [\"gender\", \"religion\", \"gender\"]\n"),
             Contains("'gender' is listed twice in attributes"));
  CHECK_THAT(rules_refusal("[gate]\nalpha = 5\n"), Contains("between 0 and 1"));
  CHECK_THAT(rules_refusal("[gate]\n"), Contains("no [[gate.rule]]"));
  CHECK_THAT(rules_refusal("[gates]\n"), Contains("did you mean 'gate'?"));
  CHECK_THAT(rules_refusal("systems = [\"basic\"]\n"), Contains("no table [gate]"));
}

TEST_CASE("Rules made from a reference run can be read again and hold for it", "[run][gate]") {
  const GateState reference = state_with({{"mrr", {0.300, 0.301, 0.299}},
                                          {"score_gap", {2.0, 2.5, 3.0}, "gender"},
                                          {"leakage_auc", {0.5, 0.5, 0.5}, "gender"},
                                          {"hits_at_1", {0.2, 0.2, 0.2}},
                                          {"seconds_against_basic", {1.0, 1.0, 1.0}}});
  const GateRules rules = sensible_rules(reference);
  REQUIRE(rules.rules.size() == 3);  // H@1 and times are not gated by default
  CHECK(rules.rules[0].margin_share == 0.03);
  CHECK_FALSE(rules.rules[0].margin.has_value());
  CHECK(rules.rules[1].attributes == std::vector<std::string>{"gender"});
  // Three standard errors of a difference: 3 sqrt(2) .5 / sqrt(3) = 1.2247, two digits up.
  CHECK(rules.rules[1].margin == 1.3);
  // Without any leak and any noise: two points of AUC.
  CHECK(rules.rules[2].margin == near(0.02));
  // One unstable row of three lets the others drift no further.
  const GateRules rows =
      sensible_rules(state_with({{"question_auc", {0.5, 0.5, 0.5}, "gender", "a"},
                                 {"question_auc", {0.9, 0.5, 0.1}, "gender", "b"},
                                 {"question_auc", {0.5, 0.5, 0.5}, "gender", "c"}}));
  REQUIRE(rows.rules.size() == 1);
  CHECK(rows.rules[0].margin == near(0.02));
  const GateRules again = parse_gate_rules(gate_rules_text(rules), "again.toml");
  REQUIRE(again.rules.size() == rules.rules.size());
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    CHECK(again.rules[i].figure == rules.rules[i].figure);
    CHECK(again.rules[i].margin == rules.rules[i].margin);
    CHECK(again.rules[i].margin_share == rules.rules[i].margin_share);
  }
}
