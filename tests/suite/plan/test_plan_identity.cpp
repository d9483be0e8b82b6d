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

TEST_CASE("Hashes of plans are those that records have had from the beginning", "[run][plan]") {
  CHECK(plan_hash(with({{"seeds", "2", "test"}})).hex() ==
        "c19c8a9bfe6919bf9acb3d9a646308a60f3eef8f553dd1b6ef25e0f50af03f2f");
  CHECK(plan_hash(with({{"dataset.id", "fb13", "test"}})).hex() ==
        "9f0dcada9ea26545127b256b8bffab09249b9ec7f1499c89029c6b298d0401f0");
  CHECK(plan_hash(with({{"preset", "default", "test"},
                        {"dataset.triples", "some/folder", "test"},
                        {"systems",
                         "basic,bose,kl,kl+attr,hard-debias,inlp,leace,fan,gradient-reversal,"
                         "rebalance,no-sensitive,random-projection,leace-shuffled",
                         "test"}}))
            .hex() == "587e45b0d182a14849ae949c009c5590efe88c685197b770089a52e5d6a4b958");
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
