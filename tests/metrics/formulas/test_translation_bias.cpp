#include "metrics/formulas/translation_bias.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

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

TEST_CASE("With a dot product every person's shift is alpha (e_a - e_b) . e_p",
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

TEST_CASE("With L2 distances the step and its shift are those computed by hand",
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

TEST_CASE("Closed form, first order and the step itself agree for bilinear scores",
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

TEST_CASE("Exchanging the two values turns every shift around", "[metrics][profession_bias]") {
  const auto data = pair_of_values();
  const std::string score = GENERATE("transe-dot", "distmult");
  const auto scorer = scorer_of(random_table(data, 8, 8, 32), score);
  auto query = query_of(data, .1);
  const auto person = scorer.entity_row(entity(data, "j"));
  const double towards_a = metrics::linear_shifts(scorer, query, person)[0];
  std::swap(query.value_a, query.value_b);
  CHECK(metrics::linear_shifts(scorer, query, person)[0] == near(-towards_a, 1e-9));
}
