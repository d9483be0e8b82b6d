#include "models/scoring/translation.hpp"

namespace kgaudit::models {

float Translation::tail_query(const float* h, const float* r, float* q,
                              std::size_t dimension) const {
  for (std::size_t k = 0; k < dimension; ++k) q[k] = h[k] + r[k];
  return 0.0F;
}

// Dot: <h + r, t> = <t, h> + <r, t>, so q = t and the constant is <r, t>.
// Distances: |h + r - t| = |(t - r) - h|, so q = t - r.
float Translation::head_query(const float* r, const float* t, float* q,
                              std::size_t dimension) const {
  if (comparator_ == Comparator::kDot) {
    float constant = 0.0F;
    for (std::size_t k = 0; k < dimension; ++k) {
      q[k] = t[k];
      constant += r[k] * t[k];
    }
    return constant;
  }
  for (std::size_t k = 0; k < dimension; ++k) q[k] = t[k] - r[k];
  return 0.0F;
}

void Translation::tail_query_gradient(const float* /*h*/, const float* /*r*/, const float* dq,
                                      float /*dconstant*/, float* dh, float* dr,
                                      std::size_t dimension) const {
  for (std::size_t k = 0; k < dimension; ++k) {
    dh[k] += dq[k];
    dr[k] += dq[k];
  }
}

void Translation::head_query_gradient(const float* r, const float* t, const float* dq,
                                      float dconstant, float* dr, float* dt,
                                      std::size_t dimension) const {
  if (comparator_ == Comparator::kDot) {
    for (std::size_t k = 0; k < dimension; ++k) {
      dt[k] += dq[k] + dconstant * r[k];
      dr[k] += dconstant * t[k];
    }
    return;
  }
  for (std::size_t k = 0; k < dimension; ++k) {
    dt[k] += dq[k];
    dr[k] -= dq[k];
  }
}

}  // namespace kgaudit::models
