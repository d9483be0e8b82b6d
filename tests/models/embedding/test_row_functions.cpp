#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "models/embedding/row_functions.hpp"
#include "tests/models/reference.hpp"
#include "tests/target_in_use.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

constexpr float kLow = -std::numeric_limits<float>::infinity();

std::vector<float> normal_row(std::size_t n, std::uint64_t stream) {
  const FloatTable table = normal_table(1, n, stream);
  return {table.row(0), table.row(0) + n};
}

/// Rows with every number of whole vectors and of what is left.
const std::vector<std::size_t> kWidths = {1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 100, 401};

}  // namespace

TEST_CASE("A softmax has the shares of its formula, and 0 for a score of minus infinity",
          "[models][softmax]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    std::vector<float> scores = normal_row(n, 1);
    for (std::size_t i = 1; i < n; i += 5) scores[i] = kLow;
    double sum = 0.0;
    for (const float s : scores) sum += std::exp(static_cast<double>(s));
    std::vector<float> shares(n + 1, 7.0F);
    const SoftmaxScale scale = softmax(scores, shares.data());
    CHECK(std::log(static_cast<double>(scale.sum)) + static_cast<double>(scale.largest) ==
          near(std::log(sum), 1e-6));
    for (std::size_t i = 0; i < n; ++i) {
      const double wanted = std::exp(static_cast<double>(scores[i])) / sum;
      CHECK(static_cast<double>(shares[i]) == near(wanted, 1e-7));
      if (scores[i] == kLow) CHECK(shares[i] == 0.0F);
    }
    CHECK(shares[n] == 7.0F);
  }
}

TEST_CASE("A softmax does not overflow, and is unchanged by a constant", "[models][softmax]") {
  const std::vector<float> scores = {1000.0F, 998.0F, -1000.0F};
  std::vector<float> shares(3), shifted(3);
  softmax(scores, shares.data());
  CHECK(static_cast<double>(shares[0]) == near(1.0 / (1.0 + std::exp(-2.0)), 1e-6));
  CHECK(shares[2] == 0.0F);
  softmax(std::vector<float>{2.0F, 0.0F, -1998.0F}, shifted.data());
  CHECK(shifted == shares);
}

TEST_CASE("Sums of squares run in sixteen lanes that are added by halves", "[models]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    const std::vector<float> row = normal_row(n, 2);
    std::vector<float> lanes(16, 0.0F);
    for (std::size_t i = 0; i < n; ++i) lanes[i % 16] = std::fma(row[i], row[i], lanes[i % 16]);
    for (std::size_t half = 8; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
    }
    CHECK(sum_of_squares(row) == lanes[0]);
  }
}

TEST_CASE("A scaled row is subtracted with one rounding", "[models]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    const std::vector<float> row = normal_row(n, 3);
    std::vector<float> target = normal_row(n + 1, 4);
    const std::vector<float> before = target;
    subtract_scaled(0.3F, row, target.data());
    for (std::size_t i = 0; i < n; ++i) CHECK(target[i] == std::fma(-0.3F, row[i], before[i]));
    CHECK(target[n] == before[n]);
  }
}

TEST_CASE("A leaky ReLU and its gradient let a share through where the row is not above 0",
          "[models]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    std::vector<float> row = normal_row(n + 1, 6);
    row[0] = 0.0F;
    const std::vector<float> before = row;
    leaky_relu(0.2F, std::span(row).first(n));
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(row[i] == (before[i] > 0.0F ? before[i] : 0.2F * before[i]));
    }
    CHECK(row[n] == before[n]);
    std::vector<float> gradient = normal_row(n, 7);
    const std::vector<float> above = gradient;
    leaky_relu_gradient(std::span(row).first(n), 0.2F, gradient.data());
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(gradient[i] == (before[i] > 0.0F ? above[i] : 0.2F * above[i]));
    }
  }
}

TEST_CASE("Functions of rows have the same bits with all vectors", "[models]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    const std::vector<float> row = normal_row(n, 5);
    const auto results = with_all_targets([&] {
      std::vector<float> all(n);
      const SoftmaxScale scale = softmax(row, all.data());
      all.push_back(scale.sum);
      all.push_back(sum_of_squares(row));
      std::vector<float> target = row;
      subtract_scaled(0.7F, row, target.data());
      leaky_relu(0.1F, target);
      all.insert(all.end(), target.begin(), target.end());
      return all;
    });
    for (const auto& result : results) CHECK(result == results.front());
  }
}

TEST_CASE("Square roots of Eigen are rounded correctly, as on every processor", "[models]") {
  Eigen::ArrayXf values(4096);
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    values[i] = 0.37F + 1.618F * static_cast<float>(i);
  }
  const Eigen::ArrayXf roots = values.sqrt();
  const Eigen::ArrayXf inverses = values.rsqrt();
  std::size_t wrong = 0;
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    wrong += roots[i] == std::sqrt(values[i]) ? 0U : 1U;
    wrong += inverses[i] == 1.0F / std::sqrt(values[i]) ? 0U : 1U;
  }
  CHECK(wrong == 0);
}
