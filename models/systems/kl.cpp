#include "models/debiasing/kl/kl_system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> parameters() {
  static const std::vector<ParameterSpec> kTable = KlDebiasing::parameter_table();
  return kTable;
}

std::unique_ptr<System> make(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<KlSystem>(setup, parameters);
}

}  // namespace

extern const SystemEntry kl;
constinit const SystemEntry kl = {
    .id = "kl",
    .title = "KL",
    .formula =
        "L = L_CE + sum_j w_j / (P J) sum_p KL(G_j || softmax_m g(E_p, R_j, E_m)); in the second "
        "term only E_p moves. With initial_weight, every w_j goes from that share of it "
        "towards the whole in equal steps, batch by batch",
    .source = "Fisher et al. 2020, section 3.2",
    .pitfalls =
        "Neutral persons cannot answer sensitive triples either: MRR on those relations falls by "
        "design. A small score gap does not prove that a probe finds nothing (the paper's Wikidata "
        "row). With update = proximal (dot products and L2) persons are pulled to the mean person, "
        "G is set in R_j on publishing, and class means of two-valued attributes are made equal, "
        "which the paper does not do: class_weight = 0 leaves that out. Weights are per squared "
        "score there: .1 is much, where a gradient step needs 1 to 100; with detach (an "
        "attribute's own triples move no person) .01 is. Early stopping judges by MRR alone: with "
        "growing weights (initial_weight under 1) it favours epochs that were debiased less.",
    .parameters = &parameters,
    .make = &make,
    .tunable = KlDebiasing::kTunable,
};

}  // namespace kgaudit::models::systems_roster
