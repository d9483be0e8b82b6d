#include "models/scoring/link_scorer.hpp"

#include <algorithm>
#include <map>
#include <utility>

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

namespace {

AskedSide asked_by(const TailQuery& /*q*/) { return AskedSide::kTail; }
AskedSide asked_by(const HeadQuery& /*q*/) { return AskedSide::kHead; }
EntityId known_of(const TailQuery& q) { return q.head; }
EntityId known_of(const HeadQuery& q) { return q.tail; }

}  // namespace

template <typename Query>
PreparedQueries<Query> LinkScorer::prepare(std::span<const Query> queries) const {
  PreparedQueries<Query> out;
  out.queries.assign(queries.begin(), queries.end());
  out.known.assign(queries.size(), 0);
  std::map<AttributeSet, std::vector<std::size_t>> places;  // by what candidates carry
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Query& q = queries[i];
    AttributeSets sets;
    if (vectors_) sets = vectors_->rules.sets_for(q.relation.index(), asked_by(q), known_of(q));
    out.known[i] = sets.known;
    places[sets.candidate].push_back(i);
  }
  for (auto& [added, of_group] : places) {
    typename PreparedQueries<Query>::Group group;
    group.added = added;
    group.rows = FloatTable(of_group.size(), dimension());
    for (std::size_t i = 0; i < of_group.size(); ++i) {
      const std::size_t place = of_group[i];
      group.constants.push_back(make_query(queries[place], out.known[place], group.rows.row(i)));
    }
    group.places = std::move(of_group);
    out.groups.push_back(std::move(group));
  }
  return out;
}

// Scores of one group of queries, against rows that carry its attribute vectors.
template <typename Query>
void LinkScorer::score_group(const typename PreparedQueries<Query>::Group& group, std::size_t first,
                             std::size_t last, float* out, std::size_t stride,
                             ScoreBuffers& buffers) const {
  const std::size_t m = group.places.size();
  // Queries that stand side by side are scored where their scores belong.
  const bool in_place = group.places.back() - group.places.front() + 1 == m;
  if (!in_place && buffers.scores.size() < m * kGroup) buffers.scores.resize(m * kGroup);
  for (std::size_t begin = first; begin < last; begin += kGroup) {
    const std::size_t count = std::min(kGroup, last - begin);
    RowBlock candidates = table_->entities.block(begin, count);
    if (group.added != 0) {
      buffers.rows.grow(count, dimension());
      for (std::size_t c = 0; c < count; ++c) {
        entity_query_row(EntityId::of(begin + c), group.added, buffers.rows.row(c));
      }
      candidates = std::as_const(buffers.rows).block(0, count);
    }
    buffers.panels.pack(candidates);
    float* const target = out + (begin - first);
    const MutableRowBlock scores =
        in_place ? MutableRowBlock{target + group.places.front() * stride, m, count, stride}
                 : MutableRowBlock{buffers.scores.data(), m, count, kGroup};
    compare_all(score_->comparator(), group.rows.block(0, m), buffers.panels, scores);
    for (std::size_t i = 0; i < m; ++i) {
      const float* const from = scores.row(i);
      float* const to = target + group.places[i] * stride;
      for (std::size_t c = 0; c < count; ++c) to[c] = from[c] + group.constants[i];
    }
  }
}

template <typename Query>
void LinkScorer::score(const PreparedQueries<Query>& queries, std::size_t first, std::size_t last,
                       float* out, std::size_t stride, ScoreBuffers& buffers) const {
  for (const auto& group : queries.groups) {
    score_group<Query>(group, first, last, out, stride, buffers);
  }
  if (!vectors_) return;
  for (std::size_t i = 0; i < queries.queries.size(); ++i) {
    const Query& q = queries.queries[i];
    if (vectors_->rules.asks_for_profession(q.relation.index(), asked_by(q))) {
      override_professions(q, queries.known[i], first, last, out + i * stride);
    }
  }
}

template PreparedQueries<TailQuery> LinkScorer::prepare(std::span<const TailQuery>) const;
template PreparedQueries<HeadQuery> LinkScorer::prepare(std::span<const HeadQuery>) const;
template void LinkScorer::score(const PreparedQueries<TailQuery>&, std::size_t, std::size_t, float*,
                                std::size_t, ScoreBuffers&) const;
template void LinkScorer::score(const PreparedQueries<HeadQuery>&, std::size_t, std::size_t, float*,
                                std::size_t, ScoreBuffers&) const;

// The candidate is the profession: those on the whitelist are asked with the person's vectors
// added.
template <typename Query>
void LinkScorer::override_professions(const Query& query, AttributeSet known_set, std::size_t first,
                                      std::size_t last, float* out) const {
  FloatTable row(1, dimension());
  AttributeSet made_for = known_set;
  float constant = 0.0F;
  bool made = false;
  const auto professions = vectors_->rules.professions();
  auto next = std::partition_point(professions.begin(), professions.end(),
                                   [&](const auto& p) { return p.first.index() < first; });
  for (; next != professions.end() && next->first.index() < last; ++next) {
    const auto& [profession, set] = *next;
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
  ScoreBuffers buffers;
  score(prepare(queries), first, last, out, stride, buffers);
}

void LinkScorer::score_heads(std::span<const HeadQuery> queries, std::size_t first,
                             std::size_t last, float* out, std::size_t stride) const {
  ScoreBuffers buffers;
  score(prepare(queries), first, last, out, stride, buffers);
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
