#include "models/scoring/score_function.hpp"

namespace kgaudit::models::scores_roster {
namespace {

// Rows are halves [re | im]. Legend: h = a + bi, r = c + di, t = e + fi, coordinate by coordinate.
class ComplEx final : public ScoreFunction {
 public:
  [[nodiscard]] Comparator comparator() const override { return Comparator::kDot; }
  [[nodiscard]] std::size_t dimension_multiple() const override { return 2; }

  // Re(h r conj(t)) = (ac - bd) e + (ad + bc) f
  float tail_query(const float* h, const float* r, float* q, std::size_t dimension) const override {
    const std::size_t half = dimension / 2;
    for (std::size_t k = 0; k < half; ++k) {
      q[k] = h[k] * r[k] - h[k + half] * r[k + half];
      q[k + half] = h[k] * r[k + half] + h[k + half] * r[k];
    }
    return 0.0F;
  }
  // ... = (ce + df) a + (cf - de) b
  float head_query(const float* r, const float* t, float* q, std::size_t dimension) const override {
    const std::size_t half = dimension / 2;
    for (std::size_t k = 0; k < half; ++k) {
      q[k] = r[k] * t[k] + r[k + half] * t[k + half];
      q[k + half] = r[k] * t[k + half] - r[k + half] * t[k];
    }
    return 0.0F;
  }
  void tail_query_gradient(const float* h, const float* r, const float* dq, float /*dconstant*/,
                           float* dh, float* dr, std::size_t dimension) const override {
    const std::size_t half = dimension / 2;
    for (std::size_t k = 0; k < half; ++k) {
      const float re = dq[k];
      const float im = dq[k + half];
      dh[k] += re * r[k] + im * r[k + half];
      dh[k + half] += im * r[k] - re * r[k + half];
      dr[k] += re * h[k] + im * h[k + half];
      dr[k + half] += im * h[k] - re * h[k + half];
    }
  }
  void head_query_gradient(const float* r, const float* t, const float* dq, float /*dconstant*/,
                           float* dr, float* dt, std::size_t dimension) const override {
    const std::size_t half = dimension / 2;
    for (std::size_t k = 0; k < half; ++k) {
      const float re = dq[k];
      const float im = dq[k + half];
      dr[k] += re * t[k] + im * t[k + half];
      dr[k + half] += re * t[k + half] - im * t[k];
      dt[k] += re * r[k] - im * r[k + half];
      dt[k + half] += re * r[k + half] + im * r[k];
    }
  }
};

const ScoreFunction& complex_function() {
  static const ComplEx kScore;
  return kScore;
}

}  // namespace

extern const ScoreEntry complex;
constinit const ScoreEntry complex = {
    .id = "complex",
    .title = "ComplEx",
    .formula = "g(h, r, t) = Re(sum_k E_h[k] R_r[k] conj(E_t[k]))",
    .source = "Trouillon et al. 2016",
    .pitfalls =
        "Rows are halves [re | im]; `dimension` counts both halves and must be even. Some tools "
        "interleave instead.",
    .function = &complex_function,
};

}  // namespace kgaudit::models::scores_roster
