#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "metrics/formulas/profession_counts.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics {
namespace {

/// Bourli & Pitoura's list lengths.
constexpr std::array<std::size_t, 4> kTops = {10, 100, 500, 1000};

class AttributeAmplification {
 public:
  AttributeAmplification(const MetricContext& context, const Parameters& parameters,
                         const datasets::PersonAttribute& attribute, MetricOutput& output)
      : context_(context), parameters_(parameters), attribute_(attribute), output_(output) {}

  void measure() {
    const auto& profession = context_.data.attributes.profession();
    if (!profession) return undefined("the data has no profession relation");
    const auto pair = two_most_frequent(attribute_);
    if (!pair) return undefined("fewer than two values are stated in train");
    towards_ = name(attribute_.values()[pair->a]);
    const ProfessionCounts counts = count_professions(*profession, attribute_, *pair);
    for (const EntityId p : attribute_.train_persons()) {
      if (const auto side = side_of(attribute_, *pair, p)) {
        persons_.push_back(p);
        sides_.push_back(*side);
      }
    }
    std::vector<std::size_t> chosen;
    for (std::size_t o = 0; o < counts.of_profession.size(); ++o) {
      const auto& of = counts.of_profession[o];
      if (of[0] + of[1] >= parameters_.count("min_persons")) chosen.push_back(o);
    }
    if (chosen.empty()) {
      return undefined(
          fmt::format("no profession has min_persons = {} persons with one of the two "
                      "values",
                      parameters_.count("min_persons")));
    }
    share_of_top(*profession, chosen);
    facts(*profession, counts, chosen);
  }

 private:
  [[nodiscard]] const std::string& name(EntityId e) const {
    return context_.data.graph.entities().name(e.value);
  }
  void add(const char* what, Measurement measurement,
           std::map<std::string, std::string> facets = {}) {
    facets["attribute"] = attribute_.id();
    if (!towards_.empty()) facets["towards"] = towards_;
    output_.facts.push_back(
        {std::string("amplification.") + what, std::move(facets), std::move(measurement)});
  }
  void undefined(const std::string& reason) {
    for (const std::size_t top : kTops) undefined_top(top, reason);
  }
  void undefined_top(std::size_t top, const std::string& reason) {
    for (const char* what : {"mean", "toward_data_bias"}) {
      add(what, Measurement::undefined(reason, 0, "", Direction::kNearer),
          {{"top", std::to_string(top)}});
    }
  }
  /// A list that holds most of all persons tells nothing about the model's preference.
  [[nodiscard]] bool fits(std::size_t top) const { return 2 * top <= persons_.size(); }

  void share_of_top(const datasets::PersonAttribute& profession,
                    const std::vector<std::size_t>& chosen) {
    shares_.resize(chosen.size());
    context_.pool.run(chosen.size(), [&](std::size_t i, std::size_t) {
      const EntityId o = profession.values()[chosen[i]];
      std::vector<float> scores(persons_.size());
      context_.scorer.score_candidates(persons_, profession.source().relation,
                                       profession.source().inverse, {&o, 1}, scores.data(), 1);
      for (float& s : scores) {
        if (std::isnan(s)) s = -std::numeric_limits<float>::infinity();
      }
      std::vector<std::uint32_t> order(persons_.size());
      std::iota(order.begin(), order.end(), 0U);
      const std::size_t longest = std::min(kTops.back(), order.size());
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(longest),
                        order.end(), [&](std::uint32_t a, std::uint32_t b) {
                          return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
                        });
      for (std::size_t t = 0; t < kTops.size(); ++t) {
        if (!fits(kTops[t])) continue;
        double of_a = 0.0;
        for (std::size_t k = 0; k < kTops[t]; ++k) of_a += sides_[order[k]] == 0 ? 1.0 : 0.0;
        shares_[i][t] = of_a / static_cast<double>(kTops[t]);
      }
    });
  }
  void facts(const datasets::PersonAttribute& profession, const ProfessionCounts& counts,
             const std::vector<std::size_t>& chosen) {
    std::vector<double> magnitudes;
    for (const std::size_t o : chosen) {
      const auto theta = data_bias(counts, o);
      const auto n = counts.of_profession[o][0] + counts.of_profession[o][1];
      if (theta) magnitudes.push_back(std::abs(*theta));
      add("data_bias",
          theta ? estimate(*theta, n, "", Direction::kDescriptive)
                : Measurement::undefined("nobody of one value has a profession", n, "",
                                         Direction::kDescriptive),
          {{"profession", name(profession.values()[o])}});
    }
    add("mean_abs_data_bias",
        mean_measurement(magnitudes, "professions", "", Direction::kDescriptive));
    for (std::size_t t = 0; t < kTops.size(); ++t) {
      if (!fits(kTops[t])) {
        undefined_top(kTops[t], fmt::format("{} persons: a list of {} is more than half of them",
                                            persons_.size(), kTops[t]));
        continue;
      }
      std::vector<double> amplified;
      std::vector<double> towards;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        const auto& of = counts.of_profession[chosen[i]];
        const double share = static_cast<double>(of[0]) / static_cast<double>(of[0] + of[1]);
        amplified.push_back(shares_[i][t] - share);
        const auto theta = data_bias(counts, chosen[i]);
        if (theta && *theta != 0.0) {
          towards.push_back(*theta > 0.0 ? amplified.back() : -amplified.back());
        }
        if (kTops[t] == 100) {
          add("of_profession", estimate(amplified.back(), kTops[t], "", Direction::kNearer),
              {{"profession", name(profession.values()[chosen[i]])},
               {"top", std::to_string(kTops[t])}});
        }
      }
      const std::map<std::string, std::string> top = {{"top", std::to_string(kTops[t])}};
      add("mean", mean_measurement(amplified, "professions", "", Direction::kNearer), top);
      add("toward_data_bias",
          mean_measurement(towards, "professions with unequal shares", "", Direction::kNearer),
          top);
    }
  }

  const MetricContext& context_;
  const Parameters& parameters_;
  const datasets::PersonAttribute& attribute_;
  MetricOutput& output_;
  std::string towards_;
  std::vector<EntityId> persons_;
  std::vector<std::uint32_t> sides_;
  std::vector<std::array<double, kTops.size()>> shares_;
};

std::span<const ParameterSpec> parameters() {
  static const std::array table = {
      ParameterSpec::integer("min_persons", 10, 1, 1000000, "persons",
                             "Professions with fewer persons of the two values are left out.")};
  return table;
}

MetricOutput measure(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    AttributeAmplification(context, parameters, attribute, output).measure();
  }
  return output;
}

}  // namespace

const MetricEntry& amplification_metric() {
  static const MetricEntry entry = {
      .id = "amplification",
      .title =
          "Amplification: is a group over-represented among the likeliest holders of a "
          "profession?",
      .formula =
          "For profession o take the x persons with the highest g(p, r_p, o) among all persons "
          "with one of the two most frequent values; amplification = share of value a among them "
          "- |A_o| / (|A_o| + |B_o|) in train. mean: over professions; toward_data_bias: the same "
          "with the sign of theta(o) = |A_o| / |A| - |B_o| / |B|, the bias of the data; x = 10, "
          "100, 500, 1000.",
      .range = "[-1, 1]; theta in [-1, 1]",
      .neutral = "0: the lists are composed as the data are",
      .direction =
          "nearer to 0 is less amplified; toward_data_bias > 0 exaggerates the data's skew",
      .source = "Bourli & Pitoura 2020 (ASONAM), sections on data bias and bias amplification",
      .pitfalls =
          "0 reproduces the data's skew, it does not remove it. Persons stated to have the "
          "profession in train may fill the list, as in the paper. Lists longer than the holders "
          "of a profession drift to the share of value a among all persons, which reads as "
          "amplification of rare professions. Equal scores are ordered by entity id. A list that "
          "would hold more than half of the persons is Undefined. Neither mean nor "
          "toward_data_bias "
          "says how biased the data are: on planted-people (docs/truth.md) they do not rise with "
          "the planted strength, and of_profession ranks professions by it with Spearman .16 "
          "only (.63 for 40,000 persons); data_bias does, with .79 for 4,000 persons (log-odds of "
          "the same counts: .84) and "
          "rises at every step in 37 of 40 seeds. With nothing planted the interval of "
          "toward_data_bias holds 0 in 36 (top 10) and 39 (top 100) of 40 seeds, that of mean in "
          "9: its professions share one shift of the embedding and are not independent.",
      .parameters = &parameters,
      .measure = &measure,
  };
  return entry;
}

}  // namespace kgaudit::metrics
