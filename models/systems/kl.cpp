#include "models/kl_system.hpp"

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
const SystemEntry kl = {
    .id = "kl",
    .title = "KL",
    .formula =
        "L = L_CE + sum_j w_j / (P J) sum_p KL(G_j || softmax_m g(E_p, R_j, E_m)); in the second "
        "term "
        "only E_p moves",
    .source = "Fisher et al. 2020, section 3.2",
    .pitfalls =
        "Neutral persons cannot answer sensitive triples either: MRR on those relations falls by "
        "design. "
        "A small score gap does not prove that a probe finds nothing (the paper's Wikidata row).",
    .parameters = &parameters,
    .make = &make,
    .tunable = KlDebiasing::kTunable,
};

}  // namespace kgaudit::models::systems_roster
