#include "metrics/formulas/question.hpp"

#include <limits>
#include <vector>

#include "metrics/formulas/placements.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;
using tests::near;

namespace {

using OwnValues = std::vector<std::uint32_t>;
using ScoreTable = std::vector<std::vector<float>>;  // a row a person

AskedPersons asked_of(const std::vector<OwnValues>& values) {
  AskedPersons asked;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    asked.persons.emplace_back(i);
    asked.values.push_back({values[i], values[i]});
  }
  return asked;
}

QuestionAnswers answers_to(const AskedPersons& asked, const ScoreTable& scores,
                           std::size_t min_group, std::size_t threads = 1) {
  ThreadPool pool(threads);
  return answer_question(
      asked, scores[0].size(), min_group,
      [&](std::size_t begin, std::size_t end, std::size_t first, std::size_t last, float* out) {
        for (std::size_t i = begin; i < end; ++i) {
          for (std::size_t c = first; c < last; ++c) *out++ = scores[i][c];
        }
      },
      pool);
}

}  // namespace

TEST_CASE("AUCs, answers and balanced accuracy of five persons are those counted by hand",
          "[metrics][question]") {
  // Values: two persons have 0, two have 1, one has both 0 and 2.
  const AskedPersons asked = asked_of({{0}, {0}, {1}, {1}, {0, 2}});
  const ScoreTable scores = {{3, 1, 0}, {1, 1, 0}, {2, 5, 0}, {4, 0, 0}, {0, 1, 2}};
  const auto answers = answers_to(asked, scores, 2);
  REQUIRE(answers.values.size() == 3);
  // Value 0: 3, 1, 0 against 2, 4. Value 1: 5, 0 against 1, 1, 1. Value 2: 2 against zeros.
  CHECK(answers.values[0].auc == near(1.0 / 6.0));
  CHECK(answers.values[0].with == 3);
  CHECK(answers.values[0].without == 2);
  CHECK(answers.values[1].auc == near(3.0 / 6.0));
  CHECK(answers.values[2].auc == near(1.0));
  CHECK(answers.auc_micro == near((3.0 / 6.0 + 2.0 * 0.5 + 1.0) / 6.0));
  CHECK(*answers.auc_macro == near((1.0 / 6.0 + 3.0 / 6.0) / 2.0));
  CHECK(*answers.placement[4] == near((0.0 + 1.0) / 2.0));
  // Best: value 0; a tie of 0 and 1; value 1; value 0; value 2.
  CHECK(answers.correct == std::vector<double>{1.0, 0.5, 1.0, 0.0, 1.0});

  // Means 2, 1.6, .4. Less these: 0; 1; 1; 0; 2.
  CHECK(answers.centred_correct == std::vector<double>{1.0, 0.0, 1.0, 0.0, 1.0});
  CHECK(chance_answer(asked, 3)[0] == near(1.0 / 3.0));
  CHECK(chance_answer(asked, 3)[4] == near(2.0 / 3.0));

  const ConstantAnswer constant = constant_answer(asked, 3);
  CHECK(constant.value == 0);
  CHECK(constant.correct == std::vector<double>{1, 1, 0, 0, 1});
  // Recalls: 2.5 of 3, 1 of 2, 1 of 1.
  const auto balanced = balanced_accuracy(asked, 3, 1, answers.correct);
  CHECK(balanced.values == 3);
  CHECK(balanced.value == near((2.5 / 3.0 + 0.5 + 1.0) / 3.0));
  CHECK(balanced_accuracy(asked, 3, 2, answers.correct).value == near((2.5 / 3.0 + 0.5) / 2.0));
  CHECK(balanced_accuracy(asked, 3, 4, answers.correct).values == 0);
}

TEST_CASE("A constant added to a value's scores leaves every AUC as it is", "[metrics][question]") {
  Rng rng(4, "question");
  std::vector<OwnValues> values;
  ScoreTable scores;
  for (std::uint32_t i = 0; i < 300; ++i) {
    values.push_back({rng.below(40)});
    scores.emplace_back();
    // Multiples of 1/8: the sums below are exact.
    for (int c = 0; c < 40; ++c) scores[i].push_back(static_cast<float>(rng.below(64)) / 8.0F);
    scores[i][values[i][0]] += 2.0F;
  }
  ScoreTable shifted = scores;
  for (auto& row : shifted) {
    for (std::size_t c = 0; c < row.size(); ++c) row[c] += 16.0F * static_cast<float>(c % 5);
  }
  const AskedPersons asked = asked_of(values);
  const auto plain = answers_to(asked, scores, 3);
  const auto moved = answers_to(asked, shifted, 3, 3);
  CHECK(moved.auc_micro == plain.auc_micro);
  CHECK(*moved.auc_macro == *plain.auc_macro);
  CHECK(moved.micro_influence == plain.micro_influence);
  CHECK(moved.correct != plain.correct);
  CHECK(plain.auc_micro > 0.6);
}

TEST_CASE("A person's influence is what leaving the person out moves the AUC by",
          "[metrics][question]") {
  Rng rng(6, "jackknife");
  std::vector<OwnValues> values;
  ScoreTable scores;
  for (std::uint32_t i = 0; i < 400; ++i) {
    values.push_back({rng.below(3)});
    scores.emplace_back();
    for (int c = 0; c < 3; ++c) scores[i].push_back(static_cast<float>(rng.normal()));
    scores[i][values[i][0]] += 0.5F;
  }
  const auto all = answers_to(asked_of(values), scores, 3);
  for (const std::size_t left_out : {std::size_t{0}, std::size_t{7}, std::size_t{200}}) {
    auto some = values;
    auto rows = scores;
    some.erase(some.begin() + static_cast<std::ptrdiff_t>(left_out));
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(left_out));
    const auto without = answers_to(asked_of(some), rows, 3);
    // The weights of the values move a little as well.
    CHECK(all.auc_micro - without.auc_micro == near(all.micro_influence[left_out], 3e-4));
    CHECK(*all.auc_macro - *without.auc_macro == near(all.macro_influence[left_out], 3e-4));
  }
}

TEST_CASE("A score that is not finite leaves no answers", "[metrics][question]") {
  const AskedPersons asked = asked_of({{0}, {1}});
  const auto broken =
      answers_to(asked, {{1.0F, std::numeric_limits<float>::quiet_NaN()}, {0, 1}}, 1);
  CHECK_FALSE(broken.finite);
  CHECK(broken.correct.empty());
}

TEST_CASE("Persons who all have the same value have no AUC", "[metrics][question]") {
  const auto answers = answers_to(asked_of({{0}, {0}}), {{1, 0}, {0, 1}}, 1);
  CHECK(answers.values.empty());
  CHECK_FALSE(answers.auc_macro);
}
