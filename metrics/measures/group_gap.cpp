#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/matched_gap.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/formulas/profession_counts.hpp"
#include "metrics/formulas/seeded_subset.hpp"
#include "metrics/formulas/train_degrees.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

double reciprocal_rank(const RankCounts& counts) {
  return 1.0 / rank_of(counts, TiePolicy::kRealistic);
}

class AttributeGaps {
 public:
  explicit AttributeGaps(AttributeTask& task)
      : task_(task), pair_(two_most_frequent(task.attribute)) {}

  void measure() {
    if (task_.attribute.source().in_graph()) own_relation();
    all_triples();
    // These are of the rows alone, so they stand in the system's own row only.
    if (task_.context.release == Release::kOwnRow) profession_scores();
  }

 private:
  /// Facets of a difference between the two most frequent values: a minus b.
  [[nodiscard]] Facets between(Facets facets = {}) const {
    if (pair_) {
      facets["a"] = task_.value_name(pair_->a);
      facets["b"] = task_.value_name(pair_->b);
    }
    return facets;
  }
  /// mean(a) - mean(b), or the reason why there is none. The values are independent units.
  void add_difference(std::string_view what, const std::vector<double>& a,
                      const std::vector<double>& b, const std::string& unit,
                      const std::string& units, Facets facets) {
    add_difference(what, a, b, unit, units, std::move(facets),
                   [&] { return difference_interval(a, b, units); });
  }
  void add_difference(std::string_view what, const std::vector<double>& a,
                      const std::vector<double>& b, const std::string& unit,
                      const std::string& units, Facets facets,
                      const std::function<std::optional<Interval>()>& interval) {
    const std::size_t least = task_.parameters.count("min_group");
    const std::uint64_t n = a.size() + b.size();
    if (!pair_ || std::min(a.size(), b.size()) < least) {
      task_.facts.add(
          what,
          Measurement::undefined(pair_ ? fmt::format("{} and {} {}: min_group = {} on both sides",
                                                     a.size(), b.size(), units, least)
                                       : "fewer than two values are stated in train",
                                 n, unit, Direction::kNearer),
          std::move(facets));
      return;
    }
    task_.facts.add(what, estimate(mean(a) - mean(b), n, unit, Direction::kNearer, interval()),
                    std::move(facets));
  }

  /// How well the attribute itself is predicted, by true value.
  void own_relation() {
    std::vector<std::vector<double>> reciprocal(task_.attribute.values().size());
    std::vector<std::vector<double>> hit(reciprocal.size());
    const auto& triples = task_.context.ranks.triples;
    for (std::size_t i = 0; i < triples.size(); ++i) {
      if (triples[i].relation != task_.attribute.source().relation) continue;
      const auto value = task_.attribute.value_index(task_.attribute.source().value(triples[i]));
      if (!value) continue;
      const RankCounts& counts = task_.attribute.source().inverse
                                     ? task_.context.ranks.filtered_head[i]
                                     : task_.context.ranks.filtered_tail[i];
      reciprocal[*value].push_back(reciprocal_rank(counts));
      hit[*value].push_back(rank_of(counts, TiePolicy::kRealistic) <= 1.0 ? 1.0 : 0.0);
    }
    std::vector<double> means;
    for (std::size_t v = 0; v < reciprocal.size(); ++v) {
      if (reciprocal[v].size() < task_.parameters.count("min_group")) continue;
      means.push_back(mean(reciprocal[v]));
      const Facets value = {{"value", task_.value_name(v)}};
      task_.facts.add(
          "mrr", mean_measurement(reciprocal[v], "test triples", "", Direction::kHigher), value);
      task_.facts.add("hits_at_1", mean_measurement(hit[v], "test triples", "", Direction::kHigher),
                      value);
    }
    static const std::vector<double> kNone;
    add_difference("mrr_gap", pair_ ? reciprocal[pair_->a] : kNone,
                   pair_ ? reciprocal[pair_->b] : kNone, "", "test triples", between());
    if (means.size() < 2) {
      task_.facts.add(
          "mrr_range",
          Measurement::undefined(
              fmt::format("{} value(s) with min_group = {} test triples: a range needs 2",
                          means.size(), task_.parameters.count("min_group")),
              means.size(), "", Direction::kLower));
    } else {
      const auto [low, high] = std::minmax_element(means.begin(), means.end());
      task_.facts.add("mrr_range", estimate(*high - *low, means.size(), "", Direction::kLower));
    }
  }

  /// Whether triples of the relation say who is in which group.
  [[nodiscard]] bool states(RelationId relation) const {
    const datasets::PersonRelation& source = task_.attribute.source();
    // What an attribute beside the graph is made of stands among its proxies.
    return source.states(relation) ||
           (!source.in_graph() &&
            std::ranges::find(source.proxies, relation, &datasets::StatingRelation::relation) !=
                source.proxies.end());
  }

  /// How well everything else about persons of either value is predicted.
  void all_triples() {
    const std::vector<Degree> degrees = train_degrees(task_.context.data.graph);
    std::vector<GroupedValue> all;
    std::array<std::vector<double>, 2> values;
    std::array<std::vector<EntityId>, 2> persons;  // of the values
    const auto& triples = task_.context.ranks.triples;
    for (std::size_t i = 0; pair_ && i < triples.size(); ++i) {
      if (states(triples[i].relation)) continue;
      const double both = (reciprocal_rank(task_.context.ranks.filtered_head[i]) +
                           reciprocal_rank(task_.context.ranks.filtered_tail[i])) /
                          2.0;
      const std::array ends = {triples[i].head, triples[i].tail};
      for (const EntityId person : std::span(ends).first(ends[0] == ends[1] ? 1 : 2)) {
        if (const auto side = side_of(task_.attribute, *pair_, person)) {
          all.push_back({both, *side, degrees[person.index()].total()});
          values[*side].push_back(both);
          persons[*side].push_back(person);
        }
      }
    }
    // The triples of one person are predicted well or badly together.
    const auto by_person = [&] {
      std::map<EntityId, double> influence;
      for (const std::size_t side : {0U, 1U}) {
        const double center = mean(values[side]);
        const double weight = (side == 0 ? 1.0 : -1.0) / static_cast<double>(values[side].size());
        for (std::size_t i = 0; i < values[side].size(); ++i) {
          influence[persons[side][i]] += weight * (values[side][i] - center);
        }
      }
      std::vector<double> each;
      for (const auto& [person, sum] : influence) each.push_back(sum);
      return influence_interval(mean(values[0]) - mean(values[1]), each, "persons");
    };
    add_difference("person_mrr_gap", values[0], values[1], "", "person triples in test", between(),
                   by_person);
    const auto matched = degree_matched_gap(all);
    const std::uint64_t pairs = matched ? matched->matched : 0;
    if (!matched || pairs < task_.parameters.count("min_group")) {
      task_.facts.add(
          "person_mrr_gap_matched",
          Measurement::undefined(fmt::format("{} pairs of like degree: min_group = {}", pairs,
                                             task_.parameters.count("min_group")),
                                 pairs, "", Direction::kNearer),
          between());
    } else {
      task_.facts.add("person_mrr_gap_matched",
                      estimate(matched->gap, pairs, "", Direction::kNearer), between());
    }
  }

  /// Du et al.'s group bias of every profession, scores standardised per person.
  void profession_scores() {
    constexpr std::array<std::string_view, 2> kSummaries = {"profession_score_mean_abs",
                                                            "profession_score_spearman"};
    const datasets::PersonAttribute* profession = task_.context.asked_profession();
    if (profession == nullptr || !pair_) {
      task_.facts.undefined(kSummaries,
                            profession != nullptr ? "fewer than two values are stated in train"
                                                  : "the data has no profession relation",
                            0, "", Direction::kNearer, between());
      return;
    }
    const ProfessionCounts counts = count_professions(*profession, task_.attribute, *pair_);
    std::vector<EntityId> professions;
    std::vector<double> log_ratios;
    for (std::size_t o = 0; o < counts.of_profession.size(); ++o) {
      const auto& of = counts.of_profession[o];
      if (of[0] + of[1] < task_.parameters.count("min_persons")) continue;
      professions.push_back(profession->values()[o]);
      log_ratios.push_back(log_ratio(of));
    }
    if (professions.size() == 1) {
      return task_.facts.undefined(kSummaries,
                                   "one profession: scores are standardised over two or more", 1,
                                   "", Direction::kNearer, between());
    }
    const std::vector<EntityId> persons = sampled_persons();
    const auto standardised = standardised_scores(*profession, persons, professions);
    if (!standardised) {
      return task_.facts.undefined(kSummaries, "a score is not finite", 0, "", Direction::kNearer,
                                   between());
    }
    const std::vector<double>& scores = *standardised;
    std::vector<double> gaps;
    std::vector<double> magnitudes;
    const std::uint64_t least = task_.parameters.count("min_group");
    bool any_measured = false;  // has a gap of its own
    for (std::size_t o = 0; o < professions.size(); ++o) {
      std::array<std::vector<double>, 2> by_side;
      for (std::size_t i = 0; i < persons.size(); ++i) {
        by_side[*side_of(task_.attribute, *pair_, persons[i])].push_back(
            scores[i * professions.size() + o]);
      }
      add_difference("profession_score", by_side[0], by_side[1], "sd", "persons",
                     between({{"profession", task_.name(professions[o])}}));
      if (by_side[0].empty() || by_side[1].empty()) continue;
      any_measured = any_measured || (by_side[0].size() >= least && by_side[1].size() >= least);
      gaps.push_back(mean(by_side[0]) - mean(by_side[1]));
      magnitudes.push_back(std::abs(gaps.back()));
    }
    if (!any_measured) {
      task_.facts.undefined(
          kSummaries, fmt::format("no profession has min_group = {} persons of both values", least),
          0, "", Direction::kNearer, between());
      return;
    }
    task_.facts.add("profession_score_mean_abs",
                    mean_measurement(magnitudes, "professions", "sd", Direction::kNearer),
                    between());
    if (gaps.size() != log_ratios.size()) log_ratios.clear();
    task_.facts.add("profession_score_spearman",
                    log_ratios.empty()
                        ? Measurement::undefined("no profession, or no person of one value", 0, "",
                                                 Direction::kNearer)
                        : spearman_measurement(gaps, log_ratios, "professions", Direction::kNearer),
                    between());
  }
  [[nodiscard]] std::vector<EntityId> sampled_persons() const {
    std::vector<EntityId> persons;
    for (const EntityId p : task_.attribute.train_persons()) {
      if (side_of(task_.attribute, *pair_, p)) persons.push_back(p);
    }
    return seeded_subset(std::move(persons), task_.parameters.count("max_persons"),
                         task_.context.seed, "group_gap.subset." + task_.attribute.id());
  }
  /// persons x professions; every person's scores have mean 0 and deviation 1 over the professions.
  /// Nothing where a score is not finite.
  [[nodiscard]] std::optional<std::vector<double>> standardised_scores(
      const datasets::PersonAttribute& profession, std::span<const EntityId> persons,
      std::span<const EntityId> professions) const {
    constexpr std::size_t kPersonsPerTask = 256;
    const std::size_t width = professions.size();
    std::vector<double> result(persons.size() * width);
    if (width == 0) return result;
    const std::size_t tasks = (persons.size() + kPersonsPerTask - 1) / kPersonsPerTask;
    std::vector<char> broken(tasks, 0);
    task_.context.pool.run(tasks, [&](std::size_t task, std::size_t) {
      const std::size_t first = task * kPersonsPerTask;
      const std::size_t count = std::min(kPersonsPerTask, persons.size() - first);
      std::vector<float> scores(count * width);
      task_.context.scorer.score_candidates(
          persons.subspan(first, count), profession.source().relation, profession.source().inverse,
          professions, scores.data(), width);
      for (std::size_t i = 0; i < count; ++i) {
        const std::vector<double> row(
            scores.begin() + static_cast<std::ptrdiff_t>(i * width),
            scores.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
        const double center = mean(row);
        const double sd = sample_sd(row).value_or(0.0);
        if (!std::isfinite(center) || !std::isfinite(sd)) broken[task] = 1;
        for (std::size_t o = 0; o < width; ++o) {
          result[(first + i) * width + o] = sd > 0.0 ? (row[o] - center) / sd : 0.0;
        }
      }
    });
    if (std::ranges::any_of(broken, [](char one) { return one != 0; })) return std::nullopt;
    return result;
  }

  AttributeTask& task_;
  std::optional<ValuePair> pair_;
};

std::span<const ParameterSpec> group_gap_parameters() {
  static const std::array table = {
      ParameterSpec::integer("min_group", 10, 2, 1000000, "units",
                             "Groups with fewer test triples or persons get no figure"),
      ParameterSpec::integer("min_persons", 10, 1, 1000000, "persons",
                             "Professions with fewer persons of the two values are left out"),
      ParameterSpec::integer("max_persons", 5000, 10, 10000000, "persons",
                             "Profession scores use a seeded subset of more persons than this"),
  };
  return table;
}

MetricOutput measure_group_gap(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "group_gap",
                            [](AttributeTask& task) { AttributeGaps(task).measure(); });
}

}  // namespace

extern const MetricEntry group_gap;
constinit const MetricEntry group_gap = {
    .id = "group_gap",
    .title = "Group gap: is one group served better than the other?",
    .reading =
        "0: facts about both groups are found equally well. Further from 0: one group is served "
        "better.",
    .formula =
        "mrr, hits_at_1: filtered rank of the attribute's true value in test, by value; mrr_gap "
        "= MRR(a) - MRR(b) for the two most frequent values a, b (train order), mrr_range = "
        "highest - lowest. person_mrr_gap: the same difference over all other test triples of "
        "persons with value a or b (mean of both sides); _matched: within bins of log2 train "
        "degree, weighted by the smaller group. profession_score: mean over a - mean over b of "
        "g(p, r_p, o), standardised per person over the professions; _spearman: with log((C_a + "
        "1) / (C_b + 1)).",
    .range = "mrr gaps in [-1, 1]; profession scores in sd, unbounded; spearman in [-1, 1]",
    .neutral = "0",
    .direction = "nearer to 0 is fairer; a gap > 0 favours value a",
    .source =
        "Rossi et al. 2021 and this project (mrr by group); Du et al. 2022, ACL (group "
        "bias of a profession; there b - a and not standardised)",
    .pitfalls =
        "A majority value is easier to guess, so the gap of the attribute's own relation mixes "
        "base rate and bias. Intervals hold the trained embedding fixed and need not hold 0 "
        "where nothing is planted (docs/truth.md). More in docs/measures.md.",
    .parameters = &group_gap_parameters,
    .measure = &measure_group_gap,
    .vectors = VectorUse::kRanks,
    .groups_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
