#include "models/training/system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> basic_parameters() { return {}; }

std::unique_ptr<System> make_basic(const TrainingSetup& /*setup*/,
                                   const Parameters& /*parameters*/) {
  return std::make_unique<System>();
}

}  // namespace

extern const SystemEntry basic;
constinit const SystemEntry basic = {
    .id = "basic",
    .title = "Basic",
    .in_words = "Trains on all triples as they are. Every other row is compared with this one.",
    .formula = "L = L_CE: the likelihood alone, nothing is debiased",
    .source = "Fisher et al. 2020, section 2 (\"Basic\"); PyTorch-BigGraph",
    .pitfalls =
        "The yardstick: every other system trains the same likelihood on the same batches, "
        "negatives and "
        "initial values.",
    .parameters = &basic_parameters,
    .make = &make_basic,
    .trains_as_reference = true,
};

}  // namespace kgaudit::models::systems_roster
