#include <cmath>

#include "metrics/formulas/profession_counts.hpp"
#include "metrics/formulas/translation_bias.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::TranslationQuery;

namespace {

/// Closed form for the translation with dot product: alpha (e_a - e_b) . e_p.
double translation_dot_shift(std::span<const float> value_a, std::span<const float> value_b,
                             std::span<const float> profession, double alpha) {
  double sum = 0.0;
  for (std::size_t k = 0; k < profession.size(); ++k) {
    sum += (static_cast<double>(value_a[k]) - static_cast<double>(value_b[k])) *
           static_cast<double>(profession[k]);
  }
  return alpha * sum;
}

/// Closed form for DistMult: alpha sum_k r_s,k (e_a - e_b)_k r_p,k e_p,k.
double distmult_shift(std::span<const float> sensitive_relation, std::span<const float> value_a,
                      std::span<const float> value_b, std::span<const float> profession_relation,
                      std::span<const float> profession, double alpha) {
  double sum = 0.0;
  for (std::size_t k = 0; k < profession.size(); ++k) {
    sum += static_cast<double>(sensitive_relation[k]) *
           (static_cast<double>(value_a[k]) - static_cast<double>(value_b[k])) *
           static_cast<double>(profession_relation[k]) * static_cast<double>(profession[k]);
  }
  return alpha * sum;
}

datasets::Dataset pair_of_values() {
  return dataset_of(
      {{"j", "s", "a"}, {"k", "s", "b"}, {"l", "s", "a"}, {"j", "p", "job"}, {"k", "p", "job"}}, {},
      {{"j", "p", "job"}}, {{"gender", "s"}}, NamedPersonRelation{"profession", "p"});
}

TranslationQuery query_of(const datasets::Dataset& data, double alpha) {
  const auto& gender = *data.attributes.find("gender");
  return {gender.source(),       entity(data, "a"),
          entity(data, "b"),     data.attributes.profession()->source(),
          {entity(data, "job")}, alpha};
}

}  // namespace

TEST_CASE("with a dot product every person's shift is alpha (e_a - e_b) . e_p",
          "[metrics][profession_bias]") {
  const auto data = pair_of_values();
  const auto scorer = scorer_of(
      table_of(
          data, 2,
          {{"a", {1, 0}}, {"b", {0, 1}}, {"job", {.3F, -.2F}}, {"j", {.7F, .1F}}, {"k", {-3, 2}}},
          {{"s", {.5F, .5F}}, {"p", {-.1F, .4F}}}),
      "transe-dot");
  CHECK(translation_dot_shift(scorer.entity_row(entity(data, "a")),
                              scorer.entity_row(entity(data, "b")),
                              scorer.entity_row(entity(data, "job")), .1) == near(.05, 1e-8));
  for (const char* person : {"j", "k"}) {
    const auto row = scorer.entity_row(entity(data, person));
    CHECK(metrics::linear_shifts(scorer, query_of(data, .1), row)[0] == near(.05, 1e-8));
    CHECK(metrics::stepped_shifts(scorer, query_of(data, .1), row)[0] == near(.05, 1e-6));
  }
}

TEST_CASE("with L2 distances the step and its shift are those computed by hand",
          "[metrics][profession_bias]") {
  const auto data = pair_of_values();
  const auto scorer = scorer_of(
      table_of(data, 2, {{"a", {1, 0}}, {"b", {0, 1}}, {"job", {.3F, -.2F}}, {"j", {.1F, .2F}}},
               {{"p", {.5F, 0}}}),
      "transe-l2");
  const auto h = scorer.entity_row(entity(data, "j"));
  std::vector<float> to_a(2);
  std::vector<float> to_b(2);
  const RelationId s = relation(data, "s");
  scorer.head_gradient(h, s, scorer.entity_row(entity(data, "a")), to_a);
  scorer.head_gradient(h, s, scorer.entity_row(entity(data, "b")), to_b);
  CHECK(static_cast<double>(to_a[0] - to_b[0]) == near(1.100221787, 1e-6));
  CHECK(static_cast<double>(to_a[1] - to_b[1]) == near(-1.209208334, 1e-6));
  CHECK(metrics::stepped_shifts(scorer, query_of(data, .1), h)[0] == near(.004012733164, 5e-7));
}

TEST_CASE("closed form, first order and the step itself agree for bilinear scores",
          "[metrics][profession_bias]") {
  const auto data = pair_of_values();
  const std::string score = GENERATE("transe-dot", "distmult", "complex");
  const auto& function = models::find_score(score).function();
  const auto scorer = scorer_of(random_table(data, 8, function.relation_width(8), 31), score);
  const auto query = query_of(data, .5);
  const auto row = [&](const char* name) { return scorer.entity_row(entity(data, name)); };
  const double linear = metrics::linear_shifts(scorer, query, row("j"))[0];
  CAPTURE(score);
  CHECK(metrics::stepped_shifts(scorer, query, row("j"))[0] == near(linear, 1e-4));
  CHECK(metrics::linear_shifts(scorer, query, row("k"))[0] == near(linear, 1e-5));
  if (score == "transe-dot") {
    CHECK(translation_dot_shift(row("a"), row("b"), row("job"), .5) == near(linear, 1e-5));
  }
  if (score == "distmult") {
    CHECK(distmult_shift(scorer.relation_row(relation(data, "s")), row("a"), row("b"),
                         scorer.relation_row(relation(data, "p")), row("job"),
                         .5) == near(linear, 1e-5));
  }
}

TEST_CASE("exchanging the two values turns every shift around", "[metrics][profession_bias]") {
  const auto data = pair_of_values();
  const std::string score = GENERATE("transe-dot", "distmult");
  const auto scorer = scorer_of(random_table(data, 8, 8, 32), score);
  auto query = query_of(data, .1);
  const auto person = scorer.entity_row(entity(data, "j"));
  const double towards_a = metrics::linear_shifts(scorer, query, person)[0];
  std::swap(query.value_a, query.value_b);
  CHECK(metrics::linear_shifts(scorer, query, person)[0] == near(-towards_a, 1e-9));
}

TEST_CASE("a planted skew of professions is ordered as planted; without one it is not",
          "[metrics][profession_bias]") {
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto biased = society(1.0, 41);
  const auto with = measure("profession_bias", biased.data, scorer_of(biased.table, "transe-dot"));
  CHECK(with.value("profession_bias.spearman", gender) > 0.8);
  CHECK(with.value("profession_bias.sign_agreement", gender) >= 5.0 / 6.0);
  // e_male - e_female = 2 on the axis where job_5 stands at 1: 2 alpha.
  CHECK(with.value("profession_bias.shift", {{"attribute", "gender"}, {"profession", "job_5"}}) ==
        near(2e-3, 1e-9));
  CHECK(with.value("profession_bias.shift", {{"attribute", "gender"}, {"profession", "job_0"}}) ==
        near(-2e-3, 1e-9));

  auto flat = society(0.0, 42);
  for (int o = 0; o < 6; ++o) {
    flat.table->entities.row(entity(flat.data, "job_" + std::to_string(o)).index())[0] = 0.0F;
  }
  const auto without = measure("profession_bias", flat.data, scorer_of(flat.table, "transe-dot"));
  CHECK(without.value("profession_bias.mean_abs", gender) == near(0.0, 1e-12));
}

TEST_CASE("distance scores give every person's shift its own size, and an interval",
          "[metrics][profession_bias]") {
  const auto biased = society(1.0, 43);
  const auto measured = measure("profession_bias", biased.data,
                                scorer_of(biased.table, "transe-l2"), {{"max_persons", "200"}});
  const Measurement& shift =
      measured.fact("profession_bias.shift", {{"attribute", "gender"}, {"profession", "job_5"}});
  CHECK(shift.n() == 200);
  REQUIRE(shift.interval());
  CHECK(shift.interval()->low > 0.0);
}

TEST_CASE("whitelisted professions do not enter the agreement with the counts",
          "[metrics][profession_bias]") {
  auto world = society(1.0, 44);
  const auto scorer = scorer_of(world.table, "transe-dot");
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto all = measure("profession_bias", world.data, scorer);
  world.data.whitelist.entries[0].professions = {entity(world.data, "job_5")};
  const auto fewer = measure("profession_bias", world.data, scorer);
  CHECK(fewer.fact("profession_bias.spearman", gender).n() + 1 ==
        all.fact("profession_bias.spearman", gender).n());
}

TEST_CASE("data bias and amplification of a profession are those counted by hand",
          "[metrics][amplification]") {
  const auto data = dataset_of({{"m1", "g", "m"},
                                {"m2", "g", "m"},
                                {"m3", "g", "m"},
                                {"f1", "g", "f"},
                                {"f2", "g", "f"},
                                {"m1", "p", "nurse"},
                                {"f1", "p", "nurse"},
                                {"f2", "p", "nurse"},
                                {"m2", "p", "smith"}},
                               {}, {{"m3", "p", "smith"}}, {{"gender", "g"}},
                               NamedPersonRelation{"profession", "p"});
  const auto& gender = *data.attributes.find("gender");
  const auto& profession = *data.attributes.profession();
  const auto pair = metrics::two_most_frequent(gender);
  REQUIRE(pair);
  const auto counts = metrics::count_professions(profession, gender, *pair);
  CHECK(counts.persons == std::array<std::uint32_t, 2>{2, 2});
  const auto nurse = *profession.value_index(entity(data, "nurse"));
  CHECK(counts.of_profession[nurse] == std::array<std::uint32_t, 2>{1, 2});
  CHECK(*metrics::data_bias(counts, nurse) == near(1.0 / 2.0 - 2.0 / 2.0));
}

TEST_CASE("a model that puts one gender on top amplifies, a blind one does not",
          "[metrics][amplification]") {
  const std::map<std::string, std::string> top = {{"attribute", "gender"}, {"top", "100"}};
  const auto biased = society(1.0, 45);
  const auto with = measure("amplification", biased.data, scorer_of(biased.table, "transe-dot"));
  CHECK(with.value("amplification.toward_data_bias", top) > 0.05);
  // job_5 leans to men in the data; the 100 likeliest are nearly all men.
  CHECK(with.value("amplification.data_bias", {{"attribute", "gender"}, {"profession", "job_5"}}) >
        0.0);

  const auto fair = society(0.0, 46);
  const auto without = measure("amplification", fair.data, scorer_of(fair.table, "transe-dot"));
  // Six lists of 100: a standard error of .05 / sqrt(6) each for list and data.
  CHECK(std::abs(without.value("amplification.mean", top)) < 0.08);
  CHECK_FALSE(
      without.fact("amplification.mean", {{"attribute", "gender"}, {"top", "500"}}).defined());
}
