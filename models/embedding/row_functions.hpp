#pragma once

#include <cstddef>
#include <span>

namespace kgaudit::models {

// Functions of single rows of floats, as vectors compute them. Sums run in sixteen lanes
// (suite/base/vectors/lanes-inl.hpp), so that all vectors give the same bits.

/// What a softmax divides by: exp(s_i - largest) summed over i.
struct SoftmaxScale {
  float largest = 0.0F;
  float sum = 1.0F;
};
/// shares[i] = exp(s_i - largest) / sum for the n >= 1 `scores`; 0 for a score of -infinity, which
/// not all may be. `shares` may be the scores.
SoftmaxScale softmax(std::span<const float> scores, float* shares);

/// The sum of x_i^2.
[[nodiscard]] float sum_of_squares(std::span<const float> row);

/// target_i -= factor * row_i, rounded once. They must not overlap.
void subtract_scaled(float factor, std::span<const float> row, float* target);

/// x_i = leak * x_i where x_i is not above 0.
void leaky_relu(float leak, std::span<float> row);
/// Back through it: gradient_i = leak * gradient_i where output_i, what it gave, is not above 0.
void leaky_relu_gradient(std::span<const float> output, float leak, float* gradient);

}  // namespace kgaudit::models
