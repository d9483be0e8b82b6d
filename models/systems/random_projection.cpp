#include "models/debiasing/erasing/post_hoc.hpp"

namespace kgaudit::models::systems_roster {

extern const SystemEntry random_projection;

namespace {

void random_projection_erase(const PostHocTask& task, FloatTable& entities) {
  const PointMatrix points = task.fit.points(entities);
  const std::size_t rank = fit_leace(points, task.labels, task.parameters.real("tolerance")).rank();
  std::string stream = "random-projection";
  for (const FitPersons::Attribute& a : task.erased) stream += "." + a.source->id();
  fit_random_projection(points, rank, Rng(task.seed, stream))
      .apply(entities, task.attributes.persons(), task.pool);
}

std::span<const ParameterSpec> random_projection_parameters() {
  return find_system("leace").parameters();
}

std::unique_ptr<System> make_random_projection(const TrainingSetup& setup,
                                               const Parameters& parameters) {
  return make_post_hoc(random_projection, setup, parameters);
}

}  // namespace

constinit const SystemEntry random_projection = {
    .id = "random-projection",
    .title = "Random projection",
    .in_words =
        "A control: removes as many dimensions at random as leace removes. What it loses is the "
        "price of removing dimensions.",
    .formula =
        "r(x) = x - V V^T (x - mu), V a random subspace of as many dimensions as leace removes; "
        "post-hoc, on persons' rows",
    .source = "the null control of this suite",
    .pitfalls =
        "A control, not a remedy: what any removal of that many dimensions costs and hides. A "
        "small "
        "rank leaves the leak; a rank near the number of dimensions removes it with all else.",
    .parameters = &random_projection_parameters,
    .make = &make_random_projection,
    .erase = &random_projection_erase,
    .trains_as_reference = true,
    .by_default = false,
};

}  // namespace kgaudit::models::systems_roster
