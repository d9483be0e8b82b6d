#include <algorithm>
#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

/// One woman, two men and one man-and-woman whose scores can be read off the rows.
struct Four {
  datasets::Dataset data = dataset_of({{"m1", "gender", "male"},
                                       {"m2", "gender", "male"},
                                       {"f1", "gender", "female"},
                                       {"x", "gender", "male"},
                                       {"x", "gender", "female"},
                                       {"male", "told", "f1"}},
                                      {}, {{"m1", "gender", "male"}}, {{"gender", "gender"}});
  // g = <p + r, value>: the male score is axis 0, the female one axis 1.
  models::LinkScorer scorer = scorer_of(table_of(data, 2,
                                                 {{"m1", {3, 1}},
                                                  {"m2", {1, 1}},
                                                  {"f1", {2, 0.5F}},
                                                  {"x", {9, 9}},
                                                  {"male", {1, 0}},
                                                  {"female", {0, 1}}},
                                                 {}),
                                        "transe-dot");
};

}  // namespace

TEST_CASE("Micro, macro and accuracy of four persons are those computed by hand",
          "[metrics][score_gap]") {
  const Four four;
  const auto measured = measure("score_gap", four.data, four.scorer, {{"min_group", "1"}});
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  // Gaps: m1 2, m2 0, f1 -1.5; x has both values and nothing false.
  CHECK(measured.value("score_gap.micro", gender) == near((2.0 + 0.0 - 1.5) / 3.0));
  CHECK(measured.fact("score_gap.micro", gender).n() == 3);
  CHECK(measured.value("score_gap.macro", gender) == near((1.0 - 1.5) / 2.0));
  // m1 and m2 are 1 off their mean of 1, and each is one of two of one of two values: G = 3
  // persons.
  const Measurement& macro = measured.fact("score_gap.macro", gender);
  REQUIRE(macro.interval());
  CHECK(macro.interval()->high - macro.interval()->low ==
        near(2.0 * 1.959963985 * std::sqrt(3.0 / 2.0 * 2.0 * 0.25 * 0.25), 1e-6));
  CHECK(measured.value("score_gap.by_value", {{"value", "female"}}) == near(-1.5));
  CHECK(measured.value("score_gap.within_person_auc", gender) == near((1.0 + 0.5 + 0.0) / 3.0));
  // Male scores 3, 1, 2, 9: squares 38.75; female 1, 1, .5, 9: squares 50.1875.
  const double sd = std::sqrt((38.75 + 50.1875) / 6.0);
  CHECK(measured.value("score_gap.in_person_sds", gender) == near(0.5 / 3.0 / sd));
  CHECK(measured.value("score_gap.in_person_sds_macro", gender) == near((1.0 - 1.5) / 2.0 / sd));
  // Right: m1, half of m2, not f1, x whatever comes. The commonest value is right for three.
  CHECK(measured.value("score_gap.accuracy", gender) == near((1.0 + 0.5 + 0.0 + 1.0) / 4.0));
  CHECK(measured.value("score_gap.majority", gender) == near(0.75));
  CHECK(measured.value("score_gap.skipped_nothing_false", gender) == 2.0);
}

TEST_CASE("The distributions of a two-valued attribute are kept by true value",
          "[metrics][score_gap]") {
  const Four four;
  const auto measured = measure("score_gap", four.data, four.scorer);
  const auto& raw = measured.output.raw;
  const auto series = std::find_if(raw.begin(), raw.end(), [](const metrics::RawSeries& s) {
    return s.name == "score_gap.gender.score_of:male.given:female";
  });
  REQUIRE(series != raw.end());
  CHECK(series->ids == std::vector<std::uint32_t>{entity(four.data, "f1").value});
  CHECK(series->values == std::vector<float>{2.0F});
}

TEST_CASE("Quantiles of the scores stand on record for each true value", "[metrics][score_gap]") {
  const Four four;
  const auto measured = measure("score_gap", four.data, four.scorer);
  const auto where = [](const char* given, const char* level) {
    return std::map<std::string, std::string>{
        {"attribute", "gender"}, {"of", "male"}, {"given", given}, {"quantile", level}};
  };
  // The male scores of m1 and m2 are 3 and 1, that of f1 is 2; x has both values and no place here.
  const std::string name = "score_gap.score_quantile";
  CHECK(measured.value(name, where("male", "0.05")) == near(1.1));
  CHECK(measured.value(name, where("male", "0.25")) == near(1.5));
  CHECK(measured.value(name, where("male", "0.5")) == near(2.0));
  CHECK(measured.value(name, where("male", "0.95")) == near(2.9));
  CHECK(measured.fact(name, where("male", "0.5")).n() == 2);
  CHECK(measured.value(name, where("female", "0.75")) == near(2.0));
}

TEST_CASE("A planted gap is found, and without one the gap is 0 within its interval",
          "[metrics][score_gap]") {
  const auto biased = society(1.5, 3);
  const auto with = measure("score_gap", biased.data, scorer_of(biased.table, "transe-dot"));
  const Measurement& gap = with.fact("score_gap.micro", {{"attribute", "gender"}});
  REQUIRE(gap.interval());
  CHECK(gap.interval()->low < 3.0);
  CHECK(gap.interval()->high > 3.0);
  CHECK(with.value("score_gap.within_person_auc", {{"attribute", "gender"}}) > 0.99);

  const auto fair = society(0.0, 4);
  const auto without = measure("score_gap", fair.data, scorer_of(fair.table, "transe-dot"));
  for (const char* attribute : {"gender", "religion", "faith"}) {
    CAPTURE(attribute);
    for (const char* name : {"score_gap.micro", "score_gap.excess_probability"}) {
      const Measurement& m = without.fact(name, {{"attribute", attribute}});
      REQUIRE(m.interval());
      // Four standard errors: the interval's half width is about two.
      CHECK(std::abs(m.value()) < m.interval()->high - m.interval()->low);
    }
  }
}

TEST_CASE("An inverse attribute is scored from the value's side", "[metrics][score_gap]") {
  // Religion and faith state the same facts from either side. With the same relation row the
  // translation lands on the other entity, so only the direction can make the figures differ.
  const auto world = society(1.0, 5);
  auto table = std::make_shared<models::EmbeddingTable>(*world.table);
  for (const char* name : {"believer_of", "religion"}) {
    auto row = table->relations.values(relation(world.data, name).index());
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = 0.1F * static_cast<float>(k) - 0.5F;
  }
  const auto scorer = scorer_of(table, "transe-dot");
  const auto& faith = *world.data.attributes.find("faith");
  double sum = 0.0;
  double count = 0.0;
  for (const EntityId p : faith.train_persons()) {
    const std::uint32_t truth = faith.train_values(p)[0];
    double wrong = 0.0;
    for (std::uint32_t v = 0; v < 3; ++v) {
      const auto s =
          static_cast<double>(scorer.score(faith.values()[v], faith.source().relation, p));
      if (v == truth) {
        sum += s;
      } else {
        wrong += s;
      }
    }
    sum -= wrong / 2.0;
    count += 1.0;
  }
  const auto measured = measure("score_gap", world.data, scorer);
  CHECK(measured.value("score_gap.micro", {{"attribute", "faith"}}) == near(sum / count, 1e-6));
  CHECK(measured.value("score_gap.micro", {{"attribute", "religion"}}) != near(sum / count, 1e-6));
}

TEST_CASE("Renaming the values changes no gap", "[metrics][score_gap]") {
  const Four four;
  const auto swapped = dataset_of({{"f1", "gender", "B"},
                                   {"x", "gender", "B"},
                                   {"x", "gender", "A"},
                                   {"m2", "gender", "A"},
                                   {"m1", "gender", "A"}},
                                  {}, {{"m1", "gender", "A"}}, {{"gender", "gender"}});
  const auto scorer = scorer_of(table_of(swapped, 2,
                                         {{"m1", {1, 3}},
                                          {"m2", {1, 1}},
                                          {"f1", {0.5F, 2}},
                                          {"x", {9, 9}},
                                          {"A", {0, 1}},
                                          {"B", {1, 0}}},
                                         {}),
                                "transe-dot");
  const auto a = measure("score_gap", four.data, four.scorer, {{"min_group", "1"}});
  const auto b = measure("score_gap", swapped, scorer, {{"min_group", "1"}});
  for (const char* name : {"micro", "macro", "standardised", "within_person_auc", "in_person_sds",
                           "in_person_sds_macro", "accuracy"}) {
    CAPTURE(name);
    const std::string full = std::string("score_gap.") + name;
    CHECK(a.value(full, {{"attribute", "gender"}}) ==
          near(b.value(full, {{"attribute", "gender"}})));
  }
}

TEST_CASE("An attribute with a single value has a reason instead of a gap",
          "[metrics][score_gap]") {
  const auto data =
      dataset_of({{"p", "gender", "male"}}, {}, {{"p", "gender", "male"}}, {{"gender", "gender"}});
  const auto measured =
      measure("score_gap", data, scorer_of(table_of(data, 2, {}, {}), "distmult"));
  CHECK_FALSE(measured.fact("score_gap.micro", {{"attribute", "gender"}}).defined());
}
