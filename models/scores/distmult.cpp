#include "models/scoring/score_function.hpp"

namespace kgaudit::models::scores_roster {
namespace {

// Symmetric in h and t, so both queries are the same product.
class DistMult final : public ScoreFunction {
 public:
  [[nodiscard]] Comparator comparator() const override { return Comparator::kDot; }

  float tail_query(const float* h, const float* r, float* q, std::size_t dimension) const override {
    for (std::size_t k = 0; k < dimension; ++k) q[k] = h[k] * r[k];
    return 0.0F;
  }
  float head_query(const float* r, const float* t, float* q, std::size_t dimension) const override {
    return tail_query(t, r, q, dimension);
  }
  void tail_query_gradient(const float* h, const float* r, const float* dq, float /*dconstant*/,
                           float* dh, float* dr, std::size_t dimension) const override {
    for (std::size_t k = 0; k < dimension; ++k) {
      dh[k] += dq[k] * r[k];
      dr[k] += dq[k] * h[k];
    }
  }
  void head_query_gradient(const float* r, const float* t, const float* dq, float dconstant,
                           float* dr, float* dt, std::size_t dimension) const override {
    tail_query_gradient(t, r, dq, dconstant, dt, dr, dimension);
  }
};

const ScoreFunction& distmult_function() {
  static const DistMult kScore;
  return kScore;
}

}  // namespace

extern const ScoreEntry distmult;
constinit const ScoreEntry distmult = {
    .id = "distmult",
    .title = "DistMult",
    .formula = "g(h, r, t) = sum_k E_h[k] R_r[k] E_t[k]",
    .source = "Yang et al. 2015",
    .pitfalls =
        "Symmetric: g(h, r, t) = g(t, r, h), so the direction of a relation is lost unless "
        "reciprocal = true.",
    .function = &distmult_function,
};

}  // namespace kgaudit::models::scores_roster
