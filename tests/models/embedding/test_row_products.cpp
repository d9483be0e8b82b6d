#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/embedding/row_products.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/target_in_use.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

std::vector<Doubles> transposed(const std::vector<Doubles>& rows) {
  std::vector<Doubles> columns(rows.front().size(), Doubles(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < rows[i].size(); ++k) columns[k][i] = rows[i][k];
  return columns;
}

void check_product(const FloatTable& got, const std::vector<Doubles>& a,
                   const std::vector<Doubles>& b) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.front().size(); ++j) {
      double sum = 0.0;
      for (std::size_t k = 0; k < b.size(); ++k) sum += a[i][k] * b[k][j];
      if (static_cast<double>(got.row(i)[j]) != Approx(sum).epsilon(1e-5).margin(1e-5)) ++wrong;
    }
  }
  CHECK(wrong == 0);
  CHECK(padding_is_zero(got));
}

}  // namespace

TEST_CASE("Products of rows are sums of products, for every shape", "[models]") {
  for (const std::size_t m : {1U, 5U, 33U}) {
    for (const std::size_t n : {1U, 7U, 40U}) {
      for (const std::size_t k : {1U, 6U, 50U}) {
        INFO(m << " x " << k << " by " << k << " x " << n);
        const FloatTable a = normal_table(m, k, 1), at = normal_table(k, m, 2);
        const FloatTable b = normal_table(k, n, 3), bt = normal_table(n, k, 4);
        FloatTable out(m, n);
        multiply(a.block(0, m), b.block(0, k), out.block(0, m));
        check_product(out, rows_of(a), rows_of(b));
        FloatTable rest = out;
        subtract_product(a.block(0, m), b.block(0, k), rest.block(0, m));
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            CHECK(static_cast<double>(rest.row(i)[j]) == Approx(0.0).margin(1e-4));
          }
        }
        multiply_by_transposed(a.block(0, m), bt.block(0, n), out.block(0, m));
        check_product(out, rows_of(a), transposed(rows_of(bt)));
        multiply_transposed(at.block(0, k), b.block(0, k), out.block(0, m));
        check_product(out, transposed(rows_of(at)), rows_of(b));
      }
    }
  }
}

TEST_CASE(
    "A value of a product is one chain of fused multiply-adds, whatever the shape and the machine",
    "[models]") {
  for (const std::size_t m : {1U, 7U, 13U}) {
    for (const std::size_t n : {1U, 31U, 37U, 70U}) {
      for (const std::size_t k : {1U, 128U, 300U, 600U}) {
        INFO(m << " x " << k << " by " << k << " x " << n);
        const FloatTable a = normal_table(m, k, 1), at = normal_table(k, m, 2);
        const FloatTable b = normal_table(k, n, 3), bt = normal_table(n, k, 4);
        FloatTable plain(m, n), by_transposed(m, n), of_transposed(m, n), less(m, n);
        const FloatTable before = normal_table(m, n, 5);
        for (std::size_t i = 0; i < m; ++i) std::copy_n(before.row(i), n, less.row(i));
        multiply(a.block(0, m), b.block(0, k), plain.block(0, m));
        multiply_by_transposed(a.block(0, m), bt.block(0, n), by_transposed.block(0, m));
        multiply_transposed(at.block(0, k), b.block(0, k), of_transposed.block(0, m));
        subtract_product(a.block(0, m), b.block(0, k), less.block(0, m));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            float one = 0.0F, two = 0.0F, three = 0.0F, four = before.row(i)[j];
            for (std::size_t s = 0; s < k; ++s) {
              one = std::fma(a.row(i)[s], b.row(s)[j], one);
              two = std::fma(a.row(i)[s], bt.row(j)[s], two);
              three = std::fma(at.row(s)[i], b.row(s)[j], three);
              four = std::fma(-a.row(i)[s], b.row(s)[j], four);
            }
            wrong += plain.row(i)[j] != one ? 1U : 0U;
            wrong += by_transposed.row(i)[j] != two ? 1U : 0U;
            wrong += of_transposed.row(i)[j] != three ? 1U : 0U;
            wrong += less.row(i)[j] != four ? 1U : 0U;
          }
        }
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("A product over nothing is 0", "[models]") {
  const FloatTable a(3, 0), b(0, 5);
  FloatTable out(3, 5);
  for (std::size_t i = 0; i < 3; ++i) std::fill_n(out.row(i), 5, 1.0F);
  multiply(a.block(0, 3), b.block(0, 0), out.block(0, 3));
  for (std::size_t i = 0; i < 3; ++i) CHECK(out.row(i)[4] == 0.0F);
}

TEST_CASE("A product of shapes that do not fit is our mistake", "[models]") {
  const FloatTable a(2, 3), b(4, 5);
  FloatTable out(2, 5);
  CHECK_THROWS_AS(multiply(a.block(0, 2), b.block(0, 4), out.block(0, 2)), BrokenInvariant);
  CHECK_THROWS_AS(multiply(a.block(0, 2), b.block(0, 3), out.block(0, 1)), BrokenInvariant);
}

TEST_CASE("Products of rows have the same bits with all vectors", "[models]") {
  constexpr std::size_t m = 37, n = 45, k = 300;  // whole tiles and panels, and what is left
  const FloatTable a = normal_table(m, k, 1), at = normal_table(k, m, 2);
  const FloatTable b = normal_table(k, n, 3), bt = normal_table(n, k, 4);
  const auto results = with_all_targets([&] {
    std::vector<std::string> digests;
    FloatTable out(m, n);
    multiply(a.block(0, m), b.block(0, k), out.block(0, m));
    digests.push_back(out.digest().hex());
    multiply_by_transposed(a.block(0, m), bt.block(0, n), out.block(0, m));
    digests.push_back(out.digest().hex());
    subtract_product(a.block(0, m), b.block(0, k), out.block(0, m));
    digests.push_back(out.digest().hex());
    multiply_transposed(at.block(0, k), b.block(0, k), out.block(0, m));
    digests.push_back(out.digest().hex());
    return digests;
  });
  for (const auto& result : results) CHECK(result == results.front());
}
