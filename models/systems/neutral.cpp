#include "models/debiasing/neutral/neutral_system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> neutral_parameters() {
  static const std::vector<ParameterSpec> kTable = NeutralSystem::parameter_table();
  return kTable;
}

std::unique_ptr<System> make_neutral(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<NeutralSystem>(setup, parameters, "neutral");
}

}  // namespace

extern const SystemEntry neutral;
constinit const SystemEntry neutral = {
    .id = "neutral",
    .title = "Neutral",
    .in_words =
        "Our own method. While training, small networks that try to read the attribute are worked "
        "against, and after each update persons' answers to the sensitive question are made alike.",
    .formula =
        "L = L_CE - sum_j lambda_j mean_p CE(D_j(E_p), value j of p): small adversaries read "
        "persons' rows, and their gradient enters with the sign reversed. After every update a "
        "step lowers the KL loss of Fisher et al. for the batch's persons (sum_j w_j KL_j); with "
        "dot products and L2 it is solved for and moves each person towards the mean person's "
        "scores. detach: an attribute's own triples move no person",
    .source =
        "this project; it puts together the KL loss of Fisher et al. 2020, section 3.2, and the "
        "reversed gradient of Ganin & Lempitsky 2015",
    .pitfalls =
        "Not a published method. Weights begin at the share initial_weight and reach the whole in "
        "equal steps; before publishing every person takes a last step. Adversaries learn from all "
        "persons with a value in train; read "
        "the leakage of hidden persons, whom they never see. Weights w are per squared score: .1 "
        "is much. Neutral persons cannot answer sensitive triples either: MRR on those relations "
        "falls by design. A small score gap does not prove that a probe finds nothing. Which value "
        "a model prefers for everybody stays in R_j; training.prior_removal takes it out, of every "
        "system alike. Early stopping judges by MRR alone: with growing weights it favours epochs "
        "that were debiased less. Compare it with no-sensitive: on some graphs (FB13) leaving the "
        "triples out keeps more quality and answers more neutrally, though probes read more.",
    .parameters = &neutral_parameters,
    .make = &make_neutral,
    .tunable = NeutralSystem::kTunable,
};

}  // namespace kgaudit::models::systems_roster
