#include "metrics/formulas/answer_features.hpp"

#include <algorithm>
#include <cstdint>

#include "metrics/formulas/feature_products.hpp"
#include "models/embedding/row_functions.hpp"

namespace kgaudit::metrics {
namespace {

using datasets::Dataset;
using datasets::PersonAttribute;
using datasets::Triple;
using Eigen::Index;

constexpr std::size_t kPersonsPerTask = 256;

/// Per relation: whether a question about it would tell of the attribute what may be told.
std::vector<bool> relations_left_out(const Dataset& data, const PersonAttribute& attribute) {
  std::vector<bool> out(data.graph.relation_count(), false);
  for (const datasets::StatingRelation& stated : datasets::relations_that_state(attribute)) {
    out[stated.relation.index()] = true;
  }
  const auto sensitive = data.attributes.sensitive();
  for (std::size_t j = 0; j < sensitive.size() && j < data.whitelist.entries.size(); ++j) {
    if (sensitive[j].id() != attribute.id()) continue;
    for (std::size_t r = 0; r < out.size(); ++r) {
      if ((data.whitelist.allowed(RelationId::of(r)) >> j & 1U) != 0) out[r] = true;
    }
  }
  return out;
}

EntityId answer_of(const Triple& t, bool inverse) { return inverse ? t.head : t.tail; }
EntityId person_of(const Triple& t, bool inverse) { return inverse ? t.tail : t.head; }

/// The commonest answers of one question.
std::vector<EntityId> common_answers(const Dataset& data, RelationId relation, bool inverse,
                                     std::size_t most) {
  std::vector<std::uint32_t> count(data.graph.entity_count(), 0);
  std::vector<EntityId> answers;
  for (const Triple& t : data.graph.train()) {
    if (t.relation != relation || !data.attributes.is_person(person_of(t, inverse))) continue;
    const EntityId answer = answer_of(t, inverse);
    if (count[answer.index()]++ == 0) answers.push_back(answer);
  }
  std::ranges::sort(answers, [&](EntityId a, EntityId b) {
    const std::uint32_t count_a = count[a.index()];
    const std::uint32_t count_b = count[b.index()];
    return count_a != count_b ? count_a > count_b : a < b;
  });
  answers.resize(std::min(answers.size(), most));
  return answers;
}

}  // namespace

std::vector<PersonQuestion> person_questions(const Dataset& data, const PersonAttribute& attribute,
                                             std::size_t most, std::size_t candidates) {
  const std::vector<bool> left_out = relations_left_out(data, attribute);
  struct Count {
    std::uint64_t triples = 0;
    std::size_t place = 0;  ///< 2 relation + side
  };
  std::vector<Count> counts(2 * left_out.size());
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i].place = i;
  for (const Triple& t : data.graph.train()) {
    if (left_out[t.relation.index()]) continue;
    for (const bool inverse : {false, true}) {
      if (data.attributes.is_person(person_of(t, inverse))) {
        ++counts[2 * t.relation.index() + (inverse ? 1 : 0)].triples;
      }
    }
  }
  std::ranges::sort(counts, [](const Count& a, const Count& b) {
    return a.triples != b.triples ? a.triples > b.triples : a.place < b.place;
  });
  std::vector<PersonQuestion> questions;
  for (const Count& count : counts) {
    if (questions.size() == most || count.triples == 0) break;
    const auto relation = RelationId::of(count.place / 2);
    const bool inverse = count.place % 2 == 1;
    std::vector<EntityId> answers = common_answers(data, relation, inverse, candidates);
    if (answers.size() >= 2) questions.push_back({relation, inverse, std::move(answers)});
  }
  return questions;
}

FeatureMatrix answer_features(const models::LinkScorer& scorer,
                              std::span<const PersonQuestion> questions,
                              std::span<const EntityId> persons, std::size_t scores,
                              ThreadPool& pool, models::AttributeSet added) {
  const std::size_t dimension = scorer.dimension();
  std::size_t columns = 0;
  std::vector<std::size_t> first_column;
  for (const PersonQuestion& question : questions) {
    first_column.push_back(columns);
    columns += dimension + std::min(scores, question.candidates.size());
  }
  FeatureMatrix features(static_cast<Index>(persons.size()), static_cast<Index>(columns));
  std::vector<FeatureMatrix> rows;  // of the candidates
  for (const PersonQuestion& question : questions) {
    FeatureMatrix& of_question = rows.emplace_back(static_cast<Index>(question.candidates.size()),
                                                   static_cast<Index>(dimension));
    for (std::size_t c = 0; c < question.candidates.size(); ++c) {
      const auto row = scorer.entity_row(question.candidates[c]);
      std::copy(row.begin(), row.end(), of_question.row(static_cast<Index>(c)).data());
    }
  }
  const std::size_t blocks = (persons.size() + kPersonsPerTask - 1) / kPersonsPerTask;
  pool.run(blocks * questions.size(), [&](std::size_t task, std::size_t) {
    const std::size_t q = task / blocks;
    const std::size_t first = task % blocks * kPersonsPerTask;
    const std::size_t count = std::min(kPersonsPerTask, persons.size() - first);
    const PersonQuestion& question = questions[q];
    const std::size_t width = question.candidates.size();
    FeatureMatrix answers(static_cast<Index>(count), static_cast<Index>(width));
    scorer.score_candidates(persons.subspan(first, count), question.relation, question.inverse,
                            question.candidates, answers.data(), width, added);
    const auto place = static_cast<Index>(first_column[q]);
    const auto shown = static_cast<Index>(std::min(scores, width));
    const auto row = static_cast<Index>(first);
    const auto rows_here = static_cast<Index>(count);
    const auto d = static_cast<Index>(dimension);
    features.block(row, place + d, rows_here, shown) = answers.leftCols(shown);
    for (std::size_t i = 0; i < count; ++i) {
      float* const asked = answers.row(static_cast<Index>(i)).data();
      models::softmax({asked, width}, asked);
    }
    features.block(row, place, rows_here, d) = product(answers, rows[q]);
  });
  return features;
}

}  // namespace kgaudit::metrics
