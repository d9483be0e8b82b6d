#include <algorithm>
#include <cmath>

#include <Eigen/Core>

#include "models/embedding/row_functions.hpp"
#include "models/training/loss.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::models::losses_roster {
namespace {

/// log(1 + exp(x)) and its slope, the sigmoid, without overflow.
struct Softplus {
  double value;
  double slope;

  explicit Softplus(float x) {
    const double e = portable::exp(-std::abs(static_cast<double>(x)));
    value = std::max(static_cast<double>(x), 0.0) + portable::log1p(e);
    slope = (x > 0.0F ? 1.0 : e) / (1.0 + e);
  }
};

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
  for (std::size_t c = 0; c < n; ++c) {
    if (gradient[c] != kMasked) gradient[c] = settings.temperature * (gradient[c] - largest);
  }
  exponentiate({gradient, n});
  const float sum = sum_of({gradient, n});
  const float margin = settings.margin;
  const Softplus own(-(margin + scores[positive]));
  double loss = own.value;
  for (std::size_t c = 0; c < n; ++c) {
    if (gradient[c] == 0.0F) continue;
    const double p = static_cast<double>(gradient[c] / sum);
    const Softplus other(margin + scores[c]);
    loss += p * other.value;
    gradient[c] = static_cast<float>(p * other.slope);
  }
  gradient[positive] = -static_cast<float>(own.slope);
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
