#pragma once

#include <cstddef>
#include <string_view>

namespace kgaudit::models {

enum class LossKind {
  /// -log( exp s+ / (exp s+ + sum_n exp s-_n) ) (Fisher et al. 2020, section 2; PyTorch-BigGraph).
  kSoftmax,
  /// mean_n max(0, margin - s+ + s-_n) (Bordes et al. 2013).
  kMargin,
  /// -log sigma(margin + s+) - sum_n p_n log sigma(-margin - s-_n), p = softmax(temperature s-)
  /// taken as
  /// constant (Sun et al. 2019, equation 5).
  kSelfAdversarial,
};

[[nodiscard]] LossKind loss_from_text(std::string_view text);

struct LossSettings {
  LossKind kind = LossKind::kSoftmax;
  float margin = 1.0F;       ///< in score units; margin and self-adversarial
  float temperature = 1.0F;  ///< self-adversarial
};

/// Loss of one query: `scores` holds n candidates of which `positive` is the true one; a candidate
/// that must not count (a known triple) has score -infinity. Writes dL/dscore into `gradient` (0
/// for masked ones) and returns L. A row without any negative has loss 0.
double row_loss(const LossSettings& settings, const float* scores, std::size_t n,
                std::size_t positive, float* gradient);

}  // namespace kgaudit::models
