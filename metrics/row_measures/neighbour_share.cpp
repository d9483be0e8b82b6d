#include <array>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/grouped_rows.hpp"
#include "metrics/formulas/nearest_rows.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::row_measures_roster {
namespace {

constexpr std::array<std::string_view, 2> kNeighbourShareOverall = {"macro", "p_value"};

void add_groups(AttributeTask& task, const GroupedRows& grouped, const NeighbourShares& shares) {
  for (std::uint32_t g = 0; g < grouped.groups(); ++g) {
    const Facets facets = {{"group", task.value_name(grouped.persons.values[g])}};
    const double expected = shares.expected[g];
    std::vector<double> same;
    std::vector<double> lifts;
    for (std::size_t i = 0; i < grouped.persons.labels.size(); ++i) {
      if (grouped.persons.labels[i] != g) continue;
      same.push_back(shares.of_row[i]);
      lifts.push_back((shares.of_row[i] - expected) / (1.0 - expected));
    }
    task.facts.add("share", mean_measurement(same, "persons", "", Direction::kLower), facets);
    task.facts.add(
        "expected",
        Measurement::checked(expected, grouped.persons.persons.size(), "", Direction::kDescriptive),
        facets);
    task.facts.add("lift", mean_measurement(lifts, "persons", "", Direction::kNearer), facets);
  }
}

void measure_neighbours(AttributeTask& task) {
  GroupedRows grouped = grouped_rows(task, RowScaling::kUnitLength);
  add_group_counts(task, grouped);
  const std::size_t n = grouped.persons.persons.size();
  const std::size_t k = task.parameters.count("neighbours");
  if (grouped.missing.empty() && n <= k) {
    grouped.missing = fmt::format("{} persons have no {} neighbours each", n, k);
  }
  if (!grouped.missing.empty()) {
    return task.facts.undefined(kNeighbourShareOverall, grouped.missing, n, "", Direction::kNearer);
  }
  const Rng stream(task.context.seed, "neighbour_share." + task.attribute.id());
  const std::vector<std::uint32_t> nearest =
      nearest_rows(grouped.rows.cast<float>(), k, stream, task.context.pool);
  const std::vector<std::uint32_t>& labels = grouped.persons.labels;
  const NeighbourShares own = neighbour_shares(nearest, k, labels, grouped.groups());

  std::vector<double> shuffled(task.parameters.count("permutations"));
  task.context.pool.run(shuffled.size(), [&](std::size_t b, std::size_t) {
    std::vector<std::uint32_t> mixed = labels;
    Rng draws = stream.at(b + 1);
    draws.shuffle(std::span<std::uint32_t>(mixed));
    shuffled[b] = *neighbour_shares(nearest, k, mixed, grouped.groups()).macro;
  });
  task.facts.add(kNeighbourShareOverall[0], estimate(*own.macro, n, "", Direction::kNearer));
  task.facts.add(kNeighbourShareOverall[1],
                 shuffled.empty()
                     ? Measurement::undefined("permutations = 0", 0, "", Direction::kHigher)
                     : Measurement::of(shuffles_p(*own.macro, shuffled), shuffled.size(), "",
                                       Direction::kHigher));
  add_groups(task, grouped, own);
}

std::span<const ParameterSpec> neighbour_share_parameters() {
  static const std::array table = {
      min_group_parameter(), max_persons_parameter(5000),
      ParameterSpec::integer("neighbours", 10, 1, 1000, "persons",
                             "How many nearest persons are looked at"),
      ParameterSpec::integer("permutations", 200, 0, 100000, "shuffles",
                             "Shuffles of who is in which group, 0 for none; the smallest possible "
                             "p-value is 1 / (permutations + 1)")};
  return table;
}

MetricOutput measure_neighbour_share(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "neighbour_share", &measure_neighbours);
}

}  // namespace

extern const MetricEntry neighbour_share;
constinit const MetricEntry neighbour_share = {
    .id = "neighbour_share",
    .title = "Neighbour share: how often a person's nearest persons are of the same group",
    .reading =
        "0: a person's nearest persons are of the same group no more often than in a random order. "
        "1: always.",
    .formula =
        "Persons with one value; neighbours = the k other such persons with the largest cosine. "
        "share of a group = mean over its persons of the share of neighbours in the group; "
        "expected = (n_g - 1) / (n - 1); lift = (share - expected) / (1 - expected); macro = mean "
        "lift over groups. p_value = (1 + #{shuffled groups with a macro as large}) / (1 + "
        "permutations).",
    .range = "share in [0, 1]; lift and macro up to 1",
    .neutral = "share: expected; lift and macro: 0",
    .direction = "nearer to the neutral value is less bias",
    .source = "Gonen and Goldberg 2019 (bias by neighbours); lift is this project's",
    .pitfalls =
        "Colleagues and compatriots are neighbours too: compare with what professions alone give. "
        "Intervals take persons as independent, although some are neighbours of many. More in "
        "docs/measures.md.",
    .parameters = &neighbour_share_parameters,
    .measure = &measure_neighbour_share,
    .rows_suffice = true,
};

}  // namespace kgaudit::metrics::row_measures_roster
