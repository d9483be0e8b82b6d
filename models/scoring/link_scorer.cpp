#include "models/scoring/link_scorer.hpp"

#include <algorithm>
#include <map>

#include "models/scoring/score_kernel.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

// Candidates are packed a group at a time: 256 rows of 400 floats stay in the second-level cache.
constexpr std::size_t kGroup = 256;

std::vector<float> aligned_row(std::size_t width) { return std::vector<float>(width, 0.0F); }

}  // namespace

LinkScorer::LinkScorer(std::shared_ptr<const EmbeddingTable> table, const ScoreFunction& score,
                       std::shared_ptr<const AttributeVectors> vectors)
    : table_(std::move(table)),
      score_(&score),
      vectors_(std::move(vectors)),
      relation_count_(table_->relations.rows() / (table_->reciprocal ? 2 : 1)) {
  KGA_REQUIRE(table_->relations.width() == score.relation_width(table_->dimension()),
              "relation width {}, dimension {}", table_->relations.width(), table_->dimension());
}

void LinkScorer::entity_query_row(EntityId e, AttributeSet attributes, float* out) const {
  std::copy_n(table_->entities.row(e.index()), table_->entities.stride(), out);
  if (attributes != 0) vectors_->add(e, attributes, out);
}

// Scores of one group of queries against rows that carry the attribute vectors of `attributes`.
void LinkScorer::compare_block(const FloatTable& queries, std::span<const float> constants,
                               std::span<const std::size_t> rows, std::size_t first,
                               std::size_t last, AttributeSet attributes, float* out,
                               std::size_t stride) const {
  const FloatTable& entities = table_->entities;
  CandidatePanels panels;
  FloatTable augmented;
  std::vector<float> scores(rows.size() * kGroup);
  for (std::size_t begin = first; begin < last; begin += kGroup) {
    const std::size_t count = std::min(kGroup, last - begin);
    RowBlock block = entities.block(begin, count);
    if (attributes != 0) {
      augmented = FloatTable(count, dimension());
      for (std::size_t c = 0; c < count; ++c) {
        entity_query_row(EntityId::of(begin + c), attributes, augmented.row(c));
      }
      block = augmented.block(0, count);
    }
    panels.pack(block);
    compare_all(score_->comparator(), queries.block(0, rows.size()), panels,
                {scores.data(), rows.size(), count, kGroup});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      float* target = out + rows[i] * stride + (begin - first);
      for (std::size_t c = 0; c < count; ++c) target[c] = scores[i * kGroup + c] + constants[i];
    }
  }
}

namespace {

AskedSide asked_by(const TailQuery& /*q*/) { return AskedSide::kTail; }
AskedSide asked_by(const HeadQuery& /*q*/) { return AskedSide::kHead; }
EntityId known_of(const TailQuery& q) { return q.head; }
EntityId known_of(const HeadQuery& q) { return q.tail; }

/// Indices of queries by the attribute set that applies to all of their candidates.
std::map<AttributeSet, std::vector<std::size_t>> group_by(std::span<const AttributeSet> sets) {
  std::map<AttributeSet, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < sets.size(); ++i) groups[sets[i]].push_back(i);
  return groups;
}

}  // namespace

template <typename Query>
void LinkScorer::score_side(std::span<const Query> queries, std::size_t first, std::size_t last,
                            float* out, std::size_t stride) const {
  std::vector<AttributeSet> known_sets(queries.size(), 0);
  std::vector<AttributeSet> candidate_sets(queries.size(), 0);
  if (vectors_) {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const Query& q = queries[i];
      const AttributeSets sets =
          vectors_->rules.sets_for(q.relation.index(), asked_by(q), known_of(q));
      known_sets[i] = sets.known;
      candidate_sets[i] = sets.candidate;
    }
  }
  for (const auto& [candidate_set, rows] : group_by(candidate_sets)) {
    FloatTable block(rows.size(), dimension());
    std::vector<float> constants(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Query& q = queries[rows[i]];
      constants[i] = make_query(q, known_sets[rows[i]], block.row(i));
    }
    compare_block(block, constants, rows, first, last, candidate_set, out, stride);
  }
  if (vectors_) {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const Query& q = queries[i];
      if (vectors_->rules.asks_for_profession(q.relation.index(), asked_by(q))) {
        override_professions(q, known_sets[i], first, last, out + i * stride);
      }
    }
  }
}

// The candidate is the profession: those on the whitelist are asked with the person's vectors
// added.
template <typename Query>
void LinkScorer::override_professions(const Query& query, AttributeSet known_set, std::size_t first,
                                      std::size_t last, float* out) const {
  FloatTable row(1, dimension());
  AttributeSet made_for = known_set;
  float constant = 0.0F;
  bool made = false;
  for (const auto& [profession, set] : vectors_->rules.professions()) {
    if (profession.index() < first || profession.index() >= last) continue;
    const AttributeSet wanted = known_set | set;
    if (wanted == known_set) continue;
    if (!made || wanted != made_for) {
      constant = make_query(query, wanted, row.row(0));
      made_for = wanted;
      made = true;
    }
    out[profession.index() - first] =
        compare_one(score_->comparator(), row.row(0), table_->entities.row(profession.index()),
                    dimension()) +
        constant;
  }
}

float LinkScorer::make_query(const TailQuery& q, AttributeSet attributes, float* out) const {
  FloatTable known(1, dimension());
  entity_query_row(q.head, attributes, known.row(0));
  return score_->tail_query(known.row(0), table_->relations.row(q.relation.index()), out,
                            dimension());
}

float LinkScorer::make_query(const HeadQuery& q, AttributeSet attributes, float* out) const {
  FloatTable known(1, dimension());
  entity_query_row(q.tail, attributes, known.row(0));
  if (table_->reciprocal) {
    const float* inverse = table_->relations.row(q.relation.index() + relation_count_);
    return score_->tail_query(known.row(0), inverse, out, dimension());
  }
  return score_->head_query(table_->relations.row(q.relation.index()), known.row(0), out,
                            dimension());
}

void LinkScorer::score_tails(std::span<const TailQuery> queries, std::size_t first,
                             std::size_t last, float* out, std::size_t stride) const {
  score_side(queries, first, last, out, stride);
}

void LinkScorer::score_heads(std::span<const HeadQuery> queries, std::size_t first,
                             std::size_t last, float* out, std::size_t stride) const {
  score_side(queries, first, last, out, stride);
}

bool LinkScorer::finite() const {
  if (!table_->entities.all_finite() || !table_->relations.all_finite()) return false;
  return vectors_ == nullptr ||
         std::all_of(vectors_->vectors.begin(), vectors_->vectors.end(),
                     [](const FloatTable& vectors) { return vectors.all_finite(); });
}

float LinkScorer::score(EntityId head, RelationId relation, EntityId tail) const {
  float out = 0.0F;
  const TailQuery query{head, relation};
  score_tails({&query, 1}, tail.index(), tail.index() + 1, &out, 1);
  return out;
}

void LinkScorer::score_candidates(std::span<const EntityId> persons, RelationId relation,
                                  bool inverse, std::span<const EntityId> candidates, float* out,
                                  std::size_t stride, AttributeSet added) const {
  KGA_REQUIRE(added == 0 || vectors_, "vectors of {} of a table without", added);
  // Persons are the candidates of an inverse attribute: the tail query is the value's.
  const std::span<const EntityId> asked = inverse ? candidates : persons;
  const std::span<const EntityId> answers = inverse ? persons : candidates;
  FloatTable queries(asked.size(), dimension());
  std::vector<float> constants(asked.size());
  const float* r = table_->relations.row(relation.index());
  FloatTable known(1, dimension());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const float* row = table_->entities.row(asked[i].index());
    if (added != 0 && !inverse) {
      entity_query_row(asked[i], added, known.row(0));
      row = known.row(0);
    }
    constants[i] = score_->tail_query(row, r, queries.row(i), dimension());
  }
  CandidatePanels panels;
  std::vector<std::uint32_t> ids;
  std::vector<float> scores(asked.size() * kGroup);
  for (std::size_t begin = 0; begin < answers.size(); begin += kGroup) {
    const std::size_t count = std::min(kGroup, answers.size() - begin);
    if (added != 0 && inverse) {
      FloatTable augmented(count, dimension());
      for (std::size_t c = 0; c < count; ++c) {
        entity_query_row(answers[begin + c], added, augmented.row(c));
      }
      panels.pack(augmented.block(0, count));
    } else {
      ids.clear();
      for (std::size_t c = 0; c < count; ++c) ids.push_back(answers[begin + c].value);
      panels.pack_rows(table_->entities, ids);
    }
    compare_all(score_->comparator(), queries.block(0, asked.size()), panels,
                {scores.data(), asked.size(), count, kGroup});
    for (std::size_t i = 0; i < asked.size(); ++i) {
      for (std::size_t c = 0; c < count; ++c) {
        const float value = scores[i * kGroup + c] + constants[i];
        (inverse ? out[(begin + c) * stride + i] : out[i * stride + begin + c]) = value;
      }
    }
  }
}

float LinkScorer::score_rows(std::span<const float> head, RelationId relation,
                             std::span<const float> tail) const {
  std::vector<float> q = aligned_row(dimension());
  const float constant = score_->tail_query(head.data(), table_->relations.row(relation.index()),
                                            q.data(), dimension());
  return compare_one(score_->comparator(), q.data(), tail.data(), dimension()) + constant;
}

void LinkScorer::row_gradients(std::span<const float> head, RelationId relation,
                               std::span<const float> tail, std::span<float> dhead,
                               std::span<float> dtail) const {
  const std::size_t d = dimension();
  std::vector<float> q = aligned_row(d);
  std::vector<float> dq = aligned_row(d);
  std::vector<float> dr = aligned_row(table_->relations.width());
  const float* r = table_->relations.row(relation.index());
  score_->tail_query(head.data(), r, q.data(), d);
  const float s = compare_one(score_->comparator(), q.data(), tail.data(), d);
  compare_one_gradient(score_->comparator(), q.data(), tail.data(), d, s, dq.data(), dtail.data());
  std::fill(dhead.begin(), dhead.end(), 0.0F);
  score_->tail_query_gradient(head.data(), r, dq.data(), 1.0F, dhead.data(), dr.data(), d);
}

void LinkScorer::head_gradient(std::span<const float> head, RelationId relation,
                               std::span<const float> tail, std::span<float> out) const {
  std::vector<float> unused = aligned_row(dimension());
  row_gradients(head, relation, tail, out, unused);
}

void LinkScorer::tail_gradient(std::span<const float> head, RelationId relation,
                               std::span<const float> tail, std::span<float> out) const {
  std::vector<float> unused = aligned_row(dimension());
  row_gradients(head, relation, tail, unused, out);
}

}  // namespace kgaudit::models
