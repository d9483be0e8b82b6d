#include <algorithm>
#include <cmath>

#include "datasets/hidden_persons.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

std::map<std::string, std::string> asked(const char* attribute, const char* persons = "stated") {
  return {{"attribute", attribute}, {"persons", persons}};
}

/// Adds the same number to all scores of a value: with a dot product, along an axis on which only
/// the relation's row and the values stand.
std::shared_ptr<models::EmbeddingTable> shifted(const Society& world, float male, float female) {
  const std::size_t width = world.table->dimension() + 1;
  auto table = table_of(world.data, width, {}, {});
  for (std::size_t e = 0; e < world.data.graph.entity_count(); ++e) {
    const auto row = world.table->entities.values(e);
    std::copy(row.begin(), row.end(), table->entities.row(e));
  }
  table->relations.row(relation(world.data, "gender").index())[width - 1] = 1.0F;
  table->entities.row(entity(world.data, "male").index())[width - 1] = male;
  table->entities.row(entity(world.data, "female").index())[width - 1] = female;
  return table;
}

}  // namespace

TEST_CASE("The question about three persons is answered as by hand", "[metrics][question]") {
  // g = <p + r, value>: the male score is axis 0, the female one axis 1.
  const auto data =
      dataset_of({{"m1", "gender", "male"}, {"m2", "gender", "male"}, {"f1", "gender", "female"}},
                 {}, {{"m1", "gender", "male"}}, {{"gender", "gender"}});
  const auto scorer = scorer_of(
      table_of(
          data, 2,
          {{"m1", {3, 1}}, {"m2", {1, 2}}, {"f1", {2, 0.5F}}, {"male", {1, 0}}, {"female", {0, 1}}},
          {}),
      "transe-dot");
  const auto measured = measure("question", data, scorer, {{"min_group", "1"}});
  // Male: 3 and 1 against 2. Female: .5 against 1 and 2.
  CHECK(measured.value("question.auc_by_value", {{"value", "male"}}) == near(0.5));
  CHECK(measured.value("question.auc_by_value", {{"value", "female"}}) == near(0.0));
  CHECK(measured.value("question.auc_micro", asked("gender")) == near(1.0 / 3.0));
  CHECK(measured.value("question.auc_macro", asked("gender")) == near(0.25));
  // m1 is answered right, m2 as female, f1 as male.
  CHECK(measured.value("question.accuracy", asked("gender")) == near(1.0 / 3.0));
  CHECK(measured.value("question.majority", asked("gender")) == near(2.0 / 3.0));
  CHECK(measured.value("question.excess_accuracy", asked("gender")) == near(-1.0 / 3.0));
  CHECK(measured.value("question.balanced_accuracy", asked("gender")) == near(0.25));
  CHECK(measured.value("question.excess_balanced_accuracy", asked("gender")) == near(-0.25));
  // Less the means, 2 and 3.5 / 3: m1 male, m2 female, f1 male.
  CHECK(measured.value("question.centred_balanced_accuracy", asked("gender")) == near(0.25));
  CHECK(measured.value("question.excess_centred_balanced_accuracy", asked("gender")) ==
        near(-0.25));
  CHECK(measured.value("question.persons", asked("gender", "held_out")) == 0.0);
  CHECK_FALSE(measured.fact("question.auc_micro", asked("gender", "held_out")).defined());
}

TEST_CASE("A shift of all scores of a value changes no AUC of the question",
          "[metrics][question]") {
  const auto world = society(1.0, 81);
  const auto plain = measure("question", world.data, scorer_of(world.table, "transe-dot"));
  const auto moved =
      measure("question", world.data, scorer_of(shifted(world, 50.0F, -50.0F), "transe-dot"));
  // Sums of floats round, and a pair of nearly equal scores may change its order.
  CHECK(moved.value("question.auc_micro", asked("gender")) ==
        near(plain.value("question.auc_micro", asked("gender")), 1e-4));
  CHECK(moved.value("question.auc_macro", asked("gender")) ==
        near(plain.value("question.auc_macro", asked("gender")), 1e-4));
  // The same shift makes the answer male for all: right as often as the majority, and no better.
  CHECK(moved.value("question.excess_accuracy", asked("gender")) == near(0.0));
  CHECK(moved.value("question.excess_balanced_accuracy", asked("gender")) == near(0.0));
  CHECK(plain.value("question.excess_accuracy", asked("gender")) > 0.2);
  // What is common to all persons hides nothing from the centred answer.
  const double centred = plain.value("question.excess_centred_balanced_accuracy", asked("gender"));
  CHECK(centred > 0.2);
  CHECK(moved.value("question.excess_centred_balanced_accuracy", asked("gender")) ==
        near(centred, 5e-3));
  // The old AUC, which compares the values of one person, follows the shift.
  const auto gap =
      measure("score_gap", world.data, scorer_of(shifted(world, 50.0F, -50.0F), "transe-dot"));
  CHECK(gap.value("score_gap.within_person_auc", {{"attribute", "gender"}}) ==
        near(plain.value("question.majority", asked("gender")), 1e-9));
}

TEST_CASE("A planted bias is found in the answers, and without one they are chance",
          "[metrics][question]") {
  const auto biased = society(1.5, 82);
  const auto with = measure("question", biased.data, scorer_of(biased.table, "transe-dot"));
  for (const char* persons : {"stated", "held_out"}) {
    CAPTURE(persons);
    CHECK(with.value("question.auc_micro", asked("gender", persons)) > 0.97);
    CHECK(with.value("question.balanced_accuracy", asked("gender", persons)) > 0.9);
  }
  const auto fair = society(0.0, 83);
  const auto without = measure("question", fair.data, scorer_of(fair.table, "transe-dot"));
  for (const char* attribute : {"gender", "religion", "faith"}) {
    CAPTURE(attribute);
    for (const char* name : {"question.auc_micro", "question.auc_macro"}) {
      const Measurement& m = without.fact(name, asked(attribute));
      REQUIRE(m.interval());
      CHECK(std::abs(m.value() - 0.5) < m.interval()->high - m.interval()->low);
    }
    const Measurement& balanced =
        without.fact("question.excess_balanced_accuracy", asked(attribute));
    REQUIRE(balanced.interval());
    CHECK(std::abs(balanced.value()) < balanced.interval()->high - balanced.interval()->low);
    const Measurement& centred =
        without.fact("question.excess_centred_balanced_accuracy", asked(attribute));
    REQUIRE(centred.interval());
    CHECK(std::abs(centred.value()) < centred.interval()->high - centred.interval()->low);
  }
}

TEST_CASE("Hidden persons are asked in place of those whose value stands outside train",
          "[metrics][question]") {
  const auto world = society(1.5, 84);
  const auto data = datasets::with_hidden_persons(world.data, 0.2, 1);
  const auto measured = measure("question", data, scorer_of(world.table, "transe-dot"));
  const auto& hidden = *data.hidden->find("gender");
  CHECK(measured.value("question.persons", asked("gender", "held_out")) ==
        static_cast<double>(hidden.persons.size()));
  CHECK(measured.value("question.persons", asked("gender")) ==
        static_cast<double>(data.attributes.sensitive()[0].train_persons().size()));
  CHECK(measured.value("question.auc_micro", asked("gender", "held_out")) > 0.97);
}

TEST_CASE("Renaming the values changes no figure of the question", "[metrics][question]") {
  const auto world = society(0.7, 85, 200);
  auto mirrored = std::make_shared<models::EmbeddingTable>(*world.table);
  for (std::size_t e = 0; e < world.data.graph.entity_count(); ++e)
    mirrored->entities.row(e)[0] *= -1;
  const auto a = measure("question", world.data, scorer_of(world.table, "transe-dot"));
  const auto b = measure("question", world.data, scorer_of(mirrored, "transe-dot"));
  REQUIRE(a.output.facts.size() == b.output.facts.size());
  for (std::size_t i = 0; i < a.output.facts.size(); ++i) {
    CHECK(a.output.facts[i].measurement == b.output.facts[i].measurement);
  }
}

TEST_CASE("A broken embedding and a single value have reasons instead of answers",
          "[metrics][question]") {
  auto world = society(0.5, 86, 100);
  world.table->entities.row(entity(world.data, "person_0").index())[3] = HUGE_VALF;
  const auto broken = measure("question", world.data, scorer_of(world.table, "transe-dot"));
  CHECK_FALSE(broken.fact("question.auc_micro", asked("gender")).defined());
  const auto lonely = dataset_of({{"p", "g", "a"}}, {}, {{"p", "g", "a"}}, {{"gender", "g"}});
  const auto none = measure("question", lonely, scorer_of(table_of(lonely, 2, {}, {}), "distmult"));
  CHECK_FALSE(none.fact("question.accuracy", asked("gender")).defined());
}
