#include <initializer_list>
#include <numbers>
#include <string_view>

#include "models/scoring/score_function.hpp"
#include "models/scoring/score_kernel.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using kgaudit::tests::near;

namespace {

FloatTable row_of(std::initializer_list<float> values) {
  FloatTable table(1, values.size());
  std::size_t k = 0;
  for (const float x : values) table.row(0)[k++] = x;
  return table;
}

/// The score of h = (1, 2) and t = (1, 5), as complex numbers 1 + 2i and 1 + 5i, asked from both
/// sides.
void check_score(std::string_view id, std::initializer_list<float> relation, double expected) {
  const ScoreFunction& score = find_score(id).function();
  const FloatTable h = row_of({1.0F, 2.0F});
  const FloatTable t = row_of({1.0F, 5.0F});
  const FloatTable r = row_of(relation);
  FloatTable q(1, 2);
  const float of_tail = score.tail_query(h.row(0), r.row(0), q.row(0), 2);
  CHECK(static_cast<double>(compare_one(score.comparator(), q.row(0), t.row(0), 2) + of_tail) ==
        near(expected, 1e-5));
  const float of_head = score.head_query(r.row(0), t.row(0), q.row(0), 2);
  CHECK(static_cast<double>(compare_one(score.comparator(), q.row(0), h.row(0), 2) + of_head) ==
        near(expected, 1e-5));
}

}  // namespace

TEST_CASE("TransE with dot multiplies the shifted head with the tail", "[models][transe-dot]") {
  check_score("transe-dot", {3.0F, -1.0F}, 4.0 * 1.0 + 1.0 * 5.0);
}

TEST_CASE("TransE with L1 adds the coordinates' distances", "[models][transe-l1]") {
  check_score("transe-l1", {3.0F, -1.0F}, -(3.0 + 4.0));
}

TEST_CASE("TransE with L2 takes the length of the shift that is left over", "[models][transe-l2]") {
  check_score("transe-l2", {3.0F, -1.0F}, -5.0);
}

TEST_CASE("DistMult adds the products of three coordinates", "[models][distmult]") {
  check_score("distmult", {3.0F, -1.0F}, 3.0 - 10.0);
}

TEST_CASE("ComplEx takes the real part with the tail conjugated", "[models][complex]") {
  // (1 + 2i) (3 - i) = 5 + 5i; Re((5 + 5i) (1 - 5i)) = 30.
  check_score("complex", {3.0F, -1.0F}, 30.0);
}

TEST_CASE("RotatE turns the head by the relation's phase", "[models][rotate]") {
  // i (1 + 2i) = -2 + i, which is 5 away from 1 + 5i.
  check_score("rotate", {static_cast<float>(std::numbers::pi / 2.0)}, -5.0);
}
