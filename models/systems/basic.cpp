#include "models/training/system.hpp"

namespace kgaudit::models::systems_roster {
namespace {

std::span<const ParameterSpec> parameters() { return {}; }

std::unique_ptr<System> make(const TrainingSetup& /*setup*/, const Parameters& /*parameters*/) {
  return std::make_unique<System>();
}

}  // namespace

extern const SystemEntry basic;
constinit const SystemEntry basic = {
    .id = "basic",
    .title = "Basic",
    .formula = "L = L_CE: the likelihood alone, nothing is debiased",
    .source = "Fisher et al. 2020, section 2 (\"Basic\"); PyTorch-BigGraph",
    .pitfalls =
        "The yardstick: every other system trains the same likelihood on the same batches, "
        "negatives and "
        "initial values.",
    .parameters = &parameters,
    .make = &make,
};

}  // namespace kgaudit::models::systems_roster
