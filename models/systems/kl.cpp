#include "models/debiasing/kl/kl_system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> kl_parameters() {
  static const std::vector<ParameterSpec> kTable = KlSystem::parameter_table();
  return kTable;
}

std::unique_ptr<System> make_kl(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<KlSystem>(setup, parameters, "kl");
}

}  // namespace

extern const SystemEntry kl;
constinit const SystemEntry kl = {
    .id = "kl",
    .title = "KL",
    .in_words =
        "While training, makes the model's answer to the sensitive question alike for all persons "
        "(Fisher et al. 2020).",
    .formula =
        "L = L_CE + sum_j w_j / (P J) sum_p KL(G_j || softmax_m g(E_p, R_j, E_m)); in the second "
        "term only E_p moves. One gradient, one optimiser. With reduction = sum the second term is "
        "not divided by P",
    .source = "Fisher et al. 2020, section 3.2; defaults as printed for FB15K",
    .pitfalls =
        "The paper does not say whether L_KL is a mean or a sum where L_CE is the sum over a "
        "batch's triples. As printed (reduction = mean, w = 1 and 100) the second term is weak and "
        "changes little; summed it is as much stronger as a batch has persons. An optimiser that "
        "scales steps by past gradients (AdaGrad) counts the gradient of both terms. Neutral "
        "persons cannot answer sensitive triples either: MRR on those relations falls by design. A "
        "small score gap does not prove that a probe finds nothing (the paper's Wikidata row).",
    .parameters = &kl_parameters,
    .make = &make_kl,
    .tunable = KlSystem::kTunable,
};

}  // namespace kgaudit::models::systems_roster
