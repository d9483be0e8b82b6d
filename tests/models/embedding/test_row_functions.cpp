#include <algorithm>
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

TEST_CASE("A score that is no number leaves no share of a softmax, and no exponential",
          "[models][softmax]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    for (const std::size_t place : {std::size_t{0}, n / 2, n - 1}) {
      std::vector<float> scores = normal_row(n, 1);
      scores[place] = std::nanf("");
      std::vector<float> shares(n);
      CHECK(std::isnan(softmax(scores, shares.data()).sum));
      CHECK(std::ranges::all_of(shares, [](float share) { return std::isnan(share); }));
      exponentiate(scores);
      for (std::size_t i = 0; i < n; ++i) CHECK(std::isnan(scores[i]) == (i == place));
    }
  }
}

TEST_CASE("Exponentials, sines and cosines of a row are those of its numbers", "[models]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    std::vector<float> row = normal_row(n, 6);
    if (n > 2) row[n - 2] = kLow;
    std::vector<float> powers = row;
    exponentiate(powers);
    for (std::size_t i = 0; i < n; ++i) {
      const double power = std::exp(static_cast<double>(row[i]));
      CHECK(static_cast<double>(powers[i]) == near(power, 3e-7 * std::max(1.0, power)));
    }
    if (n > 2) {
      CHECK(powers[n - 2] == 0.0F);
      row[n - 2] = -9.5F;
    }
    std::vector<float> sines(n + 1, 7.0F), cosines(n + 1, 7.0F);
    sines_and_cosines(row, sines.data(), cosines.data());
    for (std::size_t i = 0; i < n; ++i) {
      const auto angle = static_cast<double>(row[i]);
      CHECK(std::abs(static_cast<double>(sines[i]) - std::sin(angle)) < 3e-7);
      CHECK(std::abs(static_cast<double>(cosines[i]) - std::cos(angle)) < 3e-7);
    }
    CHECK(sines[n] == 7.0F);
    CHECK(cosines[n] == 7.0F);
  }
}

TEST_CASE("Sums and sums of squares run in sixteen lanes that are added by halves", "[models]") {
  for (const std::size_t n : kWidths) {
    INFO(n);
    const std::vector<float> row = normal_row(n, 2);
    std::vector<float> sums(16, 0.0F);
    std::vector<float> squares(16, 0.0F);
    for (std::size_t i = 0; i < n; ++i) {
      sums[i % 16] += row[i];
      squares[i % 16] = std::fma(row[i], row[i], squares[i % 16]);
    }
    for (std::vector<float>* lanes : {&sums, &squares}) {
      for (std::size_t half = 8; half > 0; half /= 2) {
        for (std::size_t l = 0; l < half; ++l) (*lanes)[l] += (*lanes)[l + half];
      }
    }
    CHECK(sum_of(row) == sums[0]);
    CHECK(sum_of_squares(row) == squares[0]);
  }
}

TEST_CASE("A step of Adam is its formula, with decay and with the largest moment", "[models]") {
  AdamRates rates = adam_rates(0.01, 3);
  CHECK(static_cast<double>(rates.rate) == near(0.01 / (1.0 - 0.729), 1e-7));
  CHECK(static_cast<double>(rates.second_scale) == near(1.0 / (1.0 - 0.997002999), 1e-3));
  rates.keep = 0.5F;
  for (const std::size_t n : kWidths) {
    for (const bool largest : {false, true}) {
      INFO(n << ", " << largest);
      const std::vector<float> g = normal_row(n, 11);
      const std::vector<float> m = normal_row(n, 12);
      std::vector<float> v = normal_row(n, 13);
      std::vector<float> most = normal_row(n, 14);
      for (std::size_t i = 0; i < n; ++i) {
        v[i] = std::abs(v[i]);
        most[i] = std::abs(most[i]);
      }
      const std::vector<float> x = normal_row(n, 15);
      std::vector<float> next_m = m, next_v = v, next_most = most, next_x = x;
      adam_step(rates, g, next_m.data(), next_v.data(), largest ? next_most.data() : nullptr,
                next_x.data());
      for (std::size_t i = 0; i < n; ++i) {
        const auto gradient = static_cast<double>(g[i]);
        const double first = 0.9 * static_cast<double>(m[i]) + 0.1 * gradient;
        double second = 0.999 * static_cast<double>(v[i]) + 0.001 * gradient * gradient;
        CHECK(static_cast<double>(next_m[i]) == near(first, 1e-6));
        CHECK(static_cast<double>(next_v[i]) == near(second, 1e-6));
        if (largest) {
          second = std::max(second, static_cast<double>(most[i]));
          CHECK(static_cast<double>(next_most[i]) == near(second, 1e-6));
        }
        const double root = std::sqrt(static_cast<double>(rates.second_scale) * second) + 1e-8;
        CHECK(static_cast<double>(next_x[i]) ==
              near(0.5 * static_cast<double>(x[i]) - static_cast<double>(rates.rate) * first / root,
                   1e-5));
      }
      if (!largest) CHECK(next_most == most);
    }
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
      all.push_back(sum_of(row));
      std::vector<float> m = row, v(n, 0.5F), most(n, 0.4F);
      adam_step(adam_rates(0.1, 2), row, m.data(), v.data(), most.data(), target.data());
      std::vector<float> sines(n), cosines(n);
      sines_and_cosines(row, sines.data(), cosines.data());
      all.insert(all.end(), sines.begin(), sines.end());
      all.insert(all.end(), cosines.begin(), cosines.end());
      exponentiate(sines);
      all.insert(all.end(), sines.begin(), sines.end());
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
