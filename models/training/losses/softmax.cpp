#include "models/embedding/row_functions.hpp"
#include "models/training/loss.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::models::losses_roster {
namespace {

double softmax_row_loss(const LossSettings& /*settings*/, std::span<const float> scores,
                        std::size_t positive, float* gradient) {
  const float own = scores[positive];
  const SoftmaxScale scale = models::softmax(scores, gradient);
  gradient[positive] -= 1.0F;
  return portable::log(static_cast<double>(scale.sum)) + static_cast<double>(scale.largest - own);
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
