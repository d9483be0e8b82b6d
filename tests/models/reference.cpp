#include "tests/models/reference.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::tests {

using models::Comparator;
using models::FloatTable;

double reference_score(std::string_view id, const Doubles& h, const Doubles& r, const Doubles& t) {
  const std::size_t d = h.size();
  const std::size_t half = d / 2;
  double sum = 0.0;
  if (id == "transe-dot") {
    for (std::size_t k = 0; k < d; ++k) sum += (h[k] + r[k]) * t[k];
    return sum;
  }
  if (id == "transe-l1") {
    for (std::size_t k = 0; k < d; ++k) sum += std::abs(h[k] + r[k] - t[k]);
    return -sum;
  }
  if (id == "transe-l2") {
    for (std::size_t k = 0; k < d; ++k) sum += std::pow(h[k] + r[k] - t[k], 2);
    return -std::sqrt(sum);
  }
  if (id == "distmult") {
    for (std::size_t k = 0; k < d; ++k) sum += h[k] * r[k] * t[k];
    return sum;
  }
  // Complex coordinates: h = a + bi, r = c + di, t = e + fi.
  if (id == "complex") {
    for (std::size_t k = 0; k < half; ++k) {
      const double a = h[k], b = h[k + half], c = r[k], i = r[k + half], e = t[k], f = t[k + half];
      sum += a * c * e - b * i * e + a * i * f + b * c * f;
    }
    return sum;
  }
  if (id == "rotate") {
    for (std::size_t k = 0; k < half; ++k) {
      const double re = h[k] * std::cos(r[k]) - h[k + half] * std::sin(r[k]) - t[k];
      const double im = h[k] * std::sin(r[k]) + h[k + half] * std::cos(r[k]) - t[k + half];
      sum += std::hypot(re, im);
    }
    return -sum;
  }
  FAIL("no reference formula for the score " << std::string(id));
  return 0.0;
}

double reference_compare(Comparator comparator, const Doubles& q, const Doubles& c) {
  const std::size_t d = q.size();
  double sum = 0.0;
  switch (comparator) {
    case Comparator::kDot:
      for (std::size_t k = 0; k < d; ++k) sum += q[k] * c[k];
      return sum;
    case Comparator::kL1:
      for (std::size_t k = 0; k < d; ++k) sum += std::abs(q[k] - c[k]);
      return -sum;
    case Comparator::kL2:
      for (std::size_t k = 0; k < d; ++k) sum += std::pow(q[k] - c[k], 2);
      return -std::sqrt(sum);
    case Comparator::kComplexL1:
      for (std::size_t k = 0; k < d / 2; ++k)
        sum += std::hypot(q[k] - c[k], q[k + d / 2] - c[k + d / 2]);
      return -sum;
  }
  FAIL("no reference for a comparator");
  return 0.0;
}

double reference_loss(std::string_view loss_id, const models::LossSettings& settings,
                      const Doubles& scores, std::size_t positive, Doubles& weights) {
  const double masked = -std::numeric_limits<double>::infinity();
  const double margin = static_cast<double>(settings.margin);
  std::vector<std::size_t> negatives;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (c != positive && scores[c] != masked) negatives.push_back(c);
  }
  if (negatives.empty()) return 0.0;
  const double truth = scores[positive];
  double loss = 0.0;
  if (loss_id == "softmax") {
    double sum = 1.0;
    for (const std::size_t c : negatives) sum += std::exp(scores[c] - truth);
    return std::log(sum);
  }
  if (loss_id == "margin") {
    for (const std::size_t c : negatives) loss += std::max(0.0, margin - truth + scores[c]);
    return loss / static_cast<double>(negatives.size());
  }
  if (loss_id == "self-adversarial") {
    if (weights.empty()) {
      double sum = 0.0;
      for (const std::size_t c : negatives) {
        weights.push_back(std::exp(static_cast<double>(settings.temperature) * scores[c]));
        sum += weights.back();
      }
      for (double& p : weights) p /= sum;
    }
    loss = std::log1p(std::exp(-margin - truth));
    for (std::size_t n = 0; n < negatives.size(); ++n) {
      loss += weights[n] * std::log1p(std::exp(margin + scores[negatives[n]]));
    }
    return loss;
  }
  FAIL("no reference for the loss " << loss_id);
  return 0.0;
}

double reference_kl(const Doubles& scores, const Doubles& target) {
  double sum = 0.0;
  for (const double s : scores) sum += std::exp(s);
  double divergence = 0.0;
  for (std::size_t m = 0; m < scores.size(); ++m) {
    if (target[m] > 0.0) divergence += target[m] * std::log(target[m] * sum / std::exp(scores[m]));
  }
  return divergence;
}

double central_difference(double& x, const std::function<double()>& f, double eps) {
  const double at = x;
  x = at + eps;
  const double above = f();
  x = at - eps;
  const double below = f();
  x = at;
  return (above - below) / (2.0 * eps);
}

FloatTable normal_table(std::size_t rows, std::size_t width, std::uint64_t seed, double scale) {
  FloatTable table(rows, width);
  Rng rng(seed, "test.table");
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& x : table.values(i)) x = static_cast<float>(scale * rng.normal());
  }
  return table;
}

Doubles row_of(const FloatTable& table, std::size_t row) {
  const auto values = table.values(row);
  return {values.begin(), values.end()};
}

std::vector<Doubles> rows_of(const FloatTable& table) {
  std::vector<Doubles> rows;
  for (std::size_t i = 0; i < table.rows(); ++i) rows.push_back(row_of(table, i));
  return rows;
}

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

bool padding_is_zero(const FloatTable& table) {
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t k = table.width(); k < table.stride(); ++k) {
      if (table.row(i)[k] != 0.0F) return false;
    }
  }
  return true;
}

std::vector<std::size_t> odd_widths(const models::ScoreFunction& score) {
  std::vector<std::size_t> widths = {2, 6, 10, 16, 18, 34, 66};
  if (score.dimension_multiple() == 1) widths.insert(widths.end(), {1, 3, 7, 15, 17, 33});
  return widths;
}

}  // namespace kgaudit::tests
