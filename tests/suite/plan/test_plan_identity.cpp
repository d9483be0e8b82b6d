#include "suite/plan/plan_identity.hpp"

#include "suite/plan/plan_text.hpp"
#include "tests/suite/plan/resolved.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using tests::with;

TEST_CASE("Threads and output folder change neither the plan's hash nor its record",
          "[run][plan]") {
  const Plan plan = with({});
  const Plan elsewhere = with({{"run.threads", "3", "--threads"}, {"run.out", "there", "--out"}});
  CHECK_FALSE(plan == elsewhere);
  CHECK(plan_hash(plan) == plan_hash(elsewhere));
  CHECK(to_json(plan) == to_json(elsewhere));
  CHECK_FALSE(plan_hash(plan) == plan_hash(with({{"training.epochs", "3", "--epochs"}})));
}

TEST_CASE("Hashes of plans stay those that records have", "[run][plan]") {
  CHECK(plan_hash(with({{"seeds", "2", "test"}})).hex() ==
        "7d08021e0e82676ba06fdfbf3300aabf77f90b55c410b110035cff0cd9dea010");
  CHECK(plan_hash(with({{"dataset.id", "fb13", "test"}})).hex() ==
        "d0ac8eff177f925c6a2971e75905707ca7a06a0bc2cc0e472f8e1a937bc2045c");
  CHECK(plan_hash(with({{"preset", "default", "test"},
                        {"dataset.triples", "some/folder", "test"},
                        {"systems",
                         "basic,bose,kl,kl+attr,hard-debias,inlp,leace,fan,gradient-reversal,"
                         "rebalance,no-sensitive,random-projection,leace-shuffled",
                         "test"}}))
            .hex() == "b5354bf139bc9d4f2d5b8e85cfd8ed8fb4de5b4e467850e5008f3ef25b8f94f5");
}

TEST_CASE("Words of help are no part of a plan's hash", "[run][plan]") {
  Plan plan = with({});
  const Digest before = plan_hash(plan);
  for (PlanSection& section : plan.sections) section.meaning = "said in other words";
  CHECK(plan_hash(plan) == before);
  CHECK_THAT(print(plan), Catch::Contains("# said in other words"));
}

}  // namespace
}  // namespace kgaudit::run
