#include <cmath>
#include <string>

#include "models/scoring/score_function.hpp"
#include "models/scoring/score_kernel.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

/// Rows h, r, t of one triple.
struct Rows {
  Rows(const ScoreFunction& score, std::size_t d, std::uint64_t seed)
      : entities(normal_table(2, d, seed)),
        relations(normal_table(1, score.relation_width(d), seed + 1000)) {}
  FloatTable entities;
  FloatTable relations;
  [[nodiscard]] const float* h() const { return entities.row(0); }
  [[nodiscard]] const float* r() const { return relations.row(0); }
  [[nodiscard]] const float* t() const { return entities.row(1); }
};

void check_gradient(const FloatTable& got, Doubles& x, const std::function<double()>& score,
                    double before) {
  for (std::size_t k = 0; k < x.size(); ++k) {
    INFO("coordinate " << k);
    CHECK(static_cast<double>(got.row(0)[k]) - before ==
          Approx(central_difference(x[k], score)).epsilon(1e-4).margin(1e-4));
  }
}

}  // namespace

TEST_CASE("Tail and head queries of every score give the value of its formula", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    const ScoreFunction& score = entry->function();
    for (const std::size_t d : odd_widths(score)) {
      INFO(std::string(entry->id) << ", dimension " << d);
      const Rows rows(score, d, d);
      const double expected = reference_score(entry->id, row_of(rows.entities, 0),
                                              row_of(rows.relations, 0), row_of(rows.entities, 1));
      FloatTable q(1, d);
      const float tail_constant = score.tail_query(rows.h(), rows.r(), q.row(0), d);
      const float tail = compare_one(score.comparator(), q.row(0), rows.t(), d) + tail_constant;
      CHECK(static_cast<double>(tail) == Approx(expected).epsilon(1e-5).margin(1e-4));
      CHECK(padding_is_zero(q));
      const float head_constant = score.head_query(rows.r(), rows.t(), q.row(0), d);
      const float head = compare_one(score.comparator(), q.row(0), rows.h(), d) + head_constant;
      CHECK(static_cast<double>(head) == Approx(expected).epsilon(1e-5).margin(1e-4));
      CHECK(padding_is_zero(q));
    }
  }
}

TEST_CASE("A score says that it translates when a shift of h and of r are the same", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    INFO(std::string(entry->id));
    const ScoreFunction& score = entry->function();
    const std::size_t d = 8;
    const FloatTable shift = normal_table(1, d, 5);
    const Rows rows(score, d, 3);
    Rows head = rows;
    Rows relation = rows;
    bool same = relation.relations.width() == d;
    for (std::size_t k = 0; k < d; ++k) {
      head.entities.row(0)[k] += shift.row(0)[k];
      if (same) relation.relations.row(0)[k] += shift.row(0)[k];
    }
    FloatTable q(2, d);
    score.tail_query(head.h(), head.r(), q.row(0), d);
    score.tail_query(relation.h(), relation.r(), q.row(1), d);
    for (std::size_t k = 0; k < d; ++k) same = same && std::abs(q.row(0)[k] - q.row(1)[k]) < 1e-5F;
    CHECK(score.translates() == same);
  }
}

TEST_CASE("Gradients of every score in both directions are its formula's slopes", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    const ScoreFunction& score = entry->function();
    for (const std::size_t d : odd_widths(score)) {
      for (std::uint64_t draw = 0; draw < 3; ++draw) {
        const Rows rows(score, d, 17 * d + draw);
        Doubles h = row_of(rows.entities, 0);
        Doubles r = row_of(rows.relations, 0);
        Doubles t = row_of(rows.entities, 1);
        const auto value = [&] { return reference_score(entry->id, h, r, t); };
        FloatTable q(1, d), dq(1, d), dcandidate(1, d), dknown(1, d);
        FloatTable dr(1, score.relation_width(d));
        for (const bool tail : {true, false}) {
          INFO(std::string(entry->id) << ", dimension " << d << (tail ? ", tail" : ", head"));
          // Gradients are added to what is there.
          for (float& x : dknown.values(0)) x = 2.0F;
          for (float& x : dr.values(0)) x = -3.0F;
          const float* candidate = tail ? rows.t() : rows.h();
          if (tail) {
            score.tail_query(rows.h(), rows.r(), q.row(0), d);
          } else {
            score.head_query(rows.r(), rows.t(), q.row(0), d);
          }
          const float s = compare_one(score.comparator(), q.row(0), candidate, d);
          compare_one_gradient(score.comparator(), q.row(0), candidate, d, s, dq.row(0),
                               dcandidate.row(0));
          if (tail) {
            score.tail_query_gradient(rows.h(), rows.r(), dq.row(0), 1.0F, dknown.row(0), dr.row(0),
                                      d);
          } else {
            score.head_query_gradient(rows.r(), rows.t(), dq.row(0), 1.0F, dr.row(0), dknown.row(0),
                                      d);
          }
          check_gradient(dknown, tail ? h : t, value, 2.0);
          check_gradient(dr, r, value, -3.0);
          // With dot, <h, r-part> of the head direction's constant does not touch the candidate.
          check_gradient(dcandidate, tail ? t : h, value, 0.0);
          CHECK(padding_is_zero(dknown));
          CHECK(padding_is_zero(dr));
        }
      }
    }
  }
}

TEST_CASE("A score is found by its id, and a misspelt one names its neighbour", "[models]") {
  for (const ScoreEntry* entry : scores()) CHECK(&find_score(entry->id) == entry);
  try {
    static_cast<void>(find_score("distmul"));
    FAIL("a score that does not exist was found");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(std::string(error.what()).find("distmult") != std::string::npos);
  }
}
