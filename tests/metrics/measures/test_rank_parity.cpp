#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

/// Forty persons in two groups, all clerks and half of each group nurses too; somebody is a miner.
datasets::Dataset mine_and_ward() {
  std::vector<NamedTriple> train;
  for (int i = 0; i < 40; ++i) {
    const std::string person = "p" + std::to_string(i);
    train.push_back({person, "group", i < 24 ? "a" : "b"});
    train.push_back({person, "works as", "clerk"});
    if (i % 2 == 0) train.push_back({person, "works as", "nurse"});
  }
  train.push_back({"somebody", "works as", "miner"});
  return dataset_of(train, {}, {}, {{"group", "group"}},
                    NamedPersonRelation{"profession", "works as"});
}

/// Scores of a's persons: miner 2, nurse 0, clerk -1; of b's: nurse 2, miner 0, clerk -1.
models::LinkScorer scorer_of_mine(const datasets::Dataset& data) {
  NamedRows entities = {{"nurse", {-1, 1}}, {"miner", {1, 1}}, {"clerk", {0, -1}}};
  for (int i = 0; i < 40; ++i) {
    entities["p" + std::to_string(i)] = {i < 24 ? 1.0F : -1.0F, 1.0F};
  }
  return scorer_of(table_of(data, 2, entities, {{"works as", {0, 0}}}), "transe-dot");
}

}  // namespace

TEST_CASE("Ranks and rates of professions differ between groups as the scores are made",
          "[metrics][rank_parity]") {
  const auto data = mine_and_ward();
  const auto found = measure("rank_parity", data, scorer_of_mine(data), {{"min_group", "5"}});
  const auto of = [](const std::string& profession) {
    return std::map<std::string, std::string>{
        {"attribute", "group"}, {"a", "a"}, {"b", "b"}, {"profession", profession}};
  };
  // A nurse is compared with miner alone, for everybody is known as a clerk. Among a's persons she
  // comes behind it, among b's ahead, whether she is known as a nurse or not.
  CHECK(found.value("rank_parity.rank_gap", of("nurse")) == -1.0);
  CHECK(found.value("rank_parity.true_positive_gap", of("nurse")) == -1.0);
  // Clerk comes last for everybody.
  CHECK(found.value("rank_parity.rank_gap", of("clerk")) == 0.0);
  CHECK(found.value("rank_parity.true_positive_gap", of("clerk")) == 0.0);
  // Of a's persons all would be named miners. Of b's the known nurses would, for nurse is no
  // candidate then; the others would be named nurses. 1 - 8 / 16.
  CHECK(found.value("rank_parity.false_positive_gap", of("miner")) == 0.5);
  CHECK(found.fact("rank_parity.false_positive_gap", of("miner")).n() == 40);
}

TEST_CASE("Over all professions ranks keep apart with a planted bias and are alike without one",
          "[metrics][rank_parity]") {
  const auto biased = society(1.5, 51);
  const auto with = measure("rank_parity", biased.data, scorer_of(biased.table, "transe-dot"));
  const auto fair = society(0.0, 52);
  const auto without = measure("rank_parity", fair.data, scorer_of(fair.table, "transe-dot"));
  const std::map<std::string, std::string> pair = {
      {"attribute", "gender"}, {"a", "male"}, {"b", "female"}};
  const std::map<std::string, std::string> group = {{"attribute", "gender"}, {"group", "female"}};
  CHECK(with.value("rank_parity.rank_gap_mean_abs", pair) > 0.3);
  CHECK(without.value("rank_parity.rank_gap_mean_abs", pair) < 0.1);
  CHECK(with.value("rank_parity.group_rank_gap", group) >
        5.0 * with.value("rank_parity.chance_rank_gap", group));
  CHECK(with.value("rank_parity.p_value", group) < 0.05);
  CHECK(with.value("rank_parity.group_rank_gap", group) ==
        near(with.value("rank_parity.rank_gap_mean_abs", pair), 1e-6));
}
