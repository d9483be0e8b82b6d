#include "models/scoring/translation.hpp"

namespace kgaudit::models::scores_roster {
namespace {

const ScoreFunction& transe_l2_function() {
  static const Translation kScore(Comparator::kL2);
  return kScore;
}

}  // namespace

extern const ScoreEntry transe_l2;
constinit const ScoreEntry transe_l2 = {
    .id = "transe-l2",
    .title = "TransE with L2 distance",
    .formula = "g(h, r, t) = -|E_h + R_r - E_t|_2",
    .source = "Bordes et al. 2013; LibKGE's TransE",
    .pitfalls =
        "The plain distance, not its square. Not differentiable at distance 0 (gradient taken as 0 "
        "there).",
    .function = &transe_l2_function,
};

}  // namespace kgaudit::models::scores_roster
