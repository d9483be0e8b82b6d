#include "models/debiasing/erasing/post_hoc.hpp"

namespace kgaudit::models::systems_roster {

extern const SystemEntry leace_shuffled;

namespace {

void leace_shuffled_erase(const PostHocTask& task, FloatTable& entities) {
  std::vector<Labels> labels(task.labels.begin(), task.labels.end());
  for (std::size_t j = 0; j < labels.size(); ++j) {
    std::vector<Eigen::Index> order(labels[j].points.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Eigen::Index>(i);
    Rng(task.seed, "leace-shuffled." + task.erased[j].source->id())
        .shuffle(std::span<Eigen::Index>(order));
    for (std::size_t i = 0; i < order.size(); ++i) {
      labels[j].shares.row(static_cast<Eigen::Index>(i)) = task.labels[j].shares.row(order[i]);
    }
  }
  const AffineEraser eraser =
      fit_leace(task.fit.points(entities), labels, task.parameters.real("tolerance"));
  eraser.apply(entities, task.attributes.persons(), task.pool);
}

std::span<const ParameterSpec> leace_shuffled_parameters() {
  return find_system("leace").parameters();
}

std::unique_ptr<System> make_leace_shuffled(const TrainingSetup& setup,
                                            const Parameters& parameters) {
  return make_post_hoc(leace_shuffled, setup, parameters);
}

}  // namespace

constinit const SystemEntry leace_shuffled = {
    .id = "leace-shuffled",
    .title = "LEACE on shuffled labels",
    .in_words =
        "A control: LEACE with the persons' values in random order. What it loses is the price of "
        "changing rows, not of hiding.",
    .formula =
        "leace, with each attribute's values dealt out anew among the persons of the fit split who "
        "have one",
    .source = "the null control of this suite",
    .pitfalls =
        "A control, not a remedy: what it costs and hides comes from erasing as many directions as "
        "leace does, not from the attribute. It should leave the leak where Basic has it; where it "
        "does not, leace's own row says little. An attribute with as many values as the embedding "
        "has dimensions erases everything, shuffled or not.",
    .parameters = &leace_shuffled_parameters,
    .make = &make_leace_shuffled,
    .erase = &leace_shuffled_erase,
    .trains_as_reference = true,
    .by_default = false,
};

}  // namespace kgaudit::models::systems_roster
