#include <array>

#include "models/debiasing/erasing/post_hoc.hpp"

namespace kgaudit::models::systems_roster {

extern const SystemEntry inlp;

namespace {

void inlp_erase(const PostHocTask& task, FloatTable& entities) {
  const Rng stream(task.seed, "inlp.held_back");
  std::vector<bool> held_back;
  for (const EntityId person : task.fit.persons()) {
    held_back.push_back(stream.at(person.value).uniform() <
                        task.parameters.real("held_back_share"));
  }
  const AffineEraser eraser =
      fit_inlp(task.fit.points(entities), task.labels, held_back,
               {task.parameters.count("rounds"), task.parameters.real("ridge"),
                task.parameters.real("margin")});
  eraser.apply(entities, task.attributes.persons(), task.pool);
}

std::span<const ParameterSpec> inlp_parameters() {
  using P = ParameterSpec;
  static const std::vector<P> kTable = post_hoc_parameters({
      P::integer("rounds", 10, 1, 4096, "rounds",
                 "Classifiers fitted one after another for each attribute, at most"),
      P::real("ridge", 0.01, 1e-9, 1e6, "",
              "Penalty of a classifier, as a share of the mean variance of a coordinate"),
      P::real("margin", 0.02, 0.0, 1.0, "accuracy",
              "A classifier takes part while its accuracy on persons held back beats the "
              "majority's by more than this"),
      P::real("held_back_share", 0.25, 0.01, 0.9, "share of the fit split",
              "Persons held back from the classifiers, for their accuracy"),
  });
  return kTable;
}

constexpr std::array kInlpTunable = {Tunable{"rounds", 1.0, 64.0, Scale::kLog, true}};

std::unique_ptr<System> make_inlp(const TrainingSetup& setup, const Parameters& parameters) {
  return make_post_hoc(inlp, setup, parameters);
}

}  // namespace

constinit const SystemEntry inlp = {
    .id = "inlp",
    .title = "INLP",
    .in_words =
        "After training, finds the directions by which a linear classifier reads the attribute and "
        "removes them, again and again.",
    .formula =
        "repeat: fit a linear classifier W_i on P_{i-1} x; P = I - projection on the span of all "
        "W_i; until none beats the majority; r(x) = P x; post-hoc, on persons' rows",
    .source = "Ravfogel et al. 2020, algorithm 1",
    .pitfalls =
        "The classifier is a ridge regression on one-hot values (closed form), not their SVM. A "
        "round removes as many dimensions as the attribute has values, less one: [a] and "
        "attributes with many values soon use up the embedding. A group too small to be guessed "
        "ends the rounds at once, though its members may still be ranked rightly. Orthogonal "
        "projections remove more than needed (see leace). fit_share: the probe asks persons inside "
        "and outside the fit split; its row held_out is all unfitted. s/epoch is the training and "
        "a share of the step after it.",
    .parameters = &inlp_parameters,
    .make = &make_inlp,
    .erase = &inlp_erase,
    .trains_as_reference = true,
    .by_default = false,
    .tunable = kInlpTunable,
};

}  // namespace kgaudit::models::systems_roster
