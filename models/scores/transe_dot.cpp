#include "models/scoring/translation.hpp"

namespace kgaudit::models::scores_roster {
namespace {

const ScoreFunction& transe_dot_function() {
  static const Translation kScore(Comparator::kDot);
  return kScore;
}

}  // namespace

extern const ScoreEntry transe_dot;
constinit const ScoreEntry transe_dot = {
    .id = "transe-dot",
    .title = "TransE with dot product",
    .formula = "g(h, r, t) = <E_h + R_r, E_t>",
    .source =
        "Fisher et al. 2020, section 2; PyTorch-BigGraph's translation operator with the dot "
        "comparator",
    .pitfalls =
        "Not a distance: <R_r, E_t> is a popularity prior of t for r, and <E_h, E_t> does not "
        "depend on r. With one translation a relation, ranking heads cannot use r at all: train "
        "with reciprocal = true. Scores are logits; they scale with the norms.",
    .function = &transe_dot_function,
};

}  // namespace kgaudit::models::scores_roster
