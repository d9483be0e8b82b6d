#include <array>

#include "models/debiasing/erasing/post_hoc.hpp"

namespace kgaudit::models::systems_roster {

extern const SystemEntry hard_debias;

namespace {

/// Rows of the attribute's value entities: what "male" and "female" themselves look like.
PointMatrix value_rows(const FitPersons::Attribute& attribute, const FloatTable& entities) {
  PointMatrix rows(static_cast<Eigen::Index>(attribute.candidates),
                   static_cast<Eigen::Index>(entities.width()));
  for (std::size_t v = 0; v < attribute.candidates; ++v) {
    const auto row = entities.values(attribute.source->values()[v].index());
    for (std::size_t k = 0; k < row.size(); ++k) {
      rows(static_cast<Eigen::Index>(v), static_cast<Eigen::Index>(k)) =
          static_cast<double>(row[k]);
    }
  }
  return rows;
}

void hard_debias_erase(const PostHocTask& task, FloatTable& entities) {
  const PointMatrix points = task.fit.points(entities);
  const bool of_values = task.parameters.text("direction") == "values";
  const std::size_t most = task.parameters.count("directions");
  Eigen::MatrixXd directions(points.cols(), 0);
  for (std::size_t j = 0; j < task.erased.size(); ++j) {
    const Eigen::MatrixXd found = principal_directions(
        of_values ? value_rows(task.erased[j], entities) : class_means(points, task.labels[j]),
        most);
    directions.conservativeResize(Eigen::NoChange, directions.cols() + found.cols());
    directions.rightCols(found.cols()) = found;
  }
  const AffineEraser eraser = remove_span(directions, task.parameters.real("strength"));
  const std::string& who = task.parameters.text("apply_to");
  if (who != "professions") eraser.apply(entities, task.attributes.persons(), task.pool);
  if (who != "persons" && task.attributes.profession())
    eraser.apply(entities, task.attributes.profession()->values(), task.pool);
}

std::span<const ParameterSpec> hard_debias_parameters() {
  using P = ParameterSpec;
  static const std::vector<P> kTable = post_hoc_parameters({
      P::choice("direction", "means", {"means", "values"},
                "What the directions are taken from: the groups' mean persons, or the rows of the "
                "values themselves (e_f - e_m)"),
      P::integer("directions", 1, 1, 4096, "directions",
                 "Principal directions removed for each attribute; two values have one"),
      P::real("strength", 1.0, 0.0, 1.0, "",
              "Share of the component that is removed (lambda); 0 = nothing"),
      P::choice("apply_to", "persons", {"persons", "professions", "both"},
                "Whose rows are changed"),
  });
  return kTable;
}

constexpr std::array<std::string_view, 2> kDirections = {"means", "values"};
constexpr std::array<std::string_view, 2> kAppliedTo = {"persons", "both"};
constexpr std::array kHardDebiasTunable = {
    Tunable{"strength", 0.0, 1.0, Scale::kLinear, true},
    Tunable{.parameter = "direction", .choices = kDirections},
    Tunable{.parameter = "apply_to", .choices = kAppliedTo}};

std::unique_ptr<System> make_hard_debias(const TrainingSetup& setup, const Parameters& parameters) {
  return make_post_hoc(hard_debias, setup, parameters);
}

}  // namespace

constinit const SystemEntry hard_debias = {
    .id = "hard-debias",
    .title = "Hard debias",
    .in_words =
        "After training, removes from each person's row the directions between the groups' mean "
        "persons: one of an attribute with two values.",
    .formula =
        "u' = u - lambda sum_i v_i <u, v_i>, v_i orthonormal, spanning the first principal "
        "direction(s) of each attribute's mean persons (two groups: their difference); post-hoc, "
        "on persons' rows",
    .source = "Bolukbasi et al. 2016, section 6; Bourli & Pitoura 2020 (lambda)",
    .pitfalls =
        "One direction an attribute by default: what many groups differ in besides stays. Equal "
        "means along v do not stop a classifier that knows the covariance (see leace), nor a "
        "non-linear one (Gonen & Goldberg 2019). The projection goes through the origin, not "
        "through the mean. fit_share: half of the persons are fitted on, and the probe asks both "
        "halves; its row held_out is all unfitted. Rows of entities that train does not show as "
        "persons stay. s/epoch is the training and a share of the step after it.",
    .parameters = &hard_debias_parameters,
    .make = &make_hard_debias,
    .erase = &hard_debias_erase,
    .trains_as_reference = true,
    .by_default = false,
    .tunable = kHardDebiasTunable,
};

}  // namespace kgaudit::models::systems_roster
