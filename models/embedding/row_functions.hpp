#pragma once

#include <cstddef>
#include <cstdint>
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
/// not all may be. With a nan or an infinity among them the sum and all shares are nan. `shares`
/// may be the scores.
SoftmaxScale softmax(std::span<const float> scores, float* shares);

/// x_i = exp(x_i); 0 for -infinity, nan for nan.
void exponentiate(std::span<float> row);

/// sines_i = sin(angle_i) and cosines_i likewise; beyond |angle_i| = 39,000 both lose all digits.
/// Neither may be the angles.
void sines_and_cosines(std::span<const float> angles, float* sines, float* cosines);

/// The sum of x_i.
[[nodiscard]] float sum_of(std::span<const float> row);
/// The sum of x_i^2.
[[nodiscard]] float sum_of_squares(std::span<const float> row);

/// target_i -= factor * row_i, rounded once. They must not overlap.
void subtract_scaled(float factor, std::span<const float> row, float* target);

/// Rates of one step of Adam (Kingma & Ba 2015).
struct AdamRates {
  float rate = 0.0F;          ///< of learning, over 1 - beta1^t
  float second_scale = 1.0F;  ///< 1 / (1 - beta2^t)
  float keep = 1.0F;          ///< what decay leaves of x
};
/// Those of step t, the first of which is 1.
[[nodiscard]] AdamRates adam_rates(double learning_rate, std::uint64_t t);

/// m = .9 m + .1 g, v = .999 v + .001 g^2 and x = keep x - rate m / (sqrt(second_scale v) + 1e-8),
/// each element by itself. With `largest_v` (AMSGrad, Reddi et al. 2018), which becomes max(it, v),
/// that is what the root is of.
void adam_step(const AdamRates& rates, std::span<const float> gradient, float* m, float* v,
               float* largest_v, float* x);

/// x_i = leak * x_i where x_i is not above 0; 0 with a leak of 0.
void leaky_relu(float leak, std::span<float> row);
/// Back through it: gradient_i = leak * gradient_i where output_i, what it gave, is not above 0.
void leaky_relu_gradient(std::span<const float> output, float leak, float* gradient);

}  // namespace kgaudit::models
