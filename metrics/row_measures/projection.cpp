#include <array>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/cross_validation.hpp"
#include "metrics/formulas/group_projection.hpp"
#include "metrics/formulas/grouped_rows.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::row_measures_roster {
namespace {

constexpr std::array<std::string_view, 2> kFigures = {"gap", "variance_share"};

void add_projection_of(AttributeTask& task) {
  const GroupedRows grouped = grouped_rows(task, RowScaling::kCentred);
  add_group_counts(task, grouped);
  const std::uint64_t n = grouped.persons.persons.size();
  if (!grouped.missing.empty()) {
    return task.facts.undefined(kFigures, grouped.missing, n, "", Direction::kNearer);
  }
  const auto fold_count = static_cast<std::uint32_t>(task.parameters.count("folds"));
  const auto folds =
      stratified_folds(grouped.persons.labels, grouped.groups(), fold_count,
                       Rng(task.context.seed, "projection.folds." + task.attribute.id()));
  for (const std::uint32_t g : grouped.compared()) {
    const Facets facets = {{"group", task.value_name(grouped.persons.values[g])}};
    const std::vector<bool> members = grouped.members(g);
    const auto places = held_out_projections(grouped.rows, members, folds, fold_count);
    const auto gap = places ? standardised_gap(*places, members) : std::nullopt;
    const auto share = variance_share(grouped.rows, members);
    if (!gap || !share) {
      task.facts.undefined(kFigures, "the groups' means are the same, or nothing varies", n, "",
                           Direction::kNearer, facets);
      continue;
    }
    task.facts.add(kFigures[0],
                   estimate(gap->gap, n, "deviations", Direction::kNearer,
                            influence_interval(gap->gap, gap->influence, "persons")),
                   facets);
    task.facts.add(kFigures[1], estimate(*share, n, "", Direction::kDescriptive), facets);
    RawSeries series{
        "projection." + task.attribute.id() + "." + facets.at("group"), "entity", {}, {}};
    for (std::size_t i = 0; i < n; ++i) {
      series.ids.push_back(grouped.persons.persons[i].value);
      series.values.push_back(static_cast<float>((*places)[i]));
    }
    task.output.raw.push_back(std::move(series));
  }
}

std::span<const ParameterSpec> projection_parameters() {
  static const std::array table = {
      min_group_parameter(), max_persons_parameter(20000),
      ParameterSpec::integer("folds", 5, 2, 20, "folds",
                             "Parts of the persons; each is projected on the direction of the "
                             "others")};
  return table;
}

MetricOutput measure_projection(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "projection", &add_projection_of);
}

}  // namespace

extern const MetricEntry projection;
constinit const MetricEntry projection = {
    .id = "projection",
    .title = "Projection: where persons stand on the direction between the groups",
    .reading =
        ".5 of AUC: persons of both groups stand in the same places on the line between the "
        "groups; 1: entirely apart.",
    .formula =
        "Persons with one value, in stratified folds. The direction of group g is mean_g - mean of "
        "the others, over all folds but one, at length 1; persons of the fold left out are "
        "projected on it. gap = (mean projection of g - of the others) / deviation within the two "
        "(pooled). variance_share = the share of all variance of the rows that lies along the "
        "direction of all persons. Of two groups the rarer one is given.",
    .range = "gap unbounded; variance_share in [0, 1]",
    .neutral =
        "gap: 0; variance_share: what random groups have, the sum of the squared variances "
        "of the principal axes over the square of their sum",
    .direction = "a gap nearer to 0 is less bias",
    .source =
        "Bolukbasi et al. 2016 (a group direction); Cohen 1988 (d); that the direction does not "
        "see whom it projects is this project's",
    .pitfalls =
        "One direction: what lies in others is seen by probes alone (Gonen and Goldberg 2019). "
        "Taking the direction out gives 0 here and changes little there. More in docs/measures.md.",
    .parameters = &projection_parameters,
    .measure = &measure_projection,
    .rows_suffice = true,
};

}  // namespace kgaudit::metrics::row_measures_roster
