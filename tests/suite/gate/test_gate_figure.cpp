#include "suite/gate/gate_figure.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::run;
using Catch::Matchers::Contains;
using kgaudit::tests::near;

TEST_CASE("How bad a value is follows what is better for its figure", "[run][gate]") {
  CHECK(badness(gate_figure("mrr", "test"), 0.3) == -0.3);
  CHECK(badness(gate_figure("seconds_against_basic", "test"), 1.2) == 1.2);
  // A gap is as bad on either side of 0, an answer as telling on either side of a half.
  CHECK(badness(gate_figure("score_gap", "test"), -2.0) == 2.0);
  CHECK(badness(gate_figure("question_auc", "test"), 0.4) == near(0.1));
  // An attacker who does worse than chance has found nothing.
  CHECK(badness(gate_figure("leakage_auc", "test"), 0.4) == 0.0);
  CHECK(badness(gate_figure("leakage_auc", "test"), 0.75) == 0.25);
}

TEST_CASE("A value made worse by an amount is as much worse", "[run][gate]") {
  for (const GateFigure& figure : gate_figures()) {
    CAPTURE(figure.id);
    CHECK(badness(figure, 0.9) <= figure.worst);
    for (const double value : {0.6, 0.9}) {
      CHECK(badness(figure, worsened(figure, value, 0.125)) ==
            near(badness(figure, value) + 0.125));
    }
  }
  CHECK(worsened(gate_figure("score_gap", "test"), -1.0, 0.5) == -1.5);
}

TEST_CASE("Figures of a gate have names of their own, and a slip gets the nearest", "[run][gate]") {
  std::set<std::string_view> ids;
  for (const GateFigure& figure : gate_figures()) CHECK(ids.insert(figure.id).second);
  CHECK_THROWS_WITH(gate_figure("mrr_other", "kgaudit.toml:3"),
                    Contains("kgaudit.toml:3") && Contains("'mrr_others'"));
}

TEST_CASE("A record says which definition its figures have, and older programs are known",
          "[run][gate]") {
  CHECK(figure_versions_text() == "leakage_accuracy 3, leakage_auc 2");
  const auto versions = [](const std::map<std::string, std::string>& build) {
    const auto all = figure_versions_of(build);
    CHECK(all.size() == gate_figures().size());
    CHECK(all.at("mrr") == 1);
    return std::pair(all.at("leakage_accuracy"), all.at("leakage_auc"));
  };
  CHECK(versions({{kFigureVersions, figure_versions_text()}}) == std::pair(3, 2));
  CHECK(versions({{"version", "0.2.0"}}) == std::pair(2, 2));
  CHECK(versions({{"version", "0.1.0"}}) == std::pair(1, 1));
  CHECK(versions({{kFigureVersions, "leakage_auc 7, unheard_of 3, mrr"}}) == std::pair(1, 7));
  CHECK(versions({{kFigureVersions, "leakage_auc ,,  99999999999999999999"}}) == std::pair(1, 1));
}
