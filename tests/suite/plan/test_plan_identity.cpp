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
        "2b3e8c58fe9b1b70341e75f1e3ba2bdf1671bd7fe290ba50876308f3e07acd54");
  CHECK(plan_hash(with({{"dataset.id", "fb13", "test"}})).hex() ==
        "3f804355fdbea8b9e935cd98fe2234d28c93adda2f811d3106d070d8a9ba8bec");
  CHECK(plan_hash(with({{"preset", "default", "test"},
                        {"dataset.triples", "some/folder", "test"},
                        {"systems",
                         "basic,bose,kl,kl+attr,hard-debias,inlp,leace,fan,gradient-reversal,"
                         "rebalance,no-sensitive,random-projection,leace-shuffled",
                         "test"}}))
            .hex() == "631ad3893c60f7f884c726a820f712fd8f37220cf9d5db39e79233080cf512f3");
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
