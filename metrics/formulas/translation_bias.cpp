#include "metrics/formulas/translation_bias.hpp"

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using models::LinkScorer;

double wide(float x) { return static_cast<double>(x); }

float score_of(const LinkScorer& scorer, const datasets::PersonRelation& relation,
               std::span<const float> person, EntityId value) {
  const auto row = scorer.entity_row(value);
  return relation.inverse ? scorer.score_rows(row, relation.relation, person)
                          : scorer.score_rows(person, relation.relation, row);
}

/// The gradient of the person's score with `value`, in the person's row.
std::vector<float> gradient_of(const LinkScorer& scorer, const datasets::PersonRelation& relation,
                               std::span<const float> person, EntityId value) {
  std::vector<float> gradient(person.size());
  const auto row = scorer.entity_row(value);
  if (relation.inverse) {
    scorer.tail_gradient(row, relation.relation, person, gradient);
  } else {
    scorer.head_gradient(person, relation.relation, row, gradient);
  }
  return gradient;
}

/// dm / de_j.
std::vector<double> direction_of(const LinkScorer& scorer, const TranslationQuery& query,
                                 std::span<const float> person) {
  const auto to_a = gradient_of(scorer, query.sensitive, person, query.value_a);
  const auto to_b = gradient_of(scorer, query.sensitive, person, query.value_b);
  std::vector<double> direction(person.size());
  for (std::size_t k = 0; k < person.size(); ++k) direction[k] = wide(to_a[k]) - wide(to_b[k]);
  return direction;
}

}  // namespace

std::vector<double> stepped_shifts(const LinkScorer& scorer, const TranslationQuery& query,
                                   std::span<const float> person) {
  const std::vector<double> direction = direction_of(scorer, query, person);
  std::vector<float> moved(person.size());
  for (std::size_t k = 0; k < person.size(); ++k) {
    moved[k] = static_cast<float>(wide(person[k]) + query.alpha * direction[k]);
  }
  std::vector<double> shifts;
  shifts.reserve(query.professions.size());
  for (const EntityId o : query.professions) {
    shifts.push_back(wide(score_of(scorer, query.profession, moved, o)) -
                     wide(score_of(scorer, query.profession, person, o)));
  }
  return shifts;
}

std::vector<double> linear_shifts(const LinkScorer& scorer, const TranslationQuery& query,
                                  std::span<const float> person) {
  const std::vector<double> direction = direction_of(scorer, query, person);
  std::vector<double> shifts;
  shifts.reserve(query.professions.size());
  for (const EntityId o : query.professions) {
    const auto gradient = gradient_of(scorer, query.profession, person, o);
    double sum = 0.0;
    for (std::size_t k = 0; k < gradient.size(); ++k) sum += direction[k] * wide(gradient[k]);
    shifts.push_back(query.alpha * sum);
  }
  return shifts;
}

}  // namespace kgaudit::metrics
