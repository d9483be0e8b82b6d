#include "models/scoring/translation.hpp"

namespace kgaudit::models::scores_roster {
namespace {

const ScoreFunction& transe_l1_function() {
  static const Translation kScore(Comparator::kL1);
  return kScore;
}

}  // namespace

extern const ScoreEntry transe_l1;
constinit const ScoreEntry transe_l1 = {
    .id = "transe-l1",
    .title = "TransE with L1 distance",
    .formula = "g(h, r, t) = -|E_h + R_r - E_t|_1",
    .source = "Bordes et al. 2013; the RotatE code's TransE",
    .pitfalls =
        "Not differentiable where a coordinate is exactly equal (gradient taken as 0 there). Costs "
        "about 3 times a matrix product.",
    .function = &transe_l1_function,
};

}  // namespace kgaudit::models::scores_roster
