#include <cmath>
#include <limits>
#include <string>

#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/tensor.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

std::vector<float> row(const ConvertedRows& rows, std::size_t i) {
  const auto values = rows.rows.values(i);
  return {values.begin(), values.end()};
}

ConvertedRows converted(const std::string& npy) {
  MemoryBudget budget;
  return rows_of(parse_npy(npy, "f.npy"), "f.npy", budget);
}

}  // namespace

TEST_CASE("Numbers of every width and order become the same floats", "[models][npy]") {
  const std::vector<float> first = {1.0F, -0.5F};
  const std::vector<float> second = {2.0F, 0.25F};
  const auto check = [&](const std::string& npy) {
    const ConvertedRows rows = converted(npy);
    CHECK(row(rows, 0) == first);
    CHECK(row(rows, 1) == second);
  };
  check(npy_file("'<f4'", false, "(2, 2)", floats({1, -.5F, 2, .25F})));
  check(npy_file("'<f4'", true, "(2, 2)", floats({1, 2, -.5F, .25F})));
  check(npy_file("'>f4'", false, "(2, 2)",
                 std::string("\x3f\x80\0\0\xbf\0\0\0\x40\0\0\0\x3e\x80\0\0", 16)));
  check(
      npy_file("'<f8'", false, "(2, 2)", little(1.0) + little(-0.5) + little(2.0) + little(0.25)));
  check(npy_file("'<f2'", false, "(2, 2)", std::string("\x00\x3c\x00\xb8\x00\x40\x00\x34", 8)));
  // numpy 1 with Python 2 spelt long integers with an L.
  check(npy_file("'<f4'", false, "(2L, 2L)", floats({1, -.5F, 2, .25F})));
}

TEST_CASE("bfloat16, strides and shared storage are read where they lie", "[models]") {
  const std::string bytes = std::string("\x80\x3f\x00\xbf\x00\x40\x80\x3e", 8);
  TensorView tensor;
  tensor.type = NumberType::kBfloat16;
  tensor.shape = {2, 2};
  tensor.strides = {1, 2};
  tensor.bytes = bytes;
  MemoryBudget budget;
  const ConvertedRows rows = rows_of(tensor, "t", budget);
  CHECK(row(rows, 0) == std::vector<float>{1.0F, 2.0F});
  CHECK(row(rows, 1) == std::vector<float>{-0.5F, 0.25F});
  const ConvertedRows picked = rows_of(tensor, "t", budget, std::vector<std::uint64_t>{1});
  CHECK(picked.rows.rows() == 1);
  CHECK(row(picked, 0) == std::vector<float>{-0.5F, 0.25F});
}

TEST_CASE("Complex numbers become two floats, and odd values are counted", "[models][npy]") {
  const ConvertedRows complex = converted(npy_file("'<c8'", false, "(1, 2)", floats({1, 2, 3, 4})));
  CHECK(row(complex, 0) == std::vector<float>{1, 2, 3, 4});
  const ConvertedRows odd = converted(npy_file("'<f8'", false, "(3, 2)",
                                               little(0.1) + little(std::nan("")) + little(0.0) +
                                                   little(-0.0) + little(1e300) + little(1.0)));
  CHECK(odd.not_finite == 2);
  CHECK(odd.zero_rows == 1);
  CHECK(odd.rounded == 2);
  const ConvertedRows halves =
      converted(npy_file("'<f2'", false, "(1, 3)", std::string("\x01\x00\xff\x7b\x00\x7c", 6)));
  CHECK(halves.rows.row(0)[0] == 0x1p-24F);
  CHECK(halves.rows.row(0)[1] == 65504.0F);
  CHECK(halves.not_finite == 1);
}
