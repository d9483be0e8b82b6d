#include "reports/tables/sweep_table.hpp"

#include "reports/figures/sweep_figures.hpp"
#include "tests/reports/example_jobs.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("The table of a sweep names the optimal runs and says what has no value",
          "[reports][sweep]") {
  const std::string text = render_markdown(sweep_table(tests::example_sweep()));
  CHECK_THAT(text, Contains("planted-people; seeds 0, 1; epochs 5, dimension 8") &&
                       Contains("Pareto-optimal: basic-01, bose-01.") && Contains("gamma 100") &&
                       Contains("undef.") && Contains("no leakage of every attribute"));
}

TEST_CASE("The table of a sweep keeps the sweep's order, and counts the runs that are to come",
          "[reports][sweep]") {
  SweepRecord sweep = tests::example_sweep();
  std::swap(sweep.points[0], sweep.points[1]);
  sweep.points.pop_back();
  const Table table = sweep_table(sweep);
  REQUIRE(table.rows.size() == 2);
  CHECK(std::get<TextCell>(table.rows[0].cells[0]).text == "basic-01");
  CHECK_THAT(render_markdown(table), Contains("2 of 3 runs are finished"));
}

TEST_CASE("A run that diverged is a row with the reason, and is never optimal",
          "[reports][sweep]") {
  SweepRecord sweep = tests::example_sweep();
  sweep.points[2] = {"bose-02", std::nullopt, std::nullopt, std::nullopt, "diverged at epoch 2"};
  const std::string text = render_markdown(sweep_table(sweep));
  CHECK_THAT(text,
             Contains("diverged at epoch 2") && Contains("Pareto-optimal: basic-01, bose-01."));
}

TEST_CASE("The figures of a sweep have a curve a system and leave out what has no value",
          "[reports][sweep]") {
  const SweepRecord sweep = tests::example_sweep();
  const auto figures = sweep_figures(sweep);
  REQUIRE(figures.size() == 2);
  CHECK_THAT(figures[0].data, Contains("0.6") && Contains("0.2"));
  CHECK_THAT(figures[1].data, !Contains("0.6"));
  SweepRecord empty = sweep;
  empty.points = {{"basic-01", std::nullopt, std::nullopt, std::nullopt}};
  CHECK(sweep_figures(empty).empty());
}

}  // namespace
}  // namespace kgaudit::reports
