#include "models/training/chunk_step.hpp"

#include <algorithm>
#include <utility>

#include "models/embedding/row_functions.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

/// Looking one answer up among the candidates costs about a sixteenth of searching a long list of
/// answers for a candidate.
constexpr std::size_t kManyKnown = 16;

void add_row(const float* from, float* to, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) to[k] += from[k];
}

void add_scaled(float weight, const float* from, float* to, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) to[k] += weight * from[k];
}

}  // namespace

ChunkStep::ChunkStep(const ChunkSettings& settings) : settings_(settings) {
  if (settings.vectors) {
    vectors_.emplace(*settings.vectors, settings.graph_relations, settings.in_batch_negatives);
  }
}

std::size_t ChunkStep::candidate_row(const ChunkJob& job, AskedSide side, std::size_t c) {
  return side == AskedSide::kTail ? c : job.positives.size() + job.tail_negatives.size() + c;
}

std::size_t ChunkStep::known_gradient_row(const ChunkJob& job, AskedSide side, std::size_t i) {
  return candidate_row(job, side == AskedSide::kTail ? AskedSide::kHead : AskedSide::kTail, i);
}

std::size_t ChunkStep::relation_row(AskedSide side, const ChunkQuery& q) const {
  return q.relation +
         (side == AskedSide::kHead && settings_.reciprocal ? settings_.relation_count : 0);
}

const float* ChunkStep::relation_of(AskedSide side, const ChunkQuery& q) const {
  return settings_.relations->row(relation_row(side, q));
}

float ChunkStep::make_query(const float* known, const float* relation, AskedSide side,
                            float* out) const {
  if (side == AskedSide::kTail || settings_.reciprocal) {
    return settings_.score->tail_query(known, relation, out, settings_.dimension);
  }
  return settings_.score->head_query(relation, known, out, settings_.dimension);
}

void ChunkStep::query_gradient(const float* known, const float* relation, AskedSide side,
                               const float* dq, float dconstant, float* dknown,
                               float* drelation) const {
  if (side == AskedSide::kTail || settings_.reciprocal) {
    settings_.score->tail_query_gradient(known, relation, dq, dconstant, dknown, drelation,
                                         settings_.dimension);
  } else {
    settings_.score->head_query_gradient(relation, known, dq, dconstant, drelation, dknown,
                                         settings_.dimension);
  }
}

void ChunkStep::run(const ChunkJob& job, ChunkGradient& out) {
  const std::size_t m = job.positives.size();
  out.loss = 0.0;
  out.relations.resize(0, settings_.relations->width());
  out.vectors.clear();
  // The candidates' gradients are the first thing written to their rows, so nothing is zeroed
  // before.
  out.entities.resize(2 * m + job.tail_negatives.size() + job.head_negatives.size(),
                      settings_.dimension);
  score_side(job, AskedSide::kTail, out);
  score_side(job, AskedSide::kHead, out);
  queries_gradient(job, AskedSide::kTail, out);
  queries_gradient(job, AskedSide::kHead, out);
}

void ChunkStep::list_queries(const ChunkJob& job, AskedSide side) {
  SideState& state = side_of(side);
  std::vector<ChunkQuery>& queries = state.queries;
  queries.clear();
  for (std::size_t i = 0; i < job.positives.size(); ++i) {
    const std::uint32_t relation = job.positives[i].relation.value;
    const Detached detached =
        settings_.detached.empty() ? Detached::kNone : settings_.detached[relation];
    const Detached known = side == AskedSide::kTail ? Detached::kHead : Detached::kTail;
    queries.push_back({.positive = static_cast<std::uint32_t>(i),
                       .relation = relation,
                       .moves_known = detached != known,
                       .moves_candidates = detached == Detached::kNone || detached == known});
  }
  if (vectors_) vectors_->list(job, side, state.candidate_ids, queries);
  // Queries whose candidates carry the same vectors are scored as one product. Those that move no
  // candidate come last. Without vectors and detached relations there is one product alone.
  if (vectors_ || !settings_.detached.empty()) std::ranges::stable_sort(queries, {}, product_of);
}

void ChunkStep::make_queries(const ChunkJob& job, AskedSide side) {
  SideState& state = side_of(side);
  const std::size_t m = state.queries.size();
  const std::size_t d = settings_.dimension;
  state.known.resize(m);
  state.constants.resize(m);
  state.constant_gradients.assign(m, 0.0F);
  state.query_rows.grow(m, d);
  state.query_gradients.grow(m, d);
  if (vectors_) state.known_rows.grow(m, d);
  for (std::size_t i = 0; i < m; ++i) {
    if (i + FloatTable::kAhead < m) {
      job.entities.prefetch(state.queries[i + FloatTable::kAhead].known_entity(job, side));
    }
    const ChunkQuery& q = state.queries[i];
    const std::uint32_t entity = q.known_entity(job, side);
    state.known[i] = job.entities.row(entity);
    if (vectors_) {
      vectors_->prefetch(i, m, [&](std::size_t ahead) {
        const ChunkQuery& later = state.queries[ahead];
        return std::pair(later.known_entity(job, side), later.sets.known);
      });
    }
    if (q.sets.known != 0) {
      std::copy_n(state.known[i], d, state.known_rows.row(i));
      vectors_->add(entity, q.sets.known, state.known_rows.row(i));
      state.known[i] = state.known_rows.row(i);
    }
    state.constants[i] =
        make_query(state.known[i], relation_of(side, q), side, state.query_rows.row(i));
  }
}

void ChunkStep::score_side(const ChunkJob& job, AskedSide side, ChunkGradient& out) {
  SideState& state = side_of(side);
  const bool tail = side == AskedSide::kTail;
  const auto negatives = tail ? job.tail_negatives : job.head_negatives;
  std::vector<std::uint32_t>& ids = state.candidate_ids;
  ids.clear();
  for (const datasets::Triple& t : job.positives) ids.push_back(tail ? t.tail.value : t.head.value);
  ids.insert(ids.end(), negatives.begin(), negatives.end());
  std::copy(ids.begin(), ids.end(),
            out.entities.ids.begin() + static_cast<std::ptrdiff_t>(candidate_row(job, side, 0)));
  state.candidates.grow(ids.size(), settings_.dimension);
  candidate_columns_.assign(ids);
  for (std::size_t c = 0; c < ids.size(); ++c) {
    if (c + FloatTable::kAhead < ids.size()) job.entities.prefetch(ids[c + FloatTable::kAhead]);
    std::copy_n(job.entities.row(ids[c]), state.candidates.stride(), state.candidates.row(c));
  }
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

void ChunkStep::score_group(const ChunkJob& job, AskedSide side, std::size_t first,
                            std::size_t last, ChunkGradient& out) {
  SideState& state = side_of(side);
  const std::size_t d = settings_.dimension;
  const std::size_t m = last - first;
  const std::size_t n = state.candidate_ids.size();
  const AttributeSet added = state.queries[first].sets.candidate;
  const Comparator comparator = settings_.score->comparator();

  const FloatTable* candidates = &state.candidates;
  if (added != 0) {
    augmented_.grow(n, d);
    std::copy_n(state.candidates.data(), n * state.candidates.stride(), augmented_.data());
    mark_asked(job, side, first, last);
    for (std::size_t c = 0; c < n; ++c) {
      vectors_->prefetch(c, n, [&](std::size_t ahead) {
        return std::pair(state.candidate_ids[ahead], asked_[ahead] ? added : AttributeSet{0});
      });
      if (asked_[c]) vectors_->add(state.candidate_ids[c], added, augmented_.row(c));
    }
    candidates = &augmented_;
  }
  const ScoreColumns columns = columns_of(job);
  const std::size_t unasked = columns.unasked;
  const std::size_t width = columns.width(n);
  scores_.grow(m, width);
  seen_scores_.grow(m, width);
  score_gradients_.grow(m, width);
  const RowBlock queries = std::as_const(state.query_rows).block(first, m);
  const RowBlock answers = candidates->block(0, unasked);
  const RowBlock asked = candidates->block(unasked, n - unasked);
  const MutableRowBlock shared_scores = scores_.block(0, m).columns_from(columns.shared());
  compare_training(comparator, queries, asked, panels_, shared_scores);
  for (std::size_t i = 0; unasked > 0 && i < m; ++i) {
    scores_.row(i)[0] =
        compare_one(comparator, queries.row(i), answers.row(state.queries[first + i].positive), d);
  }
  for (std::size_t i = 0; i < m; ++i) {
    const float constant = state.constants[first + i];
    for (std::size_t c = 0; c < width; ++c) seen_scores_.row(i)[c] = scores_.row(i)[c] + constant;
  }
  const std::size_t first_override = state.overrides.size();
  if (vectors_) score_overrides(job, side, first, last);
  mask_scores(job, side, first, last);
  for (std::size_t i = 0; i < m; ++i) {
    float* gradient = score_gradients_.row(i);
    out.loss += settings_.loss->row_loss(settings_.loss_settings, {seen_scores_.row(i), width},
                                         columns.of(state.queries[first + i].positive), gradient);
  }
  for (std::size_t o = first_override; o < state.overrides.size(); ++o) {
    ScoreOverride& single = state.overrides[o];
    single.gradient =
        std::exchange(score_gradients_.row(single.row - first)[columns.of(single.column)], 0.0F);
  }
  for (std::size_t i = 0; i < m; ++i) {
    state.constant_gradients[first + i] = sum_of({score_gradients_.row(i), width});
  }
  // The first group writes the candidates' gradients where they belong; later ones are added.
  const MutableRowBlock rows = out.entities.rows.block(candidate_row(job, side, 0), n);
  MutableRowBlock target = rows;
  const bool learn = state.queries[first].moves_candidates;
  if (!learn && added == 0) {
    target = {};
  } else if (first != 0 || !learn) {
    candidate_gradients_.grow(n, d);
    target = candidate_gradients_.block(0, n);
  }
  const MutableRowBlock dqueries = state.query_gradients.block(first, m);
  const bool moves = target.data != nullptr;
  compare_all_gradient(comparator, queries, asked, shared_scores,
                       score_gradients_.block(0, m).columns_from(columns.shared()),
                       {dqueries, moves ? target.rows_from(unasked) : MutableRowBlock{}});
  if (unasked > 0) own_answers_gradient(answers, state, first, dqueries, target);
  if (added != 0) {
    for (std::size_t c = 0; c < n; ++c) {
      if (!asked_[c]) continue;
      vectors_->add_gradient(state.candidate_ids[c], added, target.row(c), out.vectors);
    }
  }
  if (!learn) {
    if (first == 0) std::fill_n(rows.data, n * rows.stride, 0.0F);
  } else if (first != 0) {
    add_row(target.data, rows.data, n * rows.stride);
  }
}

void ChunkStep::own_answers_gradient(const RowBlock& answers, const SideState& state,
                                     std::size_t first, const MutableRowBlock& queries,
                                     const MutableRowBlock& targets) {
  const std::size_t d = settings_.dimension;
  const bool moves = targets.data != nullptr;
  if (moves) std::fill_n(targets.data, answers.rows * targets.stride, 0.0F);
  row_scratch_.grow(5, d);
  float* dquery = row_scratch_.row(0);
  float* danswer = row_scratch_.row(1);
  for (std::size_t i = 0; i < queries.rows; ++i) {
    const float weight = score_gradients_.row(i)[0];
    if (weight == 0.0F) continue;
    const std::size_t answer = state.queries[first + i].positive;
    compare_one_gradient(settings_.score->comparator(), state.query_rows.row(first + i),
                         answers.row(answer), d, scores_.row(i)[0], dquery, danswer);
    add_scaled(weight, dquery, queries.row(i), d);
    if (moves) add_scaled(weight, danswer, targets.row(answer), d);
  }
}

void ChunkStep::mark_asked(const ChunkJob& job, AskedSide side, std::size_t first,
                           std::size_t last) {
  const SideState& state = side_of(side);
  asked_.assign(state.candidate_ids.size(), true);
  if (settings_.in_batch_negatives) return;
  std::fill_n(asked_.begin(), job.positives.size(), false);
  for (std::size_t i = first; i < last; ++i) asked_[state.queries[i].positive] = true;
}

void ChunkStep::mask_scores(const ChunkJob& job, AskedSide side, std::size_t first,
                            std::size_t last) {
  const SideState& state = side_of(side);
  const ScoreColumns columns = columns_of(job);
  for (std::size_t i = first; i < last; ++i) {
    const ChunkQuery& q = state.queries[i];
    float* row = seen_scores_.row(i - first);
    const std::size_t own = columns.of(q.positive);
    const float positive_score = row[own];
    const auto mask_entity = [&](std::uint32_t entity) {
      candidate_columns_.find(entity,
                              [&](std::uint32_t place) { row[columns.of(place)] = kMasked; });
    };
    mask_entity(state.candidate_ids[q.positive]);
    if (settings_.known != nullptr) {
      const datasets::Triple& t = job.positives[q.positive];
      const auto known = side == AskedSide::kTail ? settings_.known->tails(t.head, t.relation)
                                                  : settings_.known->heads(t.relation, t.tail);
      // The known answers ascend. Few are looked up one by one; a long list is searched for each
      // candidate.
      if (known.size() < kManyKnown * state.candidate_ids.size()) {
        for (const EntityId e : known) mask_entity(e.value);
      } else {
        for (std::size_t c = 0; c < state.candidate_ids.size(); ++c) {
          if (std::binary_search(known.begin(), known.end(), EntityId(state.candidate_ids[c])))
            row[columns.of(c)] = kMasked;
        }
      }
    }
    row[own] = positive_score;
  }
}

void ChunkStep::score_overrides(const ChunkJob& job, AskedSide side, std::size_t first,
                                std::size_t last) {
  SideState& state = side_of(side);
  const std::size_t d = settings_.dimension;
  const ScoreColumns columns = columns_of(job);
  const std::size_t listed = state.overrides.size();
  vectors_->list_overrides(job, side, state.queries, first, last, state.overrides);
  row_scratch_.grow(5, d);
  float* known = row_scratch_.row(0);
  float* query = row_scratch_.row(1);
  for (std::size_t o = listed; o < state.overrides.size(); ++o) {
    const ScoreOverride& single = state.overrides[o];
    const ChunkQuery& q = state.queries[single.row];
    const std::uint32_t entity = q.known_entity(job, side);
    std::copy_n(job.entities.row(entity), d, known);
    vectors_->add(entity, single.known, known);
    const float constant = make_query(known, relation_of(side, q), side, query);
    seen_scores_.row(single.row - first)[columns.of(single.column)] =
        constant +
        compare_one(settings_.score->comparator(), query, state.candidates.row(single.column), d);
  }
}

float* ChunkStep::relation_gradient(AskedSide side, const ChunkQuery& q, ChunkGradient& out) {
  const std::size_t width = settings_.relations->width();
  if (!q.residual) {
    return out.relations.append(static_cast<std::uint32_t>(relation_row(side, q)), width);
  }
  unused_gradient_.grow(1, width);
  return unused_gradient_.row(0);
}

void ChunkStep::queries_gradient(const ChunkJob& job, AskedSide side, ChunkGradient& out) {
  const SideState& state = side_of(side);
  const std::size_t d = settings_.dimension;
  row_scratch_.grow(5, d);
  for (std::size_t i = 0; i < state.queries.size(); ++i) {
    const ChunkQuery& q = state.queries[i];
    if (q.residual && q.sets.known == 0) continue;
    float* drelation = relation_gradient(side, q, out);
    float* dentity = out.entities.rows.row(known_gradient_row(job, side, q.positive));
    if (q.sets.known == 0 && q.moves_known) {
      query_gradient(state.known[i], relation_of(side, q), side, state.query_gradients.row(i),
                     state.constant_gradients[i], dentity, drelation);
      continue;
    }
    float* dknown = row_scratch_.row(0);
    std::fill_n(dknown, row_scratch_.stride(), 0.0F);
    query_gradient(state.known[i], relation_of(side, q), side, state.query_gradients.row(i),
                   state.constant_gradients[i], dknown, drelation);
    if (q.moves_known) add_row(dknown, dentity, d);
    if (vectors_)
      vectors_->add_gradient(q.known_entity(job, side), q.sets.known, dknown, out.vectors);
  }
  overrides_gradient(job, side, out);
}

void ChunkStep::overrides_gradient(const ChunkJob& job, AskedSide side, ChunkGradient& out) {
  const SideState& state = side_of(side);
  const std::size_t d = settings_.dimension;
  const Comparator comparator = settings_.score->comparator();
  float* known = row_scratch_.row(0);
  float* query = row_scratch_.row(1);
  float* dquery = row_scratch_.row(2);
  float* dcandidate = row_scratch_.row(3);
  float* dknown = row_scratch_.row(4);
  for (const ScoreOverride& o : state.overrides) {
    if (o.gradient == 0.0F) continue;
    const ChunkQuery& q = state.queries[o.row];
    const std::uint32_t entity = q.known_entity(job, side);
    std::copy_n(job.entities.row(entity), d, known);
    vectors_->add(entity, o.known, known);
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
    vectors_->add_gradient(entity, o.known, dknown, out.vectors);
    if (q.residual) continue;
    add_row(dknown, out.entities.rows.row(known_gradient_row(job, side, q.positive)), d);
    add_row(dcandidate, out.entities.rows.row(candidate_row(job, side, o.column)), d);
  }
}

}  // namespace kgaudit::models
