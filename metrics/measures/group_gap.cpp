#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "metrics/formulas/matched_gap.hpp"
#include "metrics/formulas/profession_counts.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::metrics {
namespace {

double reciprocal_rank(const RankCounts& counts) {
  return 1.0 / rank_of(counts, TiePolicy::kRealistic);
}

class AttributeGaps {
 public:
  AttributeGaps(const MetricContext& context, const Parameters& parameters,
                const datasets::PersonAttribute& attribute, MetricOutput& output)
      : context_(context),
        parameters_(parameters),
        attribute_(attribute),
        output_(output),
        pair_(two_most_frequent(attribute)) {}

  void measure() {
    own_relation();
    all_triples();
    profession_scores();
  }

 private:
  using Facets = std::map<std::string, std::string>;

  [[nodiscard]] const std::string& name(EntityId e) const {
    return context_.data.graph.entities().name(e.value);
  }
  void add(const char* what, Measurement measurement, Facets facets = {}) {
    facets["attribute"] = attribute_.id();
    output_.facts.push_back(
        {std::string("group_gap.") + what, std::move(facets), std::move(measurement)});
  }
  /// Facets of a difference between the two most frequent values: a minus b.
  [[nodiscard]] Facets between(Facets facets = {}) const {
    if (pair_) {
      facets["a"] = name(attribute_.values()[pair_->a]);
      facets["b"] = name(attribute_.values()[pair_->b]);
    }
    return facets;
  }
  /// mean(a) - mean(b), or the reason why there is none.
  void add_difference(const char* what, const std::vector<double>& a, const std::vector<double>& b,
                      const std::string& unit, const std::string& units, Facets facets) {
    const std::size_t least = parameters_.count("min_group");
    const std::uint64_t n = a.size() + b.size();
    if (!pair_ || std::min(a.size(), b.size()) < least) {
      add(what,
          Measurement::undefined(pair_ ? fmt::format("{} and {} {}: min_group = {} on both sides",
                                                     a.size(), b.size(), units, least)
                                       : "fewer than two values are stated in train",
                                 n, unit, Direction::kNearer),
          std::move(facets));
      return;
    }
    add(what,
        estimate(mean(a) - mean(b), n, unit, Direction::kNearer, difference_interval(a, b, units)),
        std::move(facets));
  }

  /// How well the attribute itself is predicted, by true value.
  void own_relation() {
    std::vector<std::vector<double>> reciprocal(attribute_.values().size());
    std::vector<std::vector<double>> hit(reciprocal.size());
    const auto& triples = context_.ranks.triples;
    for (std::size_t i = 0; i < triples.size(); ++i) {
      if (triples[i].relation != attribute_.source().relation) continue;
      const auto value = attribute_.value_index(attribute_.source().value(triples[i]));
      if (!value) continue;
      const RankCounts& counts = attribute_.source().inverse ? context_.ranks.filtered_head[i]
                                                             : context_.ranks.filtered_tail[i];
      reciprocal[*value].push_back(reciprocal_rank(counts));
      hit[*value].push_back(rank_of(counts, TiePolicy::kRealistic) <= 1.0 ? 1.0 : 0.0);
    }
    std::vector<double> means;
    for (std::size_t v = 0; v < reciprocal.size(); ++v) {
      if (reciprocal[v].size() < parameters_.count("min_group")) continue;
      means.push_back(mean(reciprocal[v]));
      const Facets value = {{"value", name(attribute_.values()[v])}};
      add("mrr", mean_measurement(reciprocal[v], "test triples", "", Direction::kHigher), value);
      add("hits_at_1", mean_measurement(hit[v], "test triples", "", Direction::kHigher), value);
    }
    static const std::vector<double> kNone;
    add_difference("mrr_gap", pair_ ? reciprocal[pair_->a] : kNone,
                   pair_ ? reciprocal[pair_->b] : kNone, "", "test triples", between());
    if (means.size() < 2) {
      add("mrr_range",
          Measurement::undefined(
              fmt::format("{} value(s) with min_group = {} test triples: a range needs 2",
                          means.size(), parameters_.count("min_group")),
              means.size(), "", Direction::kLower));
    } else {
      const auto [low, high] = std::minmax_element(means.begin(), means.end());
      add("mrr_range", estimate(*high - *low, means.size(), "", Direction::kLower));
    }
  }

  /// How well everything else about persons of either value is predicted.
  void all_triples() {
    std::vector<double> degree(context_.data.graph.entity_count(), 0.0);
    for (const datasets::Triple& t : context_.data.graph.train()) {
      degree[t.head.index()] += 1.0;
      degree[t.tail.index()] += 1.0;
    }
    std::vector<GroupedValue> all;
    std::array<std::vector<double>, 2> values;
    const auto& triples = context_.ranks.triples;
    for (std::size_t i = 0; pair_ && i < triples.size(); ++i) {
      if (triples[i].relation == attribute_.source().relation) continue;
      const double both = (reciprocal_rank(context_.ranks.filtered_head[i]) +
                           reciprocal_rank(context_.ranks.filtered_tail[i])) /
                          2.0;
      for (const EntityId person : {triples[i].head, triples[i].tail}) {
        if (const auto side = side_of(attribute_, *pair_, person)) {
          all.push_back({both, *side, degree[person.index()]});
          values[*side].push_back(both);
        }
      }
    }
    const std::string units = "person triples in test";
    add_difference("person_mrr_gap", values[0], values[1], "", units, between());
    const auto matched = degree_matched_gap(all);
    const std::uint64_t pairs = matched ? matched->matched : 0;
    if (!matched || pairs < parameters_.count("min_group")) {
      add("person_mrr_gap_matched",
          Measurement::undefined(fmt::format("{} pairs of like degree: min_group = {}", pairs,
                                             parameters_.count("min_group")),
                                 pairs, "", Direction::kNearer),
          between());
    } else {
      add("person_mrr_gap_matched", estimate(matched->gap, pairs, "", Direction::kNearer),
          between());
    }
  }

  /// Du et al.'s group bias of every profession, scores standardised per person.
  void profession_scores() {
    const auto& profession = context_.data.attributes.profession();
    if (!profession || !pair_) {
      const std::string reason = profession ? "fewer than two values are stated in train"
                                            : "the data has no profession relation";
      for (const char* what : {"profession_score_mean_abs", "profession_score_spearman"}) {
        add(what, Measurement::undefined(reason, 0, "", Direction::kNearer), between());
      }
      return;
    }
    const ProfessionCounts counts = count_professions(*profession, attribute_, *pair_);
    std::vector<EntityId> professions;
    std::vector<double> log_ratios;
    for (std::size_t o = 0; o < counts.of_profession.size(); ++o) {
      const auto& of = counts.of_profession[o];
      if (of[0] + of[1] < parameters_.count("min_persons")) continue;
      professions.push_back(profession->values()[o]);
      log_ratios.push_back(
          std::log((static_cast<double>(of[0]) + 1.0) / (static_cast<double>(of[1]) + 1.0)));
    }
    const std::vector<EntityId> persons = sampled_persons();
    const std::vector<double> scores = standardised_scores(*profession, persons, professions);
    std::vector<double> gaps;
    std::vector<double> magnitudes;
    for (std::size_t o = 0; o < professions.size(); ++o) {
      std::array<std::vector<double>, 2> by_side;
      for (std::size_t i = 0; i < persons.size(); ++i) {
        by_side[*side_of(attribute_, *pair_, persons[i])].push_back(
            scores[i * professions.size() + o]);
      }
      add_difference("profession_score", by_side[0], by_side[1], "sd", "persons",
                     between({{"profession", name(professions[o])}}));
      if (by_side[0].empty() || by_side[1].empty()) continue;
      gaps.push_back(mean(by_side[0]) - mean(by_side[1]));
      magnitudes.push_back(std::abs(gaps.back()));
    }
    add("profession_score_mean_abs",
        mean_measurement(magnitudes, "professions", "sd", Direction::kNearer), between());
    if (gaps.size() != log_ratios.size()) log_ratios.clear();
    add("profession_score_spearman",
        log_ratios.empty()
            ? Measurement::undefined("no profession, or no person of one value", 0, "",
                                     Direction::kNearer)
            : spearman_measurement(gaps, log_ratios, "professions", Direction::kNearer),
        between());
  }
  [[nodiscard]] std::vector<EntityId> sampled_persons() const {
    std::vector<EntityId> persons;
    for (const EntityId p : attribute_.train_persons()) {
      if (side_of(attribute_, *pair_, p)) persons.push_back(p);
    }
    const std::size_t most = parameters_.count("max_persons");
    if (persons.size() > most) {
      Rng(context_.seed, "group_gap.subset." + attribute_.id())
          .shuffle(std::span<EntityId>(persons));
      persons.resize(most);
      std::sort(persons.begin(), persons.end());
    }
    return persons;
  }
  /// persons x professions; every person's scores have mean 0 and deviation 1 over the professions.
  [[nodiscard]] std::vector<double> standardised_scores(
      const datasets::PersonAttribute& profession, std::span<const EntityId> persons,
      std::span<const EntityId> professions) const {
    constexpr std::size_t kPersonsPerTask = 256;
    const std::size_t width = professions.size();
    std::vector<double> result(persons.size() * width);
    if (width == 0) return result;
    context_.pool.run((persons.size() + kPersonsPerTask - 1) / kPersonsPerTask,
                      [&](std::size_t task, std::size_t) {
                        const std::size_t first = task * kPersonsPerTask;
                        const std::size_t count = std::min(kPersonsPerTask, persons.size() - first);
                        std::vector<float> scores(count * width);
                        context_.scorer.score_candidates(
                            persons.subspan(first, count), profession.source().relation,
                            profession.source().inverse, professions, scores.data(), width);
                        for (std::size_t i = 0; i < count; ++i) {
                          const std::vector<double> row(
                              scores.begin() + static_cast<std::ptrdiff_t>(i * width),
                              scores.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
                          const double center = mean(row);
                          const double sd = sample_sd(row).value_or(0.0);
                          for (std::size_t o = 0; o < width; ++o) {
                            result[(first + i) * width + o] =
                                sd > 0.0 ? (row[o] - center) / sd : 0.0;
                          }
                        }
                      });
    return result;
  }

  const MetricContext& context_;
  const Parameters& parameters_;
  const datasets::PersonAttribute& attribute_;
  MetricOutput& output_;
  std::optional<ValuePair> pair_;
};

std::span<const ParameterSpec> parameters() {
  static const std::array table = {
      ParameterSpec::integer("min_group", 10, 2, 1000000, "units",
                             "Groups with fewer test triples or persons get no figure."),
      ParameterSpec::integer("min_persons", 10, 1, 1000000, "persons",
                             "Professions with fewer persons of the two values are left out."),
      ParameterSpec::integer("max_persons", 5000, 10, 10000000, "persons",
                             "Profession scores use a seeded subset of more persons than this."),
  };
  return table;
}

MetricOutput measure(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    AttributeGaps(context, parameters, attribute, output).measure();
  }
  return output;
}

}  // namespace

const MetricEntry& group_gap_metric() {
  static const MetricEntry entry = {
      .id = "group_gap",
      .title = "Group gap: is one group served better than the other?",
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
          "A majority value is easier to guess: the gap of the attribute's own relation mixes "
          "base rate and bias. Persons of either value differ in degree and in relations; the "
          "matched gap removes the first only. Groups come from the values stated in train. A "
          "triple of two persons counts for each of them, so its interval is a little narrow. "
          "Intervals hold the trained embedding fixed. Where nothing is planted (planted-people at "
          "strength 0, docs/truth.md) they hold 0 in 22 % of professions for profession_score, in "
          "0 of 40 seeds for profession_score_mean_abs and profession_score_spearman (.59): the "
          "embedding learns the chance skew of its train set. person_mrr_gap: 33 of 40; "
          "mrr_gap: 2 of 40; neither moves with the planted bias. "
          "profession_score ranks professions by the planted bias with Spearman .76 for 4,000 "
          "persons (the counts of the same persons: .84) and .90 for 40,000; mean_abs and spearman "
          "rise with the strength on average, in 18 and 19 of 40 seeds at every step.",
      .parameters = &parameters,
      .measure = &measure,
  };
  return entry;
}

}  // namespace kgaudit::metrics
