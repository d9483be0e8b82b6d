#pragma once

#include "models/scoring/score_function.hpp"

namespace kgaudit::models {

/// h + r compared with t (Bordes et al. 2013). The comparator decides which TransE it is.
class Translation final : public ScoreFunction {
 public:
  explicit Translation(Comparator comparator) : comparator_(comparator) {}

  [[nodiscard]] Comparator comparator() const override { return comparator_; }
  [[nodiscard]] bool translates() const override { return true; }
  float tail_query(const float* h, const float* r, float* q, std::size_t dimension) const override;
  float head_query(const float* r, const float* t, float* q, std::size_t dimension) const override;
  void tail_query_gradient(const float* h, const float* r, const float* dq, float dconstant,
                           float* dh, float* dr, std::size_t dimension) const override;
  void head_query_gradient(const float* r, const float* t, const float* dq, float dconstant,
                           float* dr, float* dt, std::size_t dimension) const override;

 private:
  Comparator comparator_;
};

}  // namespace kgaudit::models
