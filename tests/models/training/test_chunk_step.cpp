#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "models/training/chunk_step.hpp"
#include "models/training/loss.hpp"
#include "suite/base/rng.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;
using datasets::KnownTriples;
using datasets::Triple;

namespace {

enum class Vectors { kNone, kAdded, kTwins, kResidual };
/// Whose loss: with residual vectors, rows and vectors each have their own.
enum class Learner { kBoth, kRows, kVectors };

struct Case {
  const ScoreEntry* score = nullptr;
  const LossEntry* loss = &find_loss("softmax");
  std::size_t dimension = 6;
  bool reciprocal = false;
  bool in_batch = true;
  bool filtered = false;
  Vectors vectors = Vectors::kNone;
  bool inverse_profession = false;
  bool detached = false;       ///< gender and ethnicity move no person
  bool only_detached = false;  ///< a chunk of nothing but their triples
  bool zero_relations = false;

  [[nodiscard]] std::string text() const {
    return std::string(score->id) + ", loss " + std::string(loss->id) + ", dimension " +
           std::to_string(dimension) + (reciprocal ? ", reciprocal" : "") +
           (in_batch ? ", in batch" : "") + (filtered ? ", filtered" : "") + ", vectors " +
           std::to_string(static_cast<int>(vectors)) +
           (inverse_profession ? ", inverse profession" : "") + (detached ? ", detached" : "") +
           (zero_relations ? ", relations 0" : "");
  }
};

/// A chunk of toy people, with the likelihood written out term by term in double precision.
class ToyChunk {
 public:
  explicit ToyChunk(const Case& c)
      : case_(c),
        data_(toy_people(c.inverse_profession)),
        rules_(data_.attributes, data_.whitelist, kToyRelations),
        known_(kToyEntities, kToyRelations, {data_.graph.train()}),
        relation_rows_(kToyRelations + (c.vectors == Vectors::kNone ? 0U : 2U)) {
    const ScoreFunction& score = c.score->function();
    entities = normal_table(kToyEntities, c.dimension, 21, 0.7);
    relations = normal_table(relation_rows_ * (c.reciprocal ? 2 : 1),
                             score.relation_width(c.dimension), 22, c.zero_relations ? 0.0 : 0.7);
    vectors = normal_table(5, c.dimension, 23, 0.7);
    for (const auto& t : data_.graph.train()) {
      // Every kind of relation, with known, multiple and unknown values.
      if (c.only_detached && t.relation.value != kGender && t.relation.value != kPeople) continue;
      if (t.relation.value != kKnows || t.head.value == kAnn) positives.push_back(t);
    }
  }

  [[nodiscard]] ChunkSettings settings() {
    ChunkSettings s;
    s.score = &case_.score->function();
    s.loss = case_.loss;
    s.loss_settings = kLossSettings_;
    s.dimension = case_.dimension;
    s.in_batch_negatives = case_.in_batch;
    s.known = case_.filtered ? &known_ : nullptr;
    s.relations = &relations;
    s.relation_count = relation_rows_;
    s.reciprocal = case_.reciprocal;
    s.graph_relations = kToyRelations;
    if (case_.detached) {
      s.detached.assign(relation_rows_, Detached::kNone);
      s.detached[kGender] = Detached::kHead;
      s.detached[kPeople] = Detached::kTail;
    }
    if (case_.vectors != Vectors::kNone) {
      s.vectors =
          TrainedAttributeVectors{.rules = &rules_,
                                  .attributes = &data_.attributes,
                                  .vectors = &vectors,
                                  .first_row = kFirstRow_,
                                  .twin_every = case_.vectors != Vectors::kAdded ? 1U : 0U,
                                  .residual_every = case_.vectors == Vectors::kResidual ? 1U : 0U};
    }
    return s;
  }
  [[nodiscard]] ChunkJob job() const {
    return {positives, tail_negatives, head_negatives, {&entities, nullptr}};
  }

  /// Copies all parameters to double precision and fixes the self-adversarial weights.
  void take_reference() {
    e = rows_of(entities);
    still_ = e;
    r = rows_of(relations);
    a = rows_of(vectors);
    weights_.clear();
    static_cast<void>(reference());
  }

  /// The loss at e, r, a.
  [[nodiscard]] double reference(Learner learner = Learner::kBoth) {
    const bool residual = case_.vectors == Vectors::kResidual;
    double loss = 0.0;
    std::size_t query = 0;
    for (const bool tail : {true, false}) {
      for (std::size_t i = 0; i < positives.size(); ++i) {
        const Triple& t = positives[i];
        const double plain = query_loss(tail, i, t.relation.value, query++, !residual);
        if (learner != Learner::kVectors || !residual) loss += plain;
        if (residual && any_vectors(tail, i)) {
          const double rest = query_loss(tail, i, t.relation.value, query++, true);
          if (learner != Learner::kRows) loss += rest;
        }
        const auto j = data_.attributes.sensitive_index(t.relation);
        if (case_.vectors >= Vectors::kTwins && j) {
          loss +=
              query_loss(tail, i, kToyRelations + static_cast<std::uint32_t>(*j), query++, true);
        }
      }
    }
    return loss;
  }

  FloatTable entities, relations, vectors;
  std::vector<Triple> positives;
  std::vector<std::uint32_t> tail_negatives = {kMale, kFemale, kKing, kNun,
                                               kBob,  kTown,   kKing, kCelt};
  std::vector<std::uint32_t> head_negatives = {kEve, kDee, kCy, kNorse, kRoman, kKing, kAnn};
  std::vector<Doubles> e, r, a;

 private:
  [[nodiscard]] double score(bool tail_side, std::uint32_t h, std::uint32_t relation,
                             std::uint32_t t, bool with) const {
    Doubles head = case_.detached && relation == kGender ? still_[h] : e[h];
    Doubles tail = case_.detached && relation == kPeople ? still_[t] : e[t];
    if (with && case_.vectors != Vectors::kNone) {
      const AttributeSet set = allowed_attributes(data_, relation, h, t);
      if (person_is_tail(data_, relation)) {
        tail = with_vectors(data_, t, tail, set, a);
      } else {
        head = with_vectors(data_, h, head, set, a);
      }
    }
    if (!tail_side && case_.reciprocal)
      return reference_score(case_.score->id, tail, r[relation + relation_rows_], head);
    return reference_score(case_.score->id, head, r[relation], tail);
  }

  [[nodiscard]] double query_loss(bool tail, std::size_t i, std::uint32_t relation,
                                  std::size_t query, bool with) {
    const Triple& t = positives[i];
    const std::uint32_t truth = tail ? t.tail.value : t.head.value;
    std::vector<std::uint32_t> candidates;
    for (const Triple& other : positives)
      candidates.push_back(tail ? other.tail.value : other.head.value);
    const auto& drawn = tail ? tail_negatives : head_negatives;
    candidates.insert(candidates.end(), drawn.begin(), drawn.end());
    Doubles scores;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const std::uint32_t h = tail ? t.head.value : candidates[c];
      const std::uint32_t x = tail ? candidates[c] : t.tail.value;
      const bool masked =
          c != i && ((!case_.in_batch && c < positives.size()) || candidates[c] == truth ||
                     (case_.filtered && known_.contains({EntityId(h), t.relation, EntityId(x)})));
      scores.push_back(masked ? -std::numeric_limits<double>::infinity()
                              : score(tail, h, relation, x, with));
    }
    if (weights_.size() <= query) weights_.resize(query + 1);
    return reference_loss(case_.loss->id, kLossSettings_, scores, i, weights_[query]);
  }

  /// Whether a vector may stand in any score of the positive.
  [[nodiscard]] bool any_vectors(bool tail, std::size_t i) const {
    const Triple& t = positives[i];
    const auto allowed = [&](std::uint32_t candidate) {
      return allowed_attributes(data_, t.relation.value, tail ? t.head.value : candidate,
                                tail ? candidate : t.tail.value) != 0;
    };
    if (allowed(tail ? t.tail.value : t.head.value)) return true;
    if (case_.in_batch && std::ranges::any_of(positives, [&](const Triple& other) {
          return allowed(tail ? other.tail.value : other.head.value);
        })) {
      return true;
    }
    return std::ranges::any_of(tail ? tail_negatives : head_negatives, allowed);
  }

  const std::vector<std::size_t> kFirstRow_ = {0, 2};
  Case case_;
  Dataset data_;
  AttributeRules rules_;
  KnownTriples known_;
  std::uint32_t relation_rows_;
  const LossSettings kLossSettings_ = {.margin = 2.5F, .temperature = 0.8F};
  std::vector<Doubles> weights_;
  std::vector<Doubles> still_;  ///< e as it was: what does not move has no slope
};

/// Sums a sparse gradient into one row per id.
std::vector<Doubles> dense(const SparseGradient& sparse, std::size_t rows, std::size_t width) {
  std::vector<Doubles> sums(rows, Doubles(width, 0.0));
  for (std::size_t i = 0; i < sparse.ids.size(); ++i) {
    for (std::size_t k = 0; k < width; ++k)
      sums.at(sparse.ids[i])[k] += static_cast<double>(sparse.rows.row(i)[k]);
  }
  return sums;
}

/// Compares the gradient of each row with the slope along a step of 1 or -1 in each coordinate: a
/// wrong coordinate shows in full, for a fraction of the evaluations that each coordinate of its
/// own would take.
void check_rows(const char* what, const std::vector<Doubles>& got, std::vector<Doubles>& at,
                ToyChunk& chunk, Learner learner, Rng& signs) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const Doubles start = at[i];
    Doubles step(start.size());
    for (double& x : step) x = signs.below(2) == 0 ? -1.0 : 1.0;
    double along = 0.0;
    const double slope = central_difference(along, [&] {
      for (std::size_t k = 0; k < start.size(); ++k) at[i][k] = start[k] + along * step[k];
      return chunk.reference(learner);
    });
    at[i] = start;
    const double gradient = std::inner_product(step.begin(), step.end(), got[i].begin(), 0.0);
    if (gradient == Approx(slope).epsilon(5e-4).margin(5e-4)) continue;
    ++wrong;
    UNSCOPED_INFO(what << " " << i << ": gradient along the step " << gradient << ", slope "
                       << slope);
  }
  CHECK(wrong == 0);
}

void check_case(const Case& c) {
  INFO(c.text());
  ToyChunk chunk(c);
  ChunkStep step(chunk.settings());
  ChunkGradient gradient;
  step.run(chunk.job(), gradient);
  chunk.take_reference();
  CHECK(gradient.loss == Approx(chunk.reference()).epsilon(1e-5));
  REQUIRE(gradient.entities.ids.size() ==
          2 * chunk.positives.size() + chunk.tail_negatives.size() + chunk.head_negatives.size());
  const auto de = dense(gradient.entities, chunk.entities.rows(), c.dimension);
  const auto dr = dense(gradient.relations, chunk.relations.rows(), chunk.relations.width());
  const auto da = dense(gradient.vectors.rows(), chunk.vectors.rows(), c.dimension);
  Rng signs(24, c.text());
  check_rows("entity", de, chunk.e, chunk, Learner::kRows, signs);
  check_rows("relation", dr, chunk.r, chunk, Learner::kRows, signs);
  check_rows("vector", da, chunk.a, chunk, Learner::kVectors, signs);
}

}  // namespace

TEST_CASE("The likelihood's gradient is the slope of its loss for every score and loss",
          "[models]") {
  std::size_t turn = 0;
  for (const ScoreEntry* score : scores()) {
    for (const LossEntry* loss : losses()) {
      for (const bool reciprocal : {false, true}) {
        for (const Vectors vectors :
             {Vectors::kNone, Vectors::kAdded, Vectors::kTwins, Vectors::kResidual}) {
          // The masks have nothing to do with the score: each case takes the next pair of them.
          check_case({.score = score,
                      .loss = loss,
                      .reciprocal = reciprocal,
                      .in_batch = turn % 2 == 0,
                      .filtered = turn / 2 % 2 == 0,
                      .vectors = vectors});
          ++turn;
        }
      }
    }
  }
}

TEST_CASE("The likelihood's gradient is right with every mask and with odd widths", "[models]") {
  for (const char* id : {"transe-dot", "transe-l2"}) {
    for (const bool reciprocal : {false, true}) {
      for (const bool in_batch : {false, true}) {
        for (const bool filtered : {false, true}) {
          check_case({.score = &find_score(id),
                      .dimension = 7,
                      .reciprocal = reciprocal,
                      .in_batch = in_batch,
                      .filtered = filtered,
                      .vectors = Vectors::kTwins});
        }
      }
    }
  }
}

TEST_CASE("The likelihood's gradient is right where professions list their persons", "[models]") {
  for (const char* id : {"transe-dot", "transe-l2", "rotate"}) {
    for (const bool reciprocal : {false, true}) {
      for (const Vectors vectors : {Vectors::kTwins, Vectors::kResidual}) {
        check_case({.score = &find_score(id),
                    .reciprocal = reciprocal,
                    .vectors = vectors,
                    .inverse_profession = true});
      }
    }
  }
}

TEST_CASE("Detached triples move no person and teach all else", "[models][neutral]") {
  for (const char* id : {"transe-dot", "transe-l2", "rotate"}) {
    for (const bool reciprocal : {false, true}) {
      for (const Vectors vectors : {Vectors::kNone, Vectors::kTwins, Vectors::kResidual}) {
        for (const bool only : {false, true}) {
          check_case({.score = &find_score(id),
                      .reciprocal = reciprocal,
                      .in_batch = !only,
                      .vectors = vectors,
                      .detached = true,
                      .only_detached = only});
        }
      }
    }
  }
}

TEST_CASE("Relations at exactly 0 still learn", "[models]") {
  for (const char* loss : {"softmax", "self-adversarial"}) {
    for (const Vectors vectors : {Vectors::kNone, Vectors::kTwins}) {
      check_case({.score = &find_score("transe-dot"),
                  .loss = &find_loss(loss),
                  .vectors = vectors,
                  .zero_relations = true});
    }
  }
}

TEST_CASE("A chunk's result does not depend on what its worker did before", "[models]") {
  for (const char* id : {"transe-dot", "transe-l1", "rotate"}) {
    const Case large{.score = &find_score(id), .vectors = Vectors::kTwins};
    ToyChunk chunk(large);
    const auto run = [&](bool used) {
      ChunkStep step(chunk.settings());
      ChunkGradient gradient;
      if (used) step.run(chunk.job(), gradient);
      ChunkJob small = chunk.job();
      small.positives = small.positives.subspan(3, 5);
      small.tail_negatives = small.tail_negatives.first(3);
      small.head_negatives = small.head_negatives.first(3);
      step.run(small, gradient);
      return gradient;
    };
    const ChunkGradient fresh = run(false);
    const ChunkGradient used = run(true);
    CHECK(fresh.loss == used.loss);
    const auto check_same = [](const SparseGradient& a, const SparseGradient& b) {
      REQUIRE(a.ids == b.ids);
      for (std::size_t i = 0; i < a.ids.size(); ++i)
        CHECK(std::equal(a.rows.row(i), a.rows.row(i) + a.rows.stride(), b.rows.row(i)));
    };
    check_same(fresh.entities, used.entities);
    check_same(fresh.relations, used.relations);
    check_same(fresh.vectors.rows(), used.vectors.rows());
  }
}

TEST_CASE("Rows gathered for a batch give the bits of the table itself", "[models]") {
  const Case c{.score = &find_score("transe-l2"), .vectors = Vectors::kTwins};
  ToyChunk chunk(c);
  ChunkStep step(chunk.settings());
  ChunkGradient direct;
  step.run(chunk.job(), direct);
  FloatTable gathered(kToyEntities, c.dimension);
  std::vector<std::uint32_t> slot(kToyEntities);
  for (std::uint32_t e = 0; e < kToyEntities; ++e) {
    slot[e] = (e * 7 + 3) % kToyEntities;
    std::copy_n(chunk.entities.row(e), c.dimension, gathered.row(slot[e]));
  }
  ChunkJob job = chunk.job();
  job.entities = {&gathered, slot.data()};
  ChunkGradient moved;
  step.run(job, moved);
  CHECK(moved.loss == direct.loss);
  CHECK(moved.entities.ids == direct.entities.ids);
  for (std::size_t i = 0; i < direct.entities.ids.size(); ++i) {
    CHECK(std::equal(direct.entities.rows.row(i), direct.entities.rows.row(i) + c.dimension,
                     moved.entities.rows.row(i)));
  }
}

TEST_CASE("Gradient rows are listed as tails, tail negatives, heads, head negatives", "[models]") {
  ToyChunk chunk({.score = &find_score("transe-dot")});
  ChunkStep step(chunk.settings());
  ChunkGradient gradient;
  step.run(chunk.job(), gradient);
  std::vector<std::uint32_t> expected;
  for (const Triple& t : chunk.positives) expected.push_back(t.tail.value);
  expected.insert(expected.end(), chunk.tail_negatives.begin(), chunk.tail_negatives.end());
  for (const Triple& t : chunk.positives) expected.push_back(t.head.value);
  expected.insert(expected.end(), chunk.head_negatives.begin(), chunk.head_negatives.end());
  CHECK(gradient.entities.ids == expected);
  CHECK(gradient.vectors.rows().ids.empty());
}
