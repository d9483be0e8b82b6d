#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

namespace kgaudit::models {

/// The score of a candidate that must not count, because its triple is known.
inline constexpr float kMasked = -std::numeric_limits<float>::infinity();

/// Numbers that some losses have.
struct LossSettings {
  float margin = 1.0F;       ///< gamma, in score units
  float temperature = 1.0F;  ///< of the self-adversarial weights, per score unit
};

/// One roster entry: the loss of one query as users see it, and its function. In formulas: s+ the
/// score of the true candidate, s-_n those of the others.
struct LossEntry {
  std::string_view id;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::string_view pitfalls;
  /// Loss L >= 0 of one query: scores[positive] is s+, and candidates that are kMasked count for
  /// nothing. Writes dL/dscore to gradient[0 .. scores.size()), 0 for masked ones. A query without
  /// any negative has a gradient of 0.
  double (*row_loss)(const LossSettings& settings, std::span<const float> scores,
                     std::size_t positive, float* gradient);
};

/// All losses in roster order.
[[nodiscard]] std::span<const LossEntry* const> losses();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const LossEntry& find_loss(std::string_view id);

}  // namespace kgaudit::models
