#include <cmath>

#include <Eigen/Core>

#include "models/training/loss.hpp"

namespace kgaudit::models::losses_roster {
namespace {

double softmax_row_loss(const LossSettings& /*settings*/, std::span<const float> scores,
                        std::size_t positive, float* gradient) {
  const auto n = static_cast<Eigen::Index>(scores.size());
  const Eigen::Map<const Eigen::ArrayXf> s(scores.data(), n);
  Eigen::Map<Eigen::ArrayXf> g(gradient, n);
  const float largest = s.maxCoeff();
  g = (s - largest).exp();
  // Eigen's vectorised exponential of -infinity is tiny, not 0.
  for (std::size_t c = 0; c < scores.size(); ++c) {
    gradient[c] = scores[c] == kMasked ? 0.0F : gradient[c];
  }
  const float sum = g.sum();
  g /= sum;
  gradient[positive] -= 1.0F;
  return std::log(static_cast<double>(sum)) + static_cast<double>(largest - scores[positive]);
}

}  // namespace

extern const LossEntry softmax;
constinit const LossEntry softmax = {
    .id = "softmax",
    .title = "Softmax cross-entropy",
    .formula = "-log( exp s+ / (exp s+ + sum_n exp s-_n) )",
    .source = "Fisher et al. 2020, section 2; PyTorch-BigGraph",
    .pitfalls =
        "The negatives are a sample: the loss falls with their number, so losses compare only "
        "between trainings with the same negatives.",
    .row_loss = &softmax_row_loss,
};

}  // namespace kgaudit::models::losses_roster
