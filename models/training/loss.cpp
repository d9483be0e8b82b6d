#include "models/training/loss.hpp"

#include <cmath>
#include <limits>

#include <Eigen/Core>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();

using Row = Eigen::Map<Eigen::ArrayXf>;
using ConstRow = Eigen::Map<const Eigen::ArrayXf>;

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

double softmax_loss(const float* scores, std::size_t n, std::size_t positive, float* gradient) {
  const ConstRow s(scores, index(n));
  Row g(gradient, index(n));
  const float largest = s.maxCoeff();
  g = (s - largest).exp();
  // Eigen's vectorised exponential of -infinity is tiny, not 0.
  for (std::size_t c = 0; c < n; ++c) gradient[c] = scores[c] == kMasked ? 0.0F : gradient[c];
  const float sum = g.sum();
  g /= sum;
  gradient[positive] -= 1.0F;
  return std::log(static_cast<double>(sum)) + static_cast<double>(largest - scores[positive]);
}

double margin_loss(const LossSettings& settings, const float* scores, std::size_t n,
                   std::size_t positive, float* gradient) {
  std::size_t negatives = 0;
  for (std::size_t c = 0; c < n; ++c) negatives += c != positive && scores[c] != kMasked ? 1 : 0;
  Row(gradient, index(n)).setZero();
  if (negatives == 0) return 0.0;
  const float share = 1.0F / static_cast<float>(negatives);
  double loss = 0.0;
  for (std::size_t c = 0; c < n; ++c) {
    if (c == positive || scores[c] == kMasked) continue;
    const float violation = settings.margin - scores[positive] + scores[c];
    if (violation <= 0.0F) continue;
    loss += static_cast<double>(violation * share);
    gradient[c] = share;
    gradient[positive] -= share;
  }
  return loss;
}

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }
// log(1 + exp(x)) without overflow
double softplus(double x) {
  return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double self_adversarial_loss(const LossSettings& settings, const float* scores, std::size_t n,
                             std::size_t positive, float* gradient) {
  // The positive takes no part in p, nor in the maximum that keeps the exponentials in range.
  for (std::size_t c = 0; c < n; ++c) gradient[c] = c == positive ? kMasked : scores[c];
  const ConstRow negatives(gradient, index(n));
  const float largest = negatives.maxCoeff();
  if (largest == kMasked) {
    Row(gradient, index(n)).setZero();
    return 0.0;
  }
  float sum = 0.0F;
  for (std::size_t c = 0; c < n; ++c) {
    gradient[c] =
        gradient[c] == kMasked ? 0.0F : std::exp(settings.temperature * (gradient[c] - largest));
    sum += gradient[c];
  }
  const float margin = settings.margin;
  double loss = softplus(-static_cast<double>(margin + scores[positive]));
  for (std::size_t c = 0; c < n; ++c) {
    if (gradient[c] == 0.0F) continue;
    const float p = gradient[c] / sum;
    loss += static_cast<double>(p) * softplus(static_cast<double>(margin + scores[c]));
    gradient[c] = p * sigmoid(margin + scores[c]);
  }
  gradient[positive] = -sigmoid(-(margin + scores[positive]));
  return loss;
}

}  // namespace

LossKind loss_from_text(std::string_view text) {
  if (text == "softmax") return LossKind::kSoftmax;
  if (text == "margin") return LossKind::kMargin;
  KGA_REQUIRE(text == "self-adversarial", "loss = {}", text);
  return LossKind::kSelfAdversarial;
}

double row_loss(const LossSettings& settings, const float* scores, std::size_t n,
                std::size_t positive, float* gradient) {
  switch (settings.kind) {
    case LossKind::kSoftmax:
      return softmax_loss(scores, n, positive, gradient);
    case LossKind::kMargin:
      return margin_loss(settings, scores, n, positive, gradient);
    case LossKind::kSelfAdversarial:
      return self_adversarial_loss(settings, scores, n, positive, gradient);
  }
  KGA_REQUIRE(false, "loss = {}", static_cast<int>(settings.kind));
  return 0.0;
}

}  // namespace kgaudit::models
