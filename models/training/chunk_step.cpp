#include "models/training/chunk_step.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();
constexpr std::size_t kAhead = 6;  // rows asked for before the one that is read

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

void SparseGradient::resize(std::size_t n, std::size_t width) {
  reserve(rows, n, width);
  ids.resize(n);
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

std::size_t ChunkStep::candidate_row(const ChunkJob& job, Side side, std::size_t c) {
  return side == Side::kTail ? c : job.positives.size() + job.tail_negatives.size() + c;
}

std::size_t ChunkStep::known_gradient_row(const ChunkJob& job, Side side, std::size_t i) {
  return candidate_row(job, side == Side::kTail ? Side::kHead : Side::kTail, i);
}

std::uint32_t ChunkStep::known_entity(const ChunkJob& job, Side side, const Query& q) {
  const datasets::Triple& t = job.positives[q.positive];
  return side == Side::kTail ? t.head.value : t.tail.value;
}

std::size_t ChunkStep::relation_row(Side side, const Query& q) const {
  return q.relation + (side == Side::kHead && settings_.reciprocal ? settings_.relation_count : 0);
}

const float* ChunkStep::relation_of(Side side, const Query& q) const {
  return settings_.relations->row(relation_row(side, q));
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

template <typename LookUpAt>
void ChunkStep::prefetch_values(std::size_t i, std::size_t n, const LookUpAt& look_up_at) const {
  const auto for_each_attribute = [&](std::size_t ahead, const auto& prefetch) {
    if (ahead >= n) return;
    auto [entity, set] = look_up_at(ahead);
    for (; set != 0; set &= set - 1) {
      const auto j = static_cast<std::size_t>(std::countr_zero(set));
      prefetch(settings_.attributes->table->sensitive()[j], EntityId(entity));
    }
  };
  for_each_attribute(i + 2 * kAhead, [](const datasets::PersonAttribute& attribute, EntityId e) {
    attribute.prefetch_begin(e);
  });
  for_each_attribute(i + kAhead, [](const datasets::PersonAttribute& attribute, EntityId e) {
    attribute.prefetch_values(e);
  });
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

void ChunkStep::run(const ChunkJob& job, ChunkGradient& out) {
  const std::size_t m = job.positives.size();
  out.loss = 0.0;
  out.relations.resize(0, settings_.relations->width());
  out.vectors.resize(0, settings_.dimension);
  // The candidates' gradients are the first thing written to their rows, so nothing is zeroed
  // before.
  out.entities.resize(2 * m + job.tail_negatives.size() + job.head_negatives.size(),
                      settings_.dimension);
  score_side(job, Side::kTail, out);
  score_side(job, Side::kHead, out);
  queries_gradient(job, Side::kTail, out);
  queries_gradient(job, Side::kHead, out);
}

void ChunkStep::list_queries(const ChunkJob& job, Side side) {
  std::vector<Query>& queries = sides_[static_cast<std::size_t>(side)].queries;
  queries.clear();
  for (std::size_t i = 0; i < job.positives.size(); ++i) {
    const std::uint32_t relation = job.positives[i].relation.value;
    const Detached detached =
        settings_.detached.empty() ? Detached::kNone : settings_.detached[relation];
    const Detached known = side == Side::kTail ? Detached::kHead : Detached::kTail;
    queries.push_back({.positive = static_cast<std::uint32_t>(i),
                       .relation = relation,
                       .moves_known = detached != known,
                       .moves_candidates = detached == Detached::kNone || detached == known});
  }
  if (settings_.attributes) list_queries_with_vectors(job, side);
  // Queries whose candidates carry the same vectors are scored as one product. Those that move no
  // candidate come last. Without vectors and detached relations there is one product alone.
  if (settings_.attributes || !settings_.detached.empty())
    std::ranges::stable_sort(queries, {}, product_of);
}

void ChunkStep::list_queries_with_vectors(const ChunkJob& job, Side side) {
  SideState& state = sides_[static_cast<std::size_t>(side)];
  std::vector<Query>& queries = state.queries;
  const TrainedAttributeVectors& trained = *settings_.attributes;
  const AttributeRules& rules = *trained.rules;
  listed_.clear();
  for (std::size_t c = 0; c < state.candidate_ids.size(); ++c) {
    const AttributeSet allowed = rules.of_profession(EntityId(state.candidate_ids[c]));
    if (allowed != 0) listed_.emplace_back(static_cast<std::uint32_t>(c), allowed);
  }
  if (trained.residual_every > 0) {
    for (std::size_t i = 0; i < job.positives.size(); ++i) {
      queries[i].plain = true;
      if (i % trained.residual_every != 0) continue;
      queries.push_back({.positive = queries[i].positive,
                         .relation = queries[i].relation,
                         .residual = true,
                         .moves_known = false,
                         .moves_candidates = false});
    }
  }
  if (trained.twin_every > 0) {
    std::size_t sensitive = 0;
    for (std::size_t i = 0; i < job.positives.size(); ++i) {
      const auto j = trained.table->sensitive_index(job.positives[i].relation);
      if (j && sensitive++ % trained.twin_every == 0) {
        queries.push_back({.positive = static_cast<std::uint32_t>(i),
                           .relation = static_cast<std::uint32_t>(settings_.graph_relations + *j)});
      }
    }
  }
  const auto person_is_known = [&](const Query& q) {
    return rules.person_is_tail(q.relation) != (side == Side::kTail);
  };
  for (Query& q : queries) {
    if (q.plain) continue;
    const datasets::Triple& t = job.positives[q.positive];
    AttributeSet set = rules.of_relation(q.relation);
    if (!person_is_known(q) && rules.states_profession(q.relation)) {
      // The profession is the known entity, so its permission holds for all candidates alike.
      set |= rules.of_profession(side == Side::kTail ? t.head : t.tail);
    }
    (person_is_known(q) ? q.known : q.candidate) = set;
  }
  // What has no vector in any score has nothing to teach one.
  const std::size_t first_negative = settings_.in_batch_negatives ? 0 : job.positives.size();
  const bool any_listed = !listed_.empty() && listed_.back().first >= first_negative;
  std::erase_if(queries, [&](const Query& q) {
    if (!q.residual || q.known != 0 || q.candidate != 0) return false;
    const bool listed =
        any_listed || rules.of_profession(EntityId(state.candidate_ids[q.positive])) != 0;
    return !rules.states_profession(q.relation) || !person_is_known(q) || !listed;
  });
}

void ChunkStep::make_queries(const ChunkJob& job, Side side) {
  SideState& state = sides_[static_cast<std::size_t>(side)];
  const std::size_t m = state.queries.size();
  const std::size_t d = settings_.dimension;
  state.known.resize(m);
  state.constants.resize(m);
  state.constant_gradients.assign(m, 0.0F);
  reserve(state.query_rows, m, d);
  reserve(state.query_gradients, m, d);
  if (settings_.attributes) reserve(state.known_rows, m, d);
  for (std::size_t i = 0; i < m; ++i) {
    if (i + kAhead < m) {
      job.entities.prefetch(known_entity(job, side, state.queries[i + kAhead]));
    }
    const Query& q = state.queries[i];
    prefetch_values(i, m, [&](std::size_t ahead) {
      const Query& later = state.queries[ahead];
      return std::pair(known_entity(job, side, later), later.known);
    });
    const std::uint32_t entity = known_entity(job, side, q);
    state.known[i] = job.entities.row(entity);
    if (q.known != 0) {
      std::copy_n(state.known[i], d, state.known_rows.row(i));
      add_vectors(entity, q.known, state.known_rows.row(i));
      state.known[i] = state.known_rows.row(i);
    }
    state.constants[i] =
        make_query(state.known[i], relation_of(side, q), side, state.query_rows.row(i));
  }
}

void ChunkStep::score_side(const ChunkJob& job, Side side, ChunkGradient& out) {
  SideState& state = sides_[static_cast<std::size_t>(side)];
  const bool tail = side == Side::kTail;
  const auto negatives = tail ? job.tail_negatives : job.head_negatives;
  std::vector<std::uint32_t>& ids = state.candidate_ids;
  ids.clear();
  for (const datasets::Triple& t : job.positives) ids.push_back(tail ? t.tail.value : t.head.value);
  ids.insert(ids.end(), negatives.begin(), negatives.end());
  std::copy(ids.begin(), ids.end(),
            out.entities.ids.begin() + static_cast<std::ptrdiff_t>(candidate_row(job, side, 0)));
  reserve(state.candidates, ids.size(), settings_.dimension);
  sorted_candidates_.clear();
  for (std::size_t c = 0; c < ids.size(); ++c) {
    if (c + kAhead < ids.size()) job.entities.prefetch(ids[c + kAhead]);
    std::copy_n(job.entities.row(ids[c]), state.candidates.stride(), state.candidates.row(c));
    sorted_candidates_.emplace_back(ids[c], static_cast<std::uint32_t>(c));
  }
  std::sort(sorted_candidates_.begin(), sorted_candidates_.end());
  list_queries(job, side);
  make_queries(job, side);
  state.overrides.clear();
  for (std::size_t first = 0; first < state.queries.size();) {
    std::size_t last = first + 1;
    while (last < state.queries.size() &&
           product_of(state.queries[last]) == product_of(state.queries[first])) {
      ++last;
    }
    score_group(job, side, first, last, out);
    first = last;
  }
}

void ChunkStep::score_group(const ChunkJob& job, Side side, std::size_t first, std::size_t last,
                            ChunkGradient& out) {
  SideState& state = sides_[static_cast<std::size_t>(side)];
  const std::size_t d = settings_.dimension;
  const std::size_t m = last - first;
  const std::size_t n = state.candidate_ids.size();
  const AttributeSet added = state.queries[first].candidate;
  const Comparator comparator = settings_.score->comparator();

  const FloatTable* candidates = &state.candidates;
  if (added != 0) {
    reserve(augmented_, n, d);
    std::copy_n(state.candidates.data(), n * state.candidates.stride(), augmented_.data());
    mark_asked(job, side, first, last);
    for (std::size_t c = 0; c < n; ++c) {
      prefetch_values(c, n, [&](std::size_t ahead) {
        return std::pair(state.candidate_ids[ahead], asked_[ahead] ? added : AttributeSet{0});
      });
      if (asked_[c]) add_vectors(state.candidate_ids[c], added, augmented_.row(c));
    }
    candidates = &augmented_;
  }
  reserve(scores_, m, n);
  reserve(seen_scores_, m, n);
  reserve(score_gradients_, m, n);
  const std::size_t stride = scores_.stride();
  compare_training(comparator, state.query_rows.row(first), m, candidates->data(), n,
                   candidates->stride(), d, panels_, scores_.data(), stride);
  for (std::size_t i = 0; i < m; ++i) {
    const float constant = state.constants[first + i];
    for (std::size_t c = 0; c < n; ++c) seen_scores_.row(i)[c] = scores_.row(i)[c] + constant;
  }
  const std::size_t first_override = state.overrides.size();
  if (settings_.attributes) apply_overrides(job, side, first, last);
  mask_scores(job, side, first, last);
  for (std::size_t i = 0; i < m; ++i) {
    float* gradient = score_gradients_.row(i);
    out.loss += row_loss(settings_.loss, seen_scores_.row(i), n, state.queries[first + i].positive,
                         gradient);
  }
  for (std::size_t o = first_override; o < state.overrides.size(); ++o) {
    Override& single = state.overrides[o];
    single.gradient = std::exchange(score_gradients_.row(single.row - first)[single.column], 0.0F);
  }
  for (std::size_t i = 0; i < m; ++i) {
    float sum = 0.0F;
    for (std::size_t c = 0; c < n; ++c) sum += score_gradients_.row(i)[c];
    state.constant_gradients[first + i] = sum;
  }
  // The first group writes the candidates' gradients where they belong; later ones are added.
  float* rows = out.entities.rows.row(candidate_row(job, side, 0));
  float* target = rows;
  const bool learn = state.queries[first].moves_candidates;
  if (!learn && added == 0) {
    target = nullptr;
  } else if (first != 0 || !learn) {
    reserve(candidate_gradients_, n, d);
    target = candidate_gradients_.data();
  }
  compare_all_gradient(comparator, state.query_rows.row(first), candidates->data(),
                       candidates->stride(), m, n, d, scores_.data(), score_gradients_.data(),
                       seen_scores_.data(), stride, state.query_gradients.row(first), target);
  if (added != 0) {
    for (std::size_t c = 0; c < n; ++c) {
      if (!asked_[c]) continue;
      add_vectors_gradient(state.candidate_ids[c], added, target + c * candidates->stride(), out);
    }
  }
  if (!learn) {
    if (first == 0) std::fill_n(rows, n * candidates->stride(), 0.0F);
  } else if (first != 0) {
    add_row(target, rows, n * candidates->stride());
  }
}

void ChunkStep::mark_asked(const ChunkJob& job, Side side, std::size_t first, std::size_t last) {
  const SideState& state = sides_[static_cast<std::size_t>(side)];
  asked_.assign(state.candidate_ids.size(), true);
  if (settings_.in_batch_negatives) return;
  std::fill_n(asked_.begin(), job.positives.size(), false);
  for (std::size_t i = first; i < last; ++i) asked_[state.queries[i].positive] = true;
}

void ChunkStep::mask_scores(const ChunkJob& job, Side side, std::size_t first, std::size_t last) {
  const SideState& state = sides_[static_cast<std::size_t>(side)];
  for (std::size_t i = first; i < last; ++i) {
    const Query& q = state.queries[i];
    float* row = seen_scores_.row(i - first);
    const float positive_score = row[q.positive];
    if (!settings_.in_batch_negatives) std::fill_n(row, job.positives.size(), kMasked);
    const auto mask_entity = [&](std::uint32_t entity) {
      auto at = std::lower_bound(sorted_candidates_.begin(), sorted_candidates_.end(),
                                 std::pair<std::uint32_t, std::uint32_t>(entity, 0));
      for (; at != sorted_candidates_.end() && at->first == entity; ++at) row[at->second] = kMasked;
    };
    mask_entity(state.candidate_ids[q.positive]);
    if (settings_.known != nullptr) {
      const datasets::Triple& t = job.positives[q.positive];
      const auto known = side == Side::kTail ? settings_.known->tails(t.head, t.relation)
                                             : settings_.known->heads(t.relation, t.tail);
      // Both lists ascend: walk the shorter one and look up in the other.
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

void ChunkStep::apply_overrides(const ChunkJob& job, Side side, std::size_t first,
                                std::size_t last) {
  SideState& state = sides_[static_cast<std::size_t>(side)];
  const AttributeRules& rules = *settings_.attributes->rules;
  const std::size_t d = settings_.dimension;
  reserve(row_scratch_, 5, d);
  float* known = row_scratch_.row(0);
  float* query = row_scratch_.row(1);
  for (std::size_t i = first; i < last; ++i) {
    const Query& q = state.queries[i];
    // Only where the candidate is the profession; where it is the person, the whole row agrees.
    if (q.plain || !rules.states_profession(q.relation)) continue;
    if (rules.person_is_tail(q.relation) == (side == Side::kTail)) continue;
    const std::uint32_t entity = known_entity(job, side, q);
    for (const auto& [c, allowed] : listed_) {
      const AttributeSet wanted = q.known | allowed;
      if (wanted == q.known) continue;
      const bool masked = !settings_.in_batch_negatives && c < job.positives.size();
      if (masked && c != q.positive) continue;
      std::copy_n(job.entities.row(entity), d, known);
      add_vectors(entity, wanted, known);
      const float constant = make_query(known, relation_of(side, q), side, query);
      seen_scores_.row(i - first)[c] =
          constant + compare_one(settings_.score->comparator(), query, state.candidates.row(c), d);
      state.overrides.push_back({static_cast<std::uint32_t>(i), c, wanted, 0.0F});
    }
  }
}

float* ChunkStep::relation_gradient(Side side, const Query& q, ChunkGradient& out) {
  const std::size_t width = settings_.relations->width();
  if (!q.residual) {
    return out.relations.append(static_cast<std::uint32_t>(relation_row(side, q)), width);
  }
  reserve(unused_gradient_, 1, width);
  return unused_gradient_.row(0);
}

void ChunkStep::queries_gradient(const ChunkJob& job, Side side, ChunkGradient& out) {
  const SideState& state = sides_[static_cast<std::size_t>(side)];
  const std::size_t d = settings_.dimension;
  reserve(row_scratch_, 5, d);
  for (std::size_t i = 0; i < state.queries.size(); ++i) {
    const Query& q = state.queries[i];
    if (q.residual && q.known == 0) continue;
    float* drelation = relation_gradient(side, q, out);
    float* dentity = out.entities.rows.row(known_gradient_row(job, side, q.positive));
    if (q.known == 0 && q.moves_known) {
      query_gradient(state.known[i], relation_of(side, q), side, state.query_gradients.row(i),
                     state.constant_gradients[i], dentity, drelation);
      continue;
    }
    float* dknown = row_scratch_.row(0);
    std::fill_n(dknown, row_scratch_.stride(), 0.0F);
    query_gradient(state.known[i], relation_of(side, q), side, state.query_gradients.row(i),
                   state.constant_gradients[i], dknown, drelation);
    if (q.moves_known) add_row(dknown, dentity, d);
    add_vectors_gradient(known_entity(job, side, q), q.known, dknown, out);
  }
  overrides_gradient(job, side, out);
}

void ChunkStep::overrides_gradient(const ChunkJob& job, Side side, ChunkGradient& out) {
  const SideState& state = sides_[static_cast<std::size_t>(side)];
  const std::size_t d = settings_.dimension;
  const Comparator comparator = settings_.score->comparator();
  float* known = row_scratch_.row(0);
  float* query = row_scratch_.row(1);
  float* dquery = row_scratch_.row(2);
  float* dcandidate = row_scratch_.row(3);
  float* dknown = row_scratch_.row(4);
  for (const Override& o : state.overrides) {
    if (o.gradient == 0.0F) continue;
    const Query& q = state.queries[o.row];
    const std::uint32_t entity = known_entity(job, side, q);
    std::copy_n(job.entities.row(entity), d, known);
    add_vectors(entity, o.known, known);
    make_query(known, relation_of(side, q), side, query);
    const float s = compare_one(comparator, query, state.candidates.row(o.column), d);
    compare_one_gradient(comparator, query, state.candidates.row(o.column), d, s, dquery,
                         dcandidate);
    for (std::size_t k = 0; k < d; ++k) {
      dquery[k] *= o.gradient;
      dcandidate[k] *= o.gradient;
      dknown[k] = 0.0F;
    }
    query_gradient(known, relation_of(side, q), side, dquery, o.gradient, dknown,
                   relation_gradient(side, q, out));
    add_vectors_gradient(entity, o.known, dknown, out);
    if (q.residual) continue;
    add_row(dknown, out.entities.rows.row(known_gradient_row(job, side, q.positive)), d);
    add_row(dcandidate, out.entities.rows.row(candidate_row(job, side, o.column)), d);
  }
}

}  // namespace kgaudit::models
