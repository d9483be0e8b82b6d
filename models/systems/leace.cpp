#include "models/debiasing/erasing/post_hoc.hpp"

namespace kgaudit::models::systems_roster {

extern const SystemEntry leace;

namespace {

void leace_erase(const PostHocTask& task, FloatTable& entities) {
  const AffineEraser eraser =
      fit_leace(task.fit.points(entities), task.labels, task.parameters.real("tolerance"));
  eraser.apply(entities, task.attributes.persons(), task.pool);
}

std::span<const ParameterSpec> leace_parameters() {
  using P = ParameterSpec;
  static const std::vector<P> kTable = post_hoc_parameters({
      P::real(
          "tolerance", 1e-6, 0.0, 1.0, "",
          "Directions whose correlation with all values is below this share of the largest stay"),
  });
  return kTable;
}

std::unique_ptr<System> make_leace(const TrainingSetup& setup, const Parameters& parameters) {
  return make_post_hoc(leace, setup, parameters);
}

}  // namespace

constinit const SystemEntry leace = {
    .id = "leace",
    .title = "LEACE",
    .in_words =
        "After training, changes rows as little as it can so that no linear classifier reads the "
        "attribute of the persons it was fitted on.",
    .formula =
        "r(x) = x - W^+ U U^T W (x - mu), W = Sxx^{-1/2}, U = left singular vectors of W Sxz; z = "
        "shares of the attribute's values; post-hoc, on persons' rows",
    .source = "Belrose et al. 2023, theorem 4.3 (no shrinkage, no trace constraint)",
    .pitfalls =
        "No linear classifier beats the prior on the persons it was fitted on; on others it may, "
        "by "
        "what the fit split did not show, and a non-linear one may on all. The probe asks persons "
        "inside and outside the fit split (fit_share); its row held_out is all unfitted. Persons "
        "erased with fit_share = 1 make a cross-validated probe worse than chance, for what its "
        "train folds lack its test fold must have. [a] removes up to the number of values of all "
        "attributes as dimensions: with many values and few dimensions little else is left. "
        "s/epoch is the training and a share of the step after it.",
    .parameters = &leace_parameters,
    .make = &make_leace,
    .erase = &leace_erase,
    .trains_as_reference = true,
    .by_default = false,
};

}  // namespace kgaudit::models::systems_roster
