#include "models/chunk_step.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();

// Buffers only ever grow, so that a step in the middle of training allocates nothing.
void reserve(FloatTable& table, std::size_t rows, std::size_t width) {
  if (table.rows() < rows || table.width() != width) {
    table = FloatTable(std::max(rows, table.width() == width ? 2 * table.rows() : rows), width);
  }
}

void add_row(const float* from, float* to, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) to[k] += from[k];
}

}  // namespace

void SparseGradient::reset(std::size_t n, std::size_t width) {
  reserve(rows, n, width);
  ids.assign(n, 0);
  std::fill_n(rows.data(), n * rows.stride(), 0.0F);
}

float* SparseGradient::append(std::uint32_t id, std::size_t width) {
  const std::size_t i = ids.size();
  if (rows.rows() <= i || rows.width() != width) {
    FloatTable larger(std::max<std::size_t>(16, 2 * i), width);
    for (std::size_t r = 0; r < i; ++r) std::copy_n(rows.row(r), rows.stride(), larger.row(r));
    rows = std::move(larger);
  }
  ids.push_back(id);
  std::fill_n(rows.row(i), rows.stride(), 0.0F);
  return rows.row(i);
}

void ChunkStep::run(const ChunkJob& job, ChunkGradient& out) {
  const std::size_t m = job.positives.size();
  const std::size_t tails = job.tail_negatives.size();
  out.entities.reset(2 * m + tails + job.head_negatives.size(), settings_.dimension);
  for (std::size_t i = 0; i < m; ++i) {
    out.entities.ids[i] = job.positives[i].head.value;
    out.entities.ids[m + i] = job.positives[i].tail.value;
  }
  std::copy(job.tail_negatives.begin(), job.tail_negatives.end(),
            out.entities.ids.begin() + static_cast<std::ptrdiff_t>(2 * m));
  std::copy(job.head_negatives.begin(), job.head_negatives.end(),
            out.entities.ids.begin() + static_cast<std::ptrdiff_t>(2 * m + tails));
  out.relations.reset(0, settings_.relations->width());
  out.vectors.reset(0, settings_.dimension);
  out.loss = 0.0;
  score_side(job, Side::kTail, out);
  score_side(job, Side::kHead, out);
}

std::size_t ChunkStep::candidate_gradient_row(const ChunkJob& job, Side side, std::size_t c) {
  const std::size_t m = job.positives.size();
  const bool tail = side == Side::kTail;
  if (c < m) return tail ? m + c : c;
  return 2 * m + (tail ? 0 : job.tail_negatives.size()) + (c - m);
}

std::uint32_t ChunkStep::known_entity(const ChunkJob& job, Side side, const Query& q) const {
  const datasets::Triple& t = job.positives[q.positive];
  return side == Side::kTail ? t.head.value : t.tail.value;
}

std::size_t ChunkStep::relation_row(Side side, const Query& q) const {
  return q.relation + (side == Side::kHead && settings_.reciprocal ? settings_.relation_count : 0);
}

float ChunkStep::make_query(const float* known, const float* relation, Side side,
                            float* out) const {
  if (side == Side::kTail || settings_.reciprocal) {
    return settings_.score->tail_query(known, relation, out, settings_.dimension);
  }
  return settings_.score->head_query(relation, known, out, settings_.dimension);
}

void ChunkStep::query_gradient(const float* known, const float* relation, Side side,
                               const float* dq, float dconstant, float* dknown,
                               float* drelation) const {
  if (side == Side::kTail || settings_.reciprocal) {
    settings_.score->tail_query_gradient(known, relation, dq, dconstant, dknown, drelation,
                                         settings_.dimension);
  } else {
    settings_.score->head_query_gradient(relation, known, dq, dconstant, drelation, dknown,
                                         settings_.dimension);
  }
}

void ChunkStep::add_vectors(std::uint32_t entity, AttributeSet set, float* out) const {
  const TrainedAttributeVectors& trained = *settings_.attributes;
  for (; set != 0; set &= set - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(set));
    const auto values = trained.table->sensitive()[j].train_values(EntityId(entity));
    const float share = 1.0F / static_cast<float>(values.size());
    for (const std::uint32_t v : values) {
      const float* a = trained.vectors->row(trained.first_row[j] + v);
      for (std::size_t k = 0; k < settings_.dimension; ++k) out[k] += share * a[k];
    }
  }
}

void ChunkStep::add_vectors_gradient(std::uint32_t entity, AttributeSet set, const float* gradient,
                                     ChunkGradient& out) {
  const TrainedAttributeVectors& trained = *settings_.attributes;
  for (; set != 0; set &= set - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(set));
    const auto values = trained.table->sensitive()[j].train_values(EntityId(entity));
    const float share = 1.0F / static_cast<float>(values.size());
    for (const std::uint32_t v : values) {
      float* da = out.vectors.append(static_cast<std::uint32_t>(trained.first_row[j] + v),
                                     settings_.dimension);
      for (std::size_t k = 0; k < settings_.dimension; ++k) da[k] = share * gradient[k];
    }
  }
}

void ChunkStep::known_row(const ChunkJob& job, Side side, const Query& q, AttributeSet set,
                          float* out) const {
  const std::uint32_t entity = known_entity(job, side, q);
  std::copy_n(job.entities.row(entity), settings_.dimension, out);
  if (set != 0) add_vectors(entity, set, out);
}

void ChunkStep::list_queries(const ChunkJob& job, Side side) {
  queries_.clear();
  for (std::size_t i = 0; i < job.positives.size(); ++i) {
    queries_.push_back({static_cast<std::uint32_t>(i), job.positives[i].relation.value, 0, 0});
  }
  if (!settings_.attributes) return;
  const TrainedAttributeVectors& trained = *settings_.attributes;
  const AttributeRules& rules = *trained.rules;
  if (trained.twins) {
    for (std::size_t i = 0; i < job.positives.size(); ++i) {
      if (const auto j = trained.table->sensitive_index(job.positives[i].relation)) {
        queries_.push_back({static_cast<std::uint32_t>(i),
                            static_cast<std::uint32_t>(settings_.graph_relations + *j), 0, 0});
      }
    }
  }
  for (Query& q : queries_) {
    const datasets::Triple& t = job.positives[q.positive];
    AttributeSet set = rules.of_relation(q.relation);
    const bool person_is_known = rules.person_is_tail(q.relation) != (side == Side::kTail);
    if (!person_is_known && rules.states_profession(q.relation)) {
      // The profession is the known entity, so its permission holds for all candidates alike.
      set |= rules.of_profession(side == Side::kTail ? t.head : t.tail);
    }
    (person_is_known ? q.known : q.candidate) = set;
  }
  // Queries whose candidates carry the same vectors are scored as one product.
  std::stable_sort(queries_.begin(), queries_.end(),
                   [](const Query& a, const Query& b) { return a.candidate < b.candidate; });
}

void ChunkStep::score_side(const ChunkJob& job, Side side, ChunkGradient& out) {
  const bool tail = side == Side::kTail;
  const auto negatives = tail ? job.tail_negatives : job.head_negatives;
  candidate_ids_.clear();
  for (const datasets::Triple& t : job.positives)
    candidate_ids_.push_back(tail ? t.tail.value : t.head.value);
  candidate_ids_.insert(candidate_ids_.end(), negatives.begin(), negatives.end());
  const std::size_t n = candidate_ids_.size();
  reserve(candidates_, n, settings_.dimension);
  sorted_candidates_.clear();
  for (std::size_t c = 0; c < n; ++c) {
    std::copy_n(job.entities.row(candidate_ids_[c]), candidates_.stride(), candidates_.row(c));
    sorted_candidates_.emplace_back(candidate_ids_[c], static_cast<std::uint32_t>(c));
  }
  std::sort(sorted_candidates_.begin(), sorted_candidates_.end());
  list_queries(job, side);
  for (std::size_t first = 0; first < queries_.size();) {
    std::size_t last = first + 1;
    while (last < queries_.size() && queries_[last].candidate == queries_[first].candidate) ++last;
    score_group(job, side, {queries_.data() + first, last - first}, out);
    first = last;
  }
}

void ChunkStep::score_group(const ChunkJob& job, Side side, std::span<const Query> queries,
                            ChunkGradient& out) {
  const std::size_t d = settings_.dimension;
  const std::size_t m = queries.size();
  const std::size_t n = candidate_ids_.size();
  const AttributeSet added = queries.front().candidate;

  const FloatTable* candidates = &candidates_;
  if (added != 0) {
    reserve(augmented_, n, d);
    std::copy_n(candidates_.data(), n * candidates_.stride(), augmented_.data());
    for (std::size_t c = 0; c < n; ++c) add_vectors(candidate_ids_[c], added, augmented_.row(c));
    candidates = &augmented_;
  }
  reserve(known_rows_, m, d);
  reserve(query_rows_, m, d);
  constants_.resize(m);
  for (std::size_t i = 0; i < m; ++i) {
    known_row(job, side, queries[i], queries[i].known, known_rows_.row(i));
    constants_[i] =
        make_query(known_rows_.row(i), settings_.relations->row(relation_row(side, queries[i])),
                   side, query_rows_.row(i));
  }
  reserve(scores_, m, n);
  reserve(score_gradients_, m, n);
  reserve(scratch_, m, n);
  const std::size_t stride = scores_.stride();
  panels_.pack(candidates->data(), candidates->stride(), n, d);
  compare_all(settings_.score->comparator(), query_rows_.data(), query_rows_.stride(), m, panels_,
              scores_.data(), stride);

  // The comparator's own result is kept for its gradient; what the loss sees has constants, other
  // vectors and masks on top.
  std::copy_n(scores_.data(), m * stride, scratch_.data());
  for (std::size_t i = 0; i < m; ++i) {
    if (constants_[i] == 0.0F) continue;
    for (std::size_t c = 0; c < n; ++c) scratch_.row(i)[c] += constants_[i];
  }
  overrides_.clear();
  if (settings_.attributes) {
    find_overrides(job, side, queries);
    apply_overrides(job, side, queries);
  }
  mask_scores(job, side, queries);
  for (std::size_t i = 0; i < m; ++i) {
    out.loss +=
        row_loss(settings_.loss, scratch_.row(i), n, queries[i].positive, score_gradients_.row(i));
  }
  if (!overrides_.empty()) overrides_gradient(job, side, queries, out);

  reserve(query_gradients_, m, d);
  reserve(candidate_gradients_, n, d);
  compare_all_gradient(settings_.score->comparator(), query_rows_.data(), candidates->data(),
                       candidates->stride(), m, n, d, scores_.data(), score_gradients_.data(),
                       scratch_.data(), stride, query_gradients_.data(),
                       candidate_gradients_.data());
  const std::size_t relation_width = settings_.relations->width();
  reserve(row_scratch_, 2, d);
  for (std::size_t i = 0; i < m; ++i) {
    const Query& q = queries[i];
    const std::size_t row = relation_row(side, q);
    float* drelation = out.relations.append(static_cast<std::uint32_t>(row), relation_width);
    float dconstant = 0.0F;
    if (constants_[i] != 0.0F) {
      for (std::size_t c = 0; c < n; ++c) dconstant += score_gradients_.row(i)[c];
    }
    float* dentity =
        out.entities.rows.row(side == Side::kTail ? q.positive : job.positives.size() + q.positive);
    if (q.known == 0) {
      query_gradient(known_rows_.row(i), settings_.relations->row(row), side,
                     query_gradients_.row(i), dconstant, dentity, drelation);
      continue;
    }
    float* dknown = row_scratch_.row(0);
    std::fill_n(dknown, row_scratch_.stride(), 0.0F);
    query_gradient(known_rows_.row(i), settings_.relations->row(row), side, query_gradients_.row(i),
                   dconstant, dknown, drelation);
    add_row(dknown, dentity, d);
    add_vectors_gradient(known_entity(job, side, q), q.known, dknown, out);
  }
  for (std::size_t c = 0; c < n; ++c) {
    add_row(candidate_gradients_.row(c),
            out.entities.rows.row(candidate_gradient_row(job, side, c)),
            candidate_gradients_.stride());
    if (added != 0)
      add_vectors_gradient(candidate_ids_[c], added, candidate_gradients_.row(c), out);
  }
}

void ChunkStep::mask_scores(const ChunkJob& job, Side side, std::span<const Query> queries) {
  const std::size_t positives = job.positives.size();
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Query& q = queries[i];
    float* row = scratch_.row(i);
    const float positive_score = row[q.positive];
    if (!settings_.in_batch_negatives) std::fill_n(row, positives, kMasked);
    const auto mask_entity = [&](std::uint32_t entity) {
      auto at = std::lower_bound(sorted_candidates_.begin(), sorted_candidates_.end(),
                                 std::pair<std::uint32_t, std::uint32_t>(entity, 0));
      for (; at != sorted_candidates_.end() && at->first == entity; ++at) row[at->second] = kMasked;
    };
    mask_entity(candidate_ids_[q.positive]);
    if (settings_.known != nullptr) {
      const datasets::Triple& t = job.positives[q.positive];
      const auto known = side == Side::kTail ? settings_.known->tails(t.head, t.relation)
                                             : settings_.known->heads(t.relation, t.tail);
      // Both lists ascend: walk the shorter one and look up the other.
      if (known.size() < sorted_candidates_.size()) {
        for (const EntityId e : known) mask_entity(e.value);
      } else {
        for (const auto& [entity, column] : sorted_candidates_) {
          if (std::binary_search(known.begin(), known.end(), EntityId(entity)))
            row[column] = kMasked;
        }
      }
    }
    row[q.positive] = positive_score;
  }
}

void ChunkStep::find_overrides(const ChunkJob& job, Side side, std::span<const Query> queries) {
  const AttributeRules& rules = *settings_.attributes->rules;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Query& q = queries[i];
    if (!rules.states_profession(q.relation)) continue;
    if (rules.person_is_tail(q.relation) == (side == Side::kTail))
      continue;  // the person is a candidate
    for (std::size_t c = 0; c < candidate_ids_.size(); ++c) {
      const AttributeSet wanted = q.known | rules.of_profession(EntityId(candidate_ids_[c]));
      if (wanted == q.known) continue;
      // A set without any known value adds nothing, so the row's own score stands.
      overrides_.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(c), wanted});
    }
  }
  static_cast<void>(job);
}

void ChunkStep::apply_overrides(const ChunkJob& job, Side side, std::span<const Query> queries) {
  reserve(row_scratch_, 4, settings_.dimension);
  for (const Override& o : overrides_) {
    const Query& q = queries[o.row];
    float* known = row_scratch_.row(0);
    float* query = row_scratch_.row(1);
    known_row(job, side, q, o.known, known);
    const float constant =
        make_query(known, settings_.relations->row(relation_row(side, q)), side, query);
    scratch_.row(o.row)[o.column] =
        constant + compare_one(settings_.score->comparator(), query, candidates_.row(o.column),
                               settings_.dimension);
  }
}

void ChunkStep::overrides_gradient(const ChunkJob& job, Side side, std::span<const Query> queries,
                                   ChunkGradient& out) {
  const std::size_t d = settings_.dimension;
  reserve(row_scratch_, 5, d);
  for (const Override& o : overrides_) {
    const Query& q = queries[o.row];
    const float g = std::exchange(score_gradients_.row(o.row)[o.column], 0.0F);
    if (g == 0.0F) continue;
    float* known = row_scratch_.row(0);
    float* query = row_scratch_.row(1);
    float* dquery = row_scratch_.row(2);
    float* dcandidate = row_scratch_.row(3);
    float* dknown = row_scratch_.row(4);
    const std::size_t row = relation_row(side, q);
    known_row(job, side, q, o.known, known);
    make_query(known, settings_.relations->row(row), side, query);
    const Comparator comparator = settings_.score->comparator();
    const float s = compare_one(comparator, query, candidates_.row(o.column), d);
    compare_one_gradient(comparator, query, candidates_.row(o.column), d, s, dquery, dcandidate);
    for (std::size_t k = 0; k < d; ++k) {
      dquery[k] *= g;
      dcandidate[k] *= g;
      dknown[k] = 0.0F;
    }
    float* drelation =
        out.relations.append(static_cast<std::uint32_t>(row), settings_.relations->width());
    query_gradient(known, settings_.relations->row(row), side, dquery, g, dknown, drelation);
    add_row(
        dknown,
        out.entities.rows.row(side == Side::kTail ? q.positive : job.positives.size() + q.positive),
        d);
    add_vectors_gradient(known_entity(job, side, q), o.known, dknown, out);
    add_row(dcandidate, out.entities.rows.row(candidate_gradient_row(job, side, o.column)), d);
  }
}

}  // namespace kgaudit::models
