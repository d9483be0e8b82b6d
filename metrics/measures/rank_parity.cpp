#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/grouped_rows.hpp"
#include "metrics/formulas/labelled_persons.hpp"
#include "metrics/formulas/profession_counts.hpp"
#include "metrics/formulas/profession_places.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

constexpr std::array<std::string_view, 3> kRankParityOverall = {
    "rank_gap_mean_abs", "true_positive_gap_mean_abs", "false_positive_gap_mean_abs"};

class RankParity {
 public:
  explicit RankParity(AttributeTask& task)
      : task_(task),
        min_group_(task.parameters.count("min_group")),
        persons_(stated_persons(task.attribute, task.parameters.count("max_persons"), min_group_)) {
  }

  void measure() {
    profession_ = task_.context.asked_profession();
    const std::uint64_t n = persons_.persons.size();
    const auto none = [&](const std::string& reason) {
      task_.facts.undefined(kRankParityOverall, reason, n, "", Direction::kLower);
    };
    if (profession_ == nullptr) return none("the data has no profession relation");
    if (persons_.values.size() < 2) {
      return none(fmt::format("{} value(s) with at least min_group = {} persons: groups need 2",
                              persons_.values.size(), min_group_));
    }
    if (profession_->values().size() < 2) return none("fewer than two professions");
    if (!task_.context.scorer.finite()) return none("a row holds a value that is not finite");
    places_ = profession_places(task_.context.scorer, *profession_, persons_.persons,
                                task_.parameters.count("top"), task_.context.pool);
    groups();
    pair();
  }

 private:
  [[nodiscard]] std::vector<bool> members(std::uint32_t label,
                                          std::span<const std::uint32_t> labels) const {
    std::vector<bool> result;
    for (const std::uint32_t one : labels) result.push_back(one == label);
    return result;
  }
  [[nodiscard]] double mean_abs_gap(std::uint32_t label,
                                    std::span<const std::uint32_t> labels) const {
    return column_gaps(places_.beaten, members(label, labels)).cwiseAbs().mean();
  }

  /// Each group against all others, over all professions, beside shuffled groups.
  void groups() {
    // Of two groups the other gives the same figures.
    std::vector<std::uint32_t> compared;
    for (std::uint32_t g = persons_.values.size() == 2 ? 1 : 0; g < persons_.values.size(); ++g) {
      compared.push_back(g);
    }
    std::vector<std::vector<double>> shuffled(task_.parameters.count("permutations"));
    const Rng stream(task_.context.seed, "rank_parity." + task_.attribute.id());
    task_.context.pool.run(shuffled.size(), [&](std::size_t b, std::size_t) {
      std::vector<std::uint32_t> mixed = persons_.labels;
      Rng draws = stream.at(b);
      draws.shuffle(std::span<std::uint32_t>(mixed));
      for (const std::uint32_t g : compared) shuffled[b].push_back(mean_abs_gap(g, mixed));
    });
    for (std::size_t i = 0; i < compared.size(); ++i) {
      const Facets facets = {{"group", task_.value_name(persons_.values[compared[i]])}};
      const double gap = mean_abs_gap(compared[i], persons_.labels);
      const std::uint64_t n = persons_.persons.size();
      task_.facts.add("group_rank_gap", estimate(gap, n, "", Direction::kLower), facets);
      std::vector<double> by_chance;
      for (const auto& gaps : shuffled) by_chance.push_back(gaps[i]);
      task_.facts.add("chance_rank_gap",
                      mean_measurement(by_chance, "permutations", "", Direction::kDescriptive),
                      facets);
      task_.facts.add("p_value",
                      by_chance.empty()
                          ? Measurement::undefined("permutations = 0", 0, "", Direction::kHigher)
                          : Measurement::of(shuffles_p(gap, by_chance), by_chance.size(), "",
                                            Direction::kHigher),
                      facets);
    }
  }

  /// The two most frequent groups against each other, profession by profession.
  void pair() {
    names_ = {{"a", task_.value_name(persons_.values[0])},
              {"b", task_.value_name(persons_.values[1])}};
    const ProfessionCounts counts =
        count_professions(*profession_, task_.attribute, {persons_.values[0], persons_.values[1]});
    std::vector<double> ranks;
    std::vector<double> ratios;
    std::vector<double> true_positives;
    std::vector<double> false_positives;
    for (std::uint32_t o = 0; o < profession_->values().size(); ++o) {
      const Column beaten = column(places_.beaten, o, [](bool, bool) { return true; });
      const std::optional<double> gap = add("rank_gap", o, beaten);
      KGA_REQUIRE(gap, "groups of {} and {} persons", beaten[0].size(), beaten[1].size());
      ranks.push_back(*gap);
      ratios.push_back(log_ratio(counts.of_profession[o]));
      const auto keep = [](std::vector<double>& list, const std::optional<double>& one) {
        if (one) list.push_back(std::abs(*one));
      };
      keep(true_positives, add("true_positive_gap", o,
                               column(places_.named, o, [](bool stated, bool) { return stated; })));
      // Of those whose profession training did not see: no headline, for they are few.
      add("unseen_true_positive_gap", o,
          column(places_.named, o, [](bool stated, bool known) { return known && !stated; }));
      keep(false_positives, add("false_positive_gap", o,
                                column(places_.named, o, [](bool, bool known) { return !known; })));
    }
    task_.facts.add("rank_gap_spearman",
                    spearman_measurement(ranks, ratios, "professions", Direction::kNearer), names_);
    for (double& gap : ranks) gap = std::abs(gap);
    summary(kRankParityOverall[0], ranks);
    summary(kRankParityOverall[1], true_positives);
    summary(kRankParityOverall[2], false_positives);
  }

  /// One profession's figures of persons in the two groups.
  using Column = std::array<std::vector<double>, 2>;
  template <typename Asked>
  [[nodiscard]] Column column(const ProfessionPlaces::Matrix& values, std::uint32_t o,
                              const Asked& asked) const {
    Column result;
    for (std::size_t i = 0; i < persons_.persons.size(); ++i) {
      if (persons_.labels[i] > 1) continue;
      const bool stated =
          std::ranges::binary_search(profession_->train_values(persons_.persons[i]), o);
      const bool known =
          std::ranges::binary_search(profession_->all_values(persons_.persons[i]), o);
      if (!asked(stated, known)) continue;
      result[persons_.labels[i]].push_back(
          static_cast<double>(values(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(o))));
    }
    return result;
  }
  /// Nothing, and no fact, where a group has too few persons.
  std::optional<double> add(std::string_view name, std::uint32_t o, const Column& of) {
    if (std::min(of[0].size(), of[1].size()) < min_group_) return std::nullopt;
    Facets facets = names_;
    facets["profession"] = task_.name(profession_->values()[o]);
    const double gap = mean(of[0]) - mean(of[1]);
    task_.facts.add(name,
                    estimate(gap, of[0].size() + of[1].size(), "", Direction::kNearer,
                             difference_interval(of[0], of[1], "persons")),
                    std::move(facets));
    return gap;
  }
  void summary(std::string_view name, const std::vector<double>& gaps) {
    task_.facts.add(
        name,
        gaps.empty()
            ? Measurement::undefined(
                  fmt::format("no profession has min_group = {} such persons of both groups",
                              min_group_),
                  0, "", Direction::kLower)
            : estimate(mean(gaps), gaps.size(), "", Direction::kLower),
        names_);
  }

  AttributeTask& task_;
  std::size_t min_group_;
  LabelledPersons persons_;
  const datasets::PersonAttribute* profession_ = nullptr;
  ProfessionPlaces places_;
  Facets names_;
};

std::span<const ParameterSpec> rank_parity_parameters() {
  static const std::array table = {
      min_group_parameter(), max_persons_parameter(5000),
      ParameterSpec::integer(
          "top", 1, 1, 100000, "professions",
          "A profession counts as named for a person if its rank is at most this"),
      ParameterSpec::integer("permutations", 100, 0, 100000, "shuffles",
                             "Shuffles of who is in which group, 0 for none; the smallest possible "
                             "p-value is 1 / (permutations + 1)")};
  return table;
}

MetricOutput measure_rank_parity(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "rank_parity",
                            [](AttributeTask& task) { RankParity(task).measure(); });
}

}  // namespace

extern const MetricEntry rank_parity;
constinit const MetricEntry rank_parity = {
    .id = "rank_parity",
    .title = "Rank parity: do professions rank alike for the groups, and are they named alike?",
    .reading =
        "0: a profession stands equally high among the answers for both groups, on average. "
        "Further from 0: it is named sooner for one of them.",
    .formula =
        "Persons with one value of the attribute. For person p and profession o: rank of g(p, r_p, "
        "o) among the professions that p is not known to have (filtered; o stays), u = share of "
        "them that o beats, ties half. group_rank_gap = mean over all professions of |mean of u "
        "over the group - mean over the others|, chance_rank_gap and p_value by shuffled groups. "
        "For the two most frequent values a, b and each profession: rank_gap = mean_a u - mean_b "
        "u; o is named for p if its rank is at most top: true_positive_gap = share of named among "
        "a's holders of o in train - the same of b; unseen_true_positive_gap: holders by valid or "
        "test alone; false_positive_gap: among persons who are not known to have o. _mean_abs: "
        "over professions. rank_gap_spearman: with log((C_a + 1) / (C_b + 1)).",
    .range = "gaps in [-1, 1]; means of absolute gaps in [0, 1]",
    .neutral = "0; group_rank_gap: chance_rank_gap",
    .direction = "nearer to 0 is nearer to parity; a gap > 0 favours value a",
    .source =
        "this project; Hardt et al. 2016 (equal opportunity, equalised odds); rates by gender and "
        "occupation as in AuditLP 2025",
    .pitfalls =
        "Groups differ in their professions, so ranks of a model that knows facts differ too: "
        "compare true_positive_gap first. Many professions give some large gaps by chance. Holders "
        "in train are remembered rather than predicted. More in docs/measures.md.",
    .parameters = &rank_parity_parameters,
    .measure = &measure_rank_parity,
    .groups_suffice = true,
    .by_default = false,
};

}  // namespace kgaudit::metrics::measures_roster
