#include "models/scoring/score_function.hpp"

namespace kgaudit::models::scores_roster {
namespace {

class HadamardL2 final : public ScoreFunction {
 public:
  [[nodiscard]] Comparator comparator() const override { return Comparator::kL2; }

  float tail_query(const float* h, const float* r, float* q, std::size_t dimension) const override {
    for (std::size_t k = 0; k < dimension; ++k) q[k] = h[k] * (1.0F + r[k]);
    return 0.0F;
  }
  // |h (1 + r) - t| cannot be written as |q - h|, so heads are ranked with reciprocal relations.
  float head_query(const float* r, const float* t, float* q, std::size_t dimension) const override {
    return tail_query(t, r, q, dimension);
  }
  void tail_query_gradient(const float* h, const float* r, const float* dq, float /*dconstant*/,
                           float* dh, float* dr, std::size_t dimension) const override {
    for (std::size_t k = 0; k < dimension; ++k) {
      dh[k] += dq[k] * (1.0F + r[k]);
      dr[k] += dq[k] * h[k];
    }
  }
  void head_query_gradient(const float* r, const float* t, const float* dq, float dconstant,
                           float* dr, float* dt, std::size_t dimension) const override {
    tail_query_gradient(t, r, dq, dconstant, dt, dr, dimension);
  }
};

const ScoreFunction& function() {
  static const HadamardL2 kScore;
  return kScore;
}

}  // namespace

extern const ScoreEntry hadamard_l2;
const ScoreEntry hadamard_l2 = {
    .id = "hadamard-l2",
    .title = "Scaling with L2 distance",
    .formula = "g(h, r, t) = -|E_h (1 + R_r) - E_t|_2, product coordinate by coordinate",
    .source = "docs/extending.md",
    .pitfalls = "Needs reciprocal = true.",
    .function = &function,
};

}  // namespace kgaudit::models::scores_roster
