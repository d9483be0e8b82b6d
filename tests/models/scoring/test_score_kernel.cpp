#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "models/scoring/score_kernel.hpp"
#include "suite/base/rng.hpp"
#include "tests/models/reference.hpp"
#include "tests/target_in_use.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

constexpr Comparator kComparators[] = {Comparator::kDot, Comparator::kL1, Comparator::kL2,
                                       Comparator::kComplexL1};

std::string name(Comparator comparator) {
  return std::string("comparator ") + std::to_string(static_cast<int>(comparator));
}

}  // namespace

TEST_CASE("A block of comparisons has the bits of single ones at every place", "[models]") {
  constexpr std::size_t kMost = 70;
  constexpr std::size_t kQueries = 30;
  constexpr float kUntouched = 12345.0F;
  for (const Comparator comparator : kComparators) {
    for (const std::size_t d : {2U, 6U, 10U, 34U}) {
      const FloatTable q = normal_table(kQueries, d, 1);
      const FloatTable c = normal_table(kMost, d, 2);
      std::vector<float> single(kQueries * kMost);
      for (std::size_t i = 0; i < kQueries; ++i) {
        for (std::size_t j = 0; j < kMost; ++j) {
          single[i * kMost + j] = compare_one(comparator, q.row(i), c.row(j), d);
          REQUIRE(static_cast<double>(single[i * kMost + j]) ==
                  Approx(reference_compare(comparator, row_of(q, i), row_of(c, j)))
                      .epsilon(1e-5)
                      .margin(1e-5));
        }
      }
      std::size_t different = 0;
      std::size_t spilt = 0;
      CandidatePanels panels;
      for (std::size_t n = 1; n <= kMost; ++n) {
        panels.pack(c.block(0, n));
        REQUIRE(panels.size() == n);
        for (std::size_t m = 1; m <= kQueries; ++m) {
          const std::size_t stride = n + 3;
          std::vector<float> out(m * stride, kUntouched);
          compare_all(comparator, q.block(0, m), panels, {out.data(), m, n, stride});
          for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
              different += same_bits(out[i * stride + j], single[i * kMost + j]) ? 0U : 1U;
            }
            for (std::size_t j = n; j < stride; ++j) {
              spilt += out[i * stride + j] == kUntouched ? 0U : 1U;
            }
          }
        }
      }
      INFO(name(comparator) << ", dimension " << d);
      CHECK(different == 0);
      CHECK(spilt == 0);
    }
  }
}

TEST_CASE("A single comparison is exact for odd widths too", "[models]") {
  for (const Comparator comparator : {Comparator::kDot, Comparator::kL1, Comparator::kL2}) {
    for (const std::size_t d : {1U, 3U, 7U, 17U, 33U}) {
      INFO(name(comparator) << ", dimension " << d);
      const FloatTable q = normal_table(1, d, 3);
      const FloatTable c = normal_table(19, d, 4);
      CandidatePanels panels;
      panels.pack(c.block(0, 19));
      std::vector<float> out(19);
      compare_all(comparator, q.block(0, 1), panels, {out.data(), 1, 19, 19});
      for (std::size_t j = 0; j < 19; ++j) {
        CHECK(static_cast<double>(out[j]) ==
              Approx(reference_compare(comparator, row_of(q, 0), row_of(c, j)))
                  .epsilon(1e-5)
                  .margin(1e-5));
        CHECK(same_bits(out[j], compare_one(comparator, q.row(0), c.row(j), d)));
      }
    }
  }
}

TEST_CASE("Candidates with equal rows tie exactly wherever they stand", "[models]") {
  constexpr std::size_t kCandidates = 70;
  constexpr std::size_t d = 34;
  for (const Comparator comparator : kComparators) {
    INFO(name(comparator));
    const FloatTable q = normal_table(13, d, 5);
    FloatTable c = normal_table(kCandidates, d, 6);
    for (std::size_t j = 1; j < kCandidates; j += 3) std::copy_n(c.row(0), d, c.row(j));
    CandidatePanels panels;
    panels.pack(c.block(0, kCandidates));
    std::vector<float> out(13 * kCandidates);
    compare_all(comparator, q.block(0, 13), panels, {out.data(), 13, kCandidates, kCandidates});
    for (std::size_t i = 0; i < 13; ++i) {
      for (std::size_t j = 1; j < kCandidates; j += 3) {
        REQUIRE(same_bits(out[i * kCandidates + j], out[i * kCandidates]));
      }
    }
  }
}

TEST_CASE("Packing chosen rows equals packing a copy of them", "[models]") {
  const FloatTable table = normal_table(50, 10, 7);
  const std::vector<std::uint32_t> ids = {49, 0, 7, 7, 31};
  FloatTable copy(ids.size(), 10);
  for (std::size_t i = 0; i < ids.size(); ++i) std::copy_n(table.row(ids[i]), 10, copy.row(i));
  CandidatePanels chosen, copied;
  // Packed over larger earlier contents, of which nothing may shine through.
  chosen.pack(table.block(0, 50));
  chosen.pack_rows(table, ids);
  copied.pack(copy.block(0, ids.size()));
  std::vector<float> a(5), b(5);
  compare_all(Comparator::kL1, table.block(3, 1), chosen, {a.data(), 1, 5, 5});
  compare_all(Comparator::kL1, table.block(3, 1), copied, {b.data(), 1, 5, 5});
  CHECK(chosen.size() == 5);
  CHECK(a == b);
  CHECK(a[2] == a[3]);
}

TEST_CASE("The quick comparison for training is the same comparison", "[models]") {
  for (const Comparator comparator : kComparators) {
    for (const std::size_t d : {2U, 10U, 34U}) {
      for (const std::size_t n : {1U, 16U, 37U}) {
        INFO(name(comparator) << ", dimension " << d << ", candidates " << n);
        const FloatTable q = normal_table(7, d, 13);
        const FloatTable c = normal_table(n, d, 14);
        CandidatePanels panels;
        FloatTable out(7, n);
        compare_training(comparator, q.block(0, 7), c.block(0, n), panels, out.block(0, 7));
        for (std::size_t i = 0; i < 7; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            CHECK(static_cast<double>(out.row(i)[j]) ==
                  Approx(reference_compare(comparator, row_of(q, i), row_of(c, j)))
                      .epsilon(1e-5)
                      .margin(1e-5));
          }
        }
      }
    }
  }
}

TEST_CASE("A row that is no number has no comparison in training, and the others have theirs",
          "[models]") {
  for (const Comparator comparator : kComparators) {
    INFO(name(comparator));
    const FloatTable q = normal_table(3, 10, 13);
    FloatTable c = normal_table(20, 10, 14);
    c.row(17)[4] = std::nanf("");
    CandidatePanels panels;
    FloatTable out(3, 20);
    compare_training(comparator, q.block(0, 3), c.block(0, 20), panels, out.block(0, 3));
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 20; ++j) CHECK(std::isnan(out.row(i)[j]) == (j == 17));
    }
  }
}

TEST_CASE("Gradients of a block of comparisons are their formula's slopes", "[models]") {
  constexpr std::size_t m = 5;
  constexpr std::size_t n = 21;
  for (const Comparator comparator : kComparators) {
    for (const std::size_t d : {2U, 6U, 10U, 18U, 34U}) {
      INFO(name(comparator) << ", dimension " << d);
      const FloatTable q = normal_table(m, d, 8);
      const FloatTable c = normal_table(n, d, 9);
      FloatTable g = normal_table(m, n, 10);
      g.row(1)[3] = 0.0F;
      FloatTable s(m, n), dq(m, d), dc(n, d);
      CandidatePanels panels;
      panels.pack(c.block(0, n));
      compare_all(comparator, q.block(0, m), panels, s.block(0, m));
      const auto back = [&](const ComparisonGradient& out) {
        FloatTable weights = g;
        compare_all_gradient(comparator, q.block(0, m), c.block(0, n), s.block(0, m),
                             weights.block(0, m), out);
      };
      back({dq.block(0, m), dc.block(0, n)});
      FloatTable dq_alone(m, d);
      back({dq_alone.block(0, m), {}});
      CHECK(rows_of(dq_alone) == rows_of(dq));
      auto q_rows = rows_of(q);
      auto c_rows = rows_of(c);
      const auto loss = [&] {
        double sum = 0.0;
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            sum += static_cast<double>(g.row(i)[j]) *
                   reference_compare(comparator, q_rows[i], c_rows[j]);
          }
        }
        return sum;
      };
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t k = 0; k < d; ++k) {
          INFO("query " << i << ", coordinate " << k);
          CHECK(static_cast<double>(dq.row(i)[k]) ==
                Approx(central_difference(q_rows[i][k], loss)).epsilon(1e-4).margin(2e-4));
        }
      }
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < d; ++k) {
          INFO("candidate " << j << ", coordinate " << k);
          CHECK(static_cast<double>(dc.row(j)[k]) ==
                Approx(central_difference(c_rows[j][k], loss)).epsilon(1e-4).margin(2e-4));
        }
      }
      CHECK(padding_is_zero(dq));
      CHECK(padding_is_zero(dc));
    }
  }
}

TEST_CASE("A distance of exactly 0 has gradient 0", "[models]") {
  constexpr std::size_t d = 10;
  for (const Comparator comparator : {Comparator::kL1, Comparator::kL2, Comparator::kComplexL1}) {
    INFO(name(comparator));
    FloatTable q = normal_table(2, d, 11);
    FloatTable c = normal_table(3, d, 12);
    std::copy_n(q.row(1), d, c.row(2));
    FloatTable g(2, 3), s(2, 3);
    const auto gradients = [&](float at_zero) {
      for (float& x : g.values(0)) x = 0.5F;
      for (float& x : g.values(1)) x = -0.25F;
      g.row(1)[2] = at_zero;
      CandidatePanels panels;
      panels.pack(c.block(0, 3));
      compare_all(comparator, q.block(0, 2), panels, s.block(0, 2));
      FloatTable dq(2, d), dc(3, d);
      compare_all_gradient(comparator, q.block(0, 2), c.block(0, 3), s.block(0, 2), g.block(0, 2),
                           {dq.block(0, 2), dc.block(0, 3)});
      return std::pair(dq.digest(), dc.digest());
    };
    CHECK(gradients(1.0F) == gradients(0.0F));
    CHECK(s.row(1)[2] == 0.0F);
    std::vector<float> dq(d, 9.0F), dc(d, 9.0F);
    compare_one_gradient(comparator, q.row(1), c.row(2), d, s.row(1)[2], dq.data(), dc.data());
    CHECK(dq == std::vector<float>(d, 0.0F));
    CHECK(std::all_of(dc.begin(), dc.end(), [](float x) { return x == 0.0F; }));
  }
}

TEST_CASE("L1 takes 0 for a coordinate that is exactly equal", "[models]") {
  const std::vector<float> q = {1.0F, 2.0F, 3.0F};
  const std::vector<float> c = {1.0F, 5.0F, 2.0F};
  std::vector<float> dq(3), dc(3);
  compare_one_gradient(Comparator::kL1, q.data(), c.data(), 3, -4.0F, dq.data(), dc.data());
  CHECK(dq == std::vector<float>{0.0F, 1.0F, -1.0F});
  CHECK(dc == std::vector<float>{0.0F, -1.0F, 1.0F});
  FloatTable query(1, 3), candidate(1, 3), g(1, 1), s(1, 1), dquery(1, 3), dcandidate(1, 3);
  std::copy(q.begin(), q.end(), query.row(0));
  std::copy(c.begin(), c.end(), candidate.row(0));
  g.row(0)[0] = 2.0F;
  compare_all_gradient(Comparator::kL1, query.block(0, 1), candidate.block(0, 1), s.block(0, 1),
                       g.block(0, 1), {dquery.block(0, 1), dcandidate.block(0, 1)});
  CHECK(row_of(dquery, 0) == Doubles{0.0, 2.0, -2.0});
  CHECK(row_of(dcandidate, 0) == Doubles{0.0, -2.0, 2.0});
}

TEST_CASE("Comparisons and their gradients have the same bits with all vectors", "[models]") {
  constexpr std::size_t m = 29, n = 75, d = 34;
  const FloatTable queries = normal_table(m, d, 1), candidates = normal_table(n, d, 2);
  for (const Comparator comparator : kComparators) {
    INFO(name(comparator));
    const auto results = with_all_targets([&] {
      std::vector<std::string> digests;
      CandidatePanels panels;
      panels.pack(candidates.block(0, n));
      FloatTable scores(m, n), quick(m, n), weights(m, n);
      compare_all(comparator, queries.block(0, m), panels, scores.block(0, m));
      compare_training(comparator, queries.block(0, m), candidates.block(0, n), panels,
                       quick.block(0, m));
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) weights.row(i)[j] = scores.row(i)[j] * 0.01F;
      }
      FloatTable dq(m, d), dc(n, d);
      compare_all_gradient(comparator, queries.block(0, m), candidates.block(0, n),
                           std::as_const(quick).block(0, m), weights.block(0, m),
                           {dq.block(0, m), dc.block(0, n)});
      for (const FloatTable* table : {&scores, &quick, &dq, &dc}) {
        digests.push_back(table->digest().hex());
      }
      return digests;
    });
    for (const auto& result : results) CHECK(result == results.front());
  }
}
