#include <algorithm>

#include "models/training/loss.hpp"

namespace kgaudit::models::losses_roster {
namespace {

double margin_row_loss(const LossSettings& settings, std::span<const float> scores,
                       std::size_t positive, float* gradient) {
  std::size_t negatives = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    negatives += c != positive && scores[c] != kMasked ? 1U : 0U;
  }
  std::fill_n(gradient, scores.size(), 0.0F);
  if (negatives == 0) return 0.0;
  const float share = 1.0F / static_cast<float>(negatives);
  double loss = 0.0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (c == positive || scores[c] == kMasked) continue;
    const float violation = settings.margin - scores[positive] + scores[c];
    if (violation <= 0.0F) continue;
    loss += static_cast<double>(violation * share);
    gradient[c] = share;
    gradient[positive] -= share;
  }
  return loss;
}

}  // namespace

extern const LossEntry margin;
constinit const LossEntry margin = {
    .id = "margin",
    .title = "Margin ranking",
    .formula = "mean_n max(0, margin - s+ + s-_n)",
    .source = "Bordes et al. 2013",
    .pitfalls =
        "The margin is in units of the score: what suits distances does not suit dot products. "
        "Negatives that keep the margin teach nothing, and after a while most do.",
    .row_loss = &margin_row_loss,
};

}  // namespace kgaudit::models::losses_roster
