#include <array>
#include <optional>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/group_separation.hpp"
#include "metrics/formulas/grouped_rows.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::row_measures_roster {
namespace {

constexpr std::array<std::string_view, 2> kDistanceOverall = {"explained", "explained_p_value"};

/// What one labelling of the rows gives.
struct Figures {
  std::optional<double> explained;
  std::vector<std::optional<Separation>> of_group;  ///< aligned with GroupedRows::compared()
};

Figures figures_of(const RowMatrix& rows, std::span<const std::uint32_t> labels,
                   std::uint32_t groups, std::span<const std::uint32_t> compared) {
  const GroupSums sums = group_sums(rows, labels, groups);
  Figures figures{explained_spread(sums), {}};
  for (const std::uint32_t g : compared) figures.of_group.push_back(separation(sums, g));
  return figures;
}

class Distances {
 public:
  explicit Distances(AttributeTask& task)
      : task_(task),
        grouped_(grouped_rows(task, RowScaling::kCentred)),
        compared_(grouped_.compared()) {}

  void measure() {
    add_group_counts(task_, grouped_);
    if (!grouped_.missing.empty()) {
      return task_.facts.undefined(kDistanceOverall, grouped_.missing,
                                   grouped_.persons.persons.size(), "", Direction::kNearer);
    }
    const std::vector<std::uint32_t>& labels = grouped_.persons.labels;
    const Figures own = figures_of(grouped_.rows, labels, grouped_.groups(), compared_);
    std::vector<Figures> shuffled(task_.parameters.count("permutations"));
    const Rng stream(task_.context.seed, "group_distance." + task_.attribute.id());
    task_.context.pool.run(shuffled.size(), [&](std::size_t b, std::size_t) {
      std::vector<std::uint32_t> mixed = labels;
      Rng draws = stream.at(b);
      draws.shuffle(std::span<std::uint32_t>(mixed));
      shuffled[b] = figures_of(grouped_.rows, mixed, grouped_.groups(), compared_);
    });
    overall(own, shuffled);
    for (std::size_t i = 0; i < compared_.size(); ++i) group(i, own, shuffled);
  }

 private:
  void add_p(std::string_view name, double observed, const std::vector<double>& shuffled,
             const Facets& facets) {
    const std::uint64_t n = shuffled.size();
    task_.facts.add(
        name,
        n == 0 ? Measurement::undefined("permutations = 0", 0, "", Direction::kHigher)
               : Measurement::of(shuffles_p(observed, shuffled), n, "", Direction::kHigher),
        facets);
  }

  void overall(const Figures& own, std::span<const Figures> shuffled) {
    const std::uint64_t n = grouped_.persons.persons.size();
    if (!own.explained) {
      return task_.facts.undefined(kDistanceOverall, "all rows are the same", n, "",
                                   Direction::kNearer);
    }
    task_.facts.add(kDistanceOverall[0], estimate(*own.explained, n, "", Direction::kNearer));
    std::vector<double> values;
    for (const Figures& one : shuffled) {
      if (one.explained) values.push_back(*one.explained);
    }
    add_p(kDistanceOverall[1], *own.explained, values, {});
  }

  void group(std::size_t i, const Figures& own, std::span<const Figures> shuffled) {
    const std::uint32_t g = compared_[i];
    const Facets facets = {{"group", task_.value_name(grouped_.persons.values[g])}};
    const std::uint64_t n = grouped_.persons.persons.size();
    if (!own.of_group[i]) {
      static constexpr std::array<std::string_view, 2> kOfGroup = {"separation", "distance"};
      return task_.facts.undefined(kOfGroup, "all rows within the groups are the same", n, "",
                                   Direction::kNearer, facets);
    }
    const std::vector<std::uint32_t>& labels = grouped_.persons.labels;
    const GroupSums sums = group_sums(grouped_.rows, labels, grouped_.groups());
    const double value = own.of_group[i]->separation;
    task_.facts.add(
        "separation",
        estimate(value, n, "", Direction::kNearer,
                 influence_interval(value, separation_influence(grouped_.rows, labels, sums, g),
                                    "persons")),
        facets);
    task_.facts.add("distance", estimate(own.of_group[i]->distance, n, "", Direction::kLower),
                    facets);
    std::vector<double> distances;
    for (const Figures& one : shuffled) {
      if (one.of_group[i]) distances.push_back(one.of_group[i]->distance);
    }
    add_p("p_value", own.of_group[i]->distance, distances, facets);
    task_.facts.add("chance_distance",
                    mean_measurement(distances, "permutations", "", Direction::kDescriptive),
                    facets);
  }

  AttributeTask& task_;
  GroupedRows grouped_;
  std::vector<std::uint32_t> compared_;
};

std::span<const ParameterSpec> group_distance_parameters() {
  static const std::array table = {
      min_group_parameter(), max_persons_parameter(20000),
      ParameterSpec::integer("permutations", 200, 0, 100000, "shuffles",
                             "Shuffles of who is in which group, 0 for none; the smallest possible "
                             "p-value is 1 / (permutations + 1)")};
  return table;
}

MetricOutput measure_group_distance(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "group_distance",
                            [](AttributeTask& task) { Distances(task).measure(); });
}

}  // namespace

extern const MetricEntry group_distance;
constinit const MetricEntry group_distance = {
    .id = "group_distance",
    .title = "Group distance: how far apart the groups' rows lie",
    .reading =
        "0: the groups' rows lie where groups drawn at random would. 1: the groups explain all "
        "differences between rows.",
    .formula =
        "Persons with one value. explained = 1 - (W / (n - K)) / (T / (n - 1)), where T is the sum "
        "of squared distances of rows from their mean and W from their group's mean. For a group g "
        "and the rest r, d = mean_g - mean_r, s the trace of the pooled covariance: separation = "
        "(|d|^2 - s_g / n_g - s_r / n_r) / s; distance = |d| / sqrt(s); chance_distance = its mean "
        "under shuffled groups. Of two groups the rarer one is given. p_value, explained_p_value = "
        "(1 + #{shuffles that reach it}) / (1 + permutations).",
    .range = "explained up to 1; separation unbounded above; distance at least 0",
    .neutral = "explained and separation 0; distance: chance_distance",
    .direction = "nearer to the neutral value is less bias",
    .source =
        "Anderson 2001 (permutation test on distances); the correction for chance in separation is "
        "this project's",
    .pitfalls =
        "Groups may differ in more than their mean: a distance of 0 does not stop a probe. Groups "
        "also lie apart because their members have other jobs, countries or times. More in "
        "docs/measures.md.",
    .parameters = &group_distance_parameters,
    .measure = &measure_group_distance,
    .rows_suffice = true,
};

}  // namespace kgaudit::metrics::row_measures_roster
