#include "reports/tables/tuning_table.hpp"

#include "tests/reports/example_jobs.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("The tuning table has each system's best trial and names those that failed",
          "[reports][search]") {
  const std::string text = render_terminal(tuning_table(tests::example_search()), {100, false});
  CHECK(text ==
        "Weights found on validation data\n"
        "\n"
        "                                     question against Basic, %  leakage, AUC above .5\n"
        "system  trials  feasible  valid MRR                     gender                 gender\n"
        "basic        1         0     0.3000                        0.0                  0.125\n"
        "bose         3         1     0.2500                      -95.0                  0.010\n"
        "\n"
        "system  best values         misses\n"
        "basic                       (reference)\n"
        "bose    gamma 10, keep 0.5\n"
        "\n"
        "highest MRR with a small gap\n"
        "1 of 3 trials of bose failed: diverged at epoch 1 (trial 3).\n"
        "Chosen on validation triples and on the selection half of the persons, with few seeds: "
        "figures to\n"
        "report come from `kgaudit bench --plan`, on test triples; with --set "
        "evaluation.persons=others on\n"
        "persons that no choice saw.\n");
}

TEST_CASE("A system all of whose trials failed says so in words", "[reports][search]") {
  SearchRecord search = tests::example_search();
  search.trials.erase(search.trials.begin() + 1, search.trials.begin() + 3);
  search.trials.back().number = 1;
  const std::string text = render_markdown(tuning_table(search));
  CHECK_THAT(text, Contains("failed: diverged at epoch 1") && Contains("undef.") &&
                       Contains("1 of 1 trials of bose failed: diverged at epoch 1 (trial 1)."));
}

TEST_CASE("The table of trials has one row a trial, in order", "[reports][search]") {
  const SearchRecord search = tests::example_search();
  const Table table = trials_table(search);
  REQUIRE(table.rows.size() == search.trials.size());
  CHECK_THAT(render_csv(table),
             Contains("gamma 1e+09, keep 0.25") && Contains("failed: diverged at epoch 1"));
}

}  // namespace
}  // namespace kgaudit::reports
