#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include "models/training/loss.hpp"

namespace kgaudit::models::losses_roster {
namespace {

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }
// log(1 + exp(x)) without overflow
double softplus(double x) {
  return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double self_adversarial_row_loss(const LossSettings& settings, std::span<const float> scores,
                                 std::size_t positive, float* gradient) {
  const std::size_t n = scores.size();
  // The positive takes no part in p, nor in the maximum that keeps the exponentials in range.
  for (std::size_t c = 0; c < n; ++c) gradient[c] = c == positive ? kMasked : scores[c];
  const float largest =
      Eigen::Map<const Eigen::ArrayXf>(gradient, static_cast<Eigen::Index>(n)).maxCoeff();
  if (largest == kMasked) {
    std::fill_n(gradient, n, 0.0F);
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

extern const LossEntry self_adversarial;
constinit const LossEntry self_adversarial = {
    .id = "self-adversarial",
    .title = "Self-adversarial negative sampling",
    .formula =
        "-log sigma(margin + s+) - sum_n p_n log sigma(-margin - s-_n), p = softmax(temperature "
        "s-) taken as constant",
    .source = "Sun et al. 2019, equation 5",
    .pitfalls =
        "Made for distances: s is minus a distance, so margin + s+ is above 0 for near pairs. With "
        "a dot product the margin only shifts the scores.",
    .row_loss = &self_adversarial_row_loss,
};

}  // namespace kgaudit::models::losses_roster
