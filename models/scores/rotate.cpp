#include <algorithm>
#include <array>

#include "models/embedding/row_functions.hpp"
#include "models/scoring/score_function.hpp"

namespace kgaudit::models::scores_roster {
namespace {

// Entity rows are halves [re | im]; a relation row holds dimension / 2 phases, so |r| = 1 always.
// |h r - t| = |h - t conj(r)|: ranking heads turns the tail back.
class RotatE final : public ScoreFunction {
 public:
  [[nodiscard]] Comparator comparator() const override { return Comparator::kComplexL1; }
  [[nodiscard]] std::size_t dimension_multiple() const override { return 2; }
  [[nodiscard]] std::size_t relation_width(std::size_t dimension) const override {
    return dimension / 2;
  }

  float tail_query(const float* h, const float* r, float* q, std::size_t dimension) const override {
    turn(h, r, 1.0F, q, dimension / 2);
    return 0.0F;
  }
  float head_query(const float* r, const float* t, float* q, std::size_t dimension) const override {
    turn(t, r, -1.0F, q, dimension / 2);
    return 0.0F;
  }
  void tail_query_gradient(const float* h, const float* r, const float* dq, float /*dconstant*/,
                           float* dh, float* dr, std::size_t dimension) const override {
    turn_gradient(h, r, 1.0F, dq, dh, dr, dimension / 2);
  }
  void head_query_gradient(const float* r, const float* t, const float* dq, float /*dconstant*/,
                           float* dr, float* dt, std::size_t dimension) const override {
    turn_gradient(t, r, -1.0F, dq, dt, dr, dimension / 2);
  }

 private:
  /// Calls per_turn(k, cosine, sine) for each phase.
  template <typename F>
  static void for_turns(const float* phase, std::size_t half, const F& per_turn) {
    constexpr std::size_t kBlock = 128;
    std::array<float, kBlock> sines;
    std::array<float, kBlock> cosines;
    for (std::size_t first = 0; first < half; first += kBlock) {
      const std::size_t n = std::min(kBlock, half - first);
      sines_and_cosines({phase + first, n}, sines.data(), cosines.data());
      for (std::size_t i = 0; i < n; ++i) per_turn(first + i, cosines[i], sines[i]);
    }
  }

  // q = x e^{i sign phase}
  static void turn(const float* x, const float* phase, float sign, float* q, std::size_t half) {
    for_turns(phase, half, [&](std::size_t k, float c, float s) {
      s *= sign;
      q[k] = x[k] * c - x[k + half] * s;
      q[k + half] = x[k] * s + x[k + half] * c;
    });
  }
  static void turn_gradient(const float* x, const float* phase, float sign, const float* dq,
                            float* dx, float* dphase, std::size_t half) {
    for_turns(phase, half, [&](std::size_t k, float c, float s) {
      s *= sign;
      dx[k] += dq[k] * c + dq[k + half] * s;
      dx[k + half] += dq[k + half] * c - dq[k] * s;
      // dq/dphase = sign * i q
      const float q_re = x[k] * c - x[k + half] * s;
      const float q_im = x[k] * s + x[k + half] * c;
      dphase[k] += sign * (dq[k + half] * q_re - dq[k] * q_im);
    });
  }
};

const ScoreFunction& rotate_function() {
  static const RotatE kScore;
  return kScore;
}

}  // namespace

extern const ScoreEntry rotate;
constinit const ScoreEntry rotate = {
    .id = "rotate",
    .title = "RotatE",
    .formula = "g(h, r, t) = -sum_k |E_h[k] e^{i R_r[k]} - E_t[k]| over complex coordinates",
    .source = "Sun et al. 2019",
    .pitfalls =
        "Rows are halves [re | im]; `dimension` counts both halves and must be even. Relations "
        "are phases in radians, `dimension` / 2 of them.",
    .function = &rotate_function,
};

}  // namespace kgaudit::models::scores_roster
