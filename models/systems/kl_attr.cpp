#include "models/debiasing/attribute_vectors/trainable_vectors.hpp"
#include "models/debiasing/kl/kl_system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> kl_attr_parameters() {
  static const std::vector<ParameterSpec> kTable = KlSystem::parameter_table();
  return kTable;
}

std::unique_ptr<System> make_kl_attr(const TrainingSetup& setup, const Parameters& parameters) {
  return std::make_unique<WithAttributeVectors<KlSystem>>(setup, parameters, "kl+attr",
                                                          VectorTraining{});
}

}  // namespace

extern const SystemEntry kl_attr;
constinit const SystemEntry kl_attr = {
    .id = "kl+attr",
    .title = "KL+Attr",
    .in_words =
        "KL, with the attribute given back as a vector of its own where it is legitimate: a nun is "
        "a woman (Fisher et al. 2020).",
    .formula =
        "KL, and E_p + a_{j,m*(p)} in place of E_p in triples for which attribute j is whitelisted "
        "(m* is p's value; several values: the mean of their vectors; unknown: nothing). Every "
        "sensitive triple is trained a second time under a twin relation, with the vector; twins "
        "are left out of what is published",
    .source = "Fisher et al. 2020, section 3.3; defaults as printed for FB15K",
    .pitfalls =
        "All that is said of KL. The vectors carry the sensitive value openly: publish the table "
        "without them where that matters. In this row ranking uses the vectors, and "
        "probes and questions the table without them; the row [rows] has everything of that table "
        "alone, and [whole] of table and vectors together. The whitelist is a moral choice; it is "
        "in the plan.",
    .parameters = &kl_attr_parameters,
    .make = &make_kl_attr,
    .tunable = KlSystem::kTunable,
};

}  // namespace kgaudit::models::systems_roster
