#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "metrics/formulas/profession_counts.hpp"
#include "metrics/formulas/translation_bias.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::metrics {
namespace {

constexpr std::array kHeadlines = {"mean_abs", "sd", "sign_agreement", "spearman"};

/// B_p of every profession and, where persons differ, its interval.
struct Shifts {
  std::vector<double> mean;
  std::vector<std::optional<Interval>> interval;
  std::uint64_t persons = 0;
};

Shifts shifts_over_persons(const MetricContext& context, const TranslationQuery& query,
                           std::vector<EntityId> persons, std::size_t max_persons,
                           const std::string& attribute) {
  Shifts result;
  const std::size_t professions = query.professions.size();
  result.interval.resize(professions);
  result.persons = persons.size();
  if (context.scorer.score_function().comparator() == models::Comparator::kDot) {
    // Affine in the person: everyone moves by the same amount, so one row tells all.
    result.mean = linear_shifts(context.scorer, query, context.scorer.entity_row(persons[0]));
    return result;
  }
  if (persons.size() > max_persons) {
    Rng(context.seed, "profession_bias.subset." + attribute).shuffle(std::span<EntityId>(persons));
    persons.resize(max_persons);
    std::sort(persons.begin(), persons.end());
    result.persons = persons.size();
  }
  std::vector<std::vector<double>> of_person(persons.size());
  context.pool.run(persons.size(), [&](std::size_t i, std::size_t) {
    of_person[i] = stepped_shifts(context.scorer, query, context.scorer.entity_row(persons[i]));
  });
  std::vector<double> column(persons.size());
  for (std::size_t o = 0; o < professions; ++o) {
    for (std::size_t i = 0; i < persons.size(); ++i) column[i] = of_person[i][o];
    result.mean.push_back(mean(column));
    result.interval[o] = normal_interval(column, "persons");
  }
  return result;
}

/// The metric for one attribute.
class AttributeShifts {
 public:
  AttributeShifts(const MetricContext& context, const Parameters& parameters,
                  const datasets::PersonAttribute& attribute, MetricOutput& output)
      : context_(context), parameters_(parameters), attribute_(attribute), output_(output) {}

  void measure() {
    const auto& profession = context_.data.attributes.profession();
    if (!profession) return undefined("the data has no profession relation");
    const auto pair = two_most_frequent(attribute_);
    if (!pair) return undefined("fewer than two values are stated in train");
    values_ = {name(attribute_.values()[pair->a]), name(attribute_.values()[pair->b])};

    const ProfessionCounts counts = count_professions(*profession, attribute_, *pair);
    const std::size_t min_persons = parameters_.count("min_persons");
    TranslationQuery query{attribute_.source(),
                           attribute_.values()[pair->a],
                           attribute_.values()[pair->b],
                           profession->source(),
                           {},
                           parameters_.real("alpha")};
    for (std::size_t o = 0; o < counts.of_profession.size(); ++o) {
      const auto& of = counts.of_profession[o];
      if (of[0] + of[1] < min_persons) continue;
      query.professions.push_back(profession->values()[o]);
      counts_.push_back(of);
    }
    if (query.professions.empty()) {
      return undefined(
          fmt::format("no profession has min_persons = {} persons with one of the two "
                      "values",
                      min_persons));
    }
    std::vector<EntityId> persons;
    for (const EntityId p : attribute_.train_persons()) {
      if (side_of(attribute_, *pair, p)) persons.push_back(p);
    }
    const Shifts shifts = shifts_over_persons(context_, query, std::move(persons),
                                              parameters_.count("max_persons"), attribute_.id());
    if (!std::all_of(shifts.mean.begin(), shifts.mean.end(),
                     [](double x) { return std::isfinite(x); })) {
      return undefined("a shift is not finite");
    }
    professions(query, shifts);
    aggregates(query, shifts);
  }

 private:
  [[nodiscard]] const std::string& name(EntityId e) const {
    return context_.data.graph.entities().name(e.value);
  }
  void add(const char* what, Measurement measurement,
           std::map<std::string, std::string> facets = {}) {
    facets["attribute"] = attribute_.id();
    if (!values_[0].empty()) facets["towards"] = values_[0];
    output_.facts.push_back(
        {std::string("profession_bias.") + what, std::move(facets), std::move(measurement)});
  }
  void undefined(const std::string& reason) {
    for (const char* headline : kHeadlines) {
      add(headline, Measurement::undefined(reason, 0, "", Direction::kNearer));
    }
  }
  void professions(const TranslationQuery& query, const Shifts& shifts) {
    RawSeries series{"profession_bias." + attribute_.id(), "entity", {}, {}};
    const auto sd = sample_sd(shifts.mean);
    for (std::size_t o = 0; o < query.professions.size(); ++o) {
      const std::string& profession = name(query.professions[o]);
      series.ids.push_back(query.professions[o].value);
      series.values.push_back(static_cast<float>(shifts.mean[o]));
      add("shift",
          estimate(shifts.mean[o], shifts.persons, "score", Direction::kNearer, shifts.interval[o]),
          {{"profession", profession}});
      if (sd && *sd > 0.0) {
        add("standardised_shift",
            estimate(shifts.mean[o] / *sd, shifts.persons, "sd", Direction::kNearer),
            {{"profession", profession}});
      }
      for (std::size_t side = 0; side < 2; ++side) {
        add("persons",
            Measurement::of(static_cast<double>(counts_[o][side]), counts_[o][side], "persons",
                            Direction::kDescriptive),
            {{"profession", profession}, {"value", values_[side]}});
      }
    }
    output_.raw.push_back(std::move(series));
  }
  void aggregates(const TranslationQuery& query, const Shifts& shifts) {
    const std::uint64_t n = shifts.mean.size();
    std::vector<double> magnitudes;
    for (const double shift : shifts.mean) magnitudes.push_back(std::abs(shift));
    add("mean_abs", mean_measurement(magnitudes, "professions", "score", Direction::kNearer));
    const auto sd = sample_sd(shifts.mean);
    add("sd", sd ? estimate(*sd, n, "score", Direction::kNearer)
                 : Measurement::undefined("one profession", n, "score", Direction::kNearer));

    // Where a profession may legitimately depend on the attribute, agreement is no bias.
    const auto& entries = context_.data.whitelist.entries;
    const auto sensitive = context_.data.attributes.sensitive();
    const auto index = static_cast<std::size_t>(&attribute_ - sensitive.data());
    const std::vector<EntityId> allowed =
        index < entries.size() ? entries[index].professions : std::vector<EntityId>{};
    std::vector<double> kept_shifts;
    std::vector<double> log_ratios;
    double agree = 0.0;
    std::uint64_t skewed = 0;
    for (std::size_t o = 0; o < n; ++o) {
      if (std::find(allowed.begin(), allowed.end(), query.professions[o]) != allowed.end()) {
        continue;
      }
      const double ratio = std::log((static_cast<double>(counts_[o][0]) + 1.0) /
                                    (static_cast<double>(counts_[o][1]) + 1.0));
      kept_shifts.push_back(shifts.mean[o]);
      log_ratios.push_back(ratio);
      if (ratio == 0.0) continue;
      ++skewed;
      if ((ratio > 0.0) == (shifts.mean[o] > 0.0)) agree += 1.0;
    }
    add("sign_agreement",
        skewed == 0
            ? Measurement::undefined("no profession has unequal counts", 0, "", Direction::kNearer)
            : estimate(agree / static_cast<double>(skewed), skewed, "", Direction::kNearer,
                       wilson_interval(agree, skewed, "professions")));
    add("spearman",
        spearman_measurement(kept_shifts, log_ratios, "professions", Direction::kNearer));
  }

  const MetricContext& context_;
  const Parameters& parameters_;
  const datasets::PersonAttribute& attribute_;
  MetricOutput& output_;
  std::array<std::string, 2> values_;
  std::vector<std::array<std::uint32_t, 2>> counts_;  ///< aligned with the query's professions
};

std::span<const ParameterSpec> parameters() {
  static const std::array table = {
      ParameterSpec::real("alpha", 1e-3, 1e-9, 10.0, "",
                          "Length of the step towards value a, in gradients (1e-3 as in "
                          "kgbiasdetec). Only scales the figures of dot-product scores."),
      ParameterSpec::integer("min_persons", 5, 1, 1000000, "persons",
                             "Professions with fewer persons of the two values are left out."),
      ParameterSpec::integer("max_persons", 1000, 10, 10000000, "persons",
                             "More persons than this are sampled (seeded) where persons differ, "
                             "which is so for distance scores only."),
  };
  return table;
}

MetricOutput measure(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    AttributeShifts(context, parameters, attribute, output).measure();
  }
  return output;
}

}  // namespace

const MetricEntry& profession_bias_metric() {
  static const MetricEntry entry = {
      .id = "profession_bias",
      .title =
          "Profession bias B_p: does moving a person towards one value make a profession "
          "likelier?",
      .formula =
          "m = g(e_j, r_s, e_a) - g(e_j, r_s, e_b); e_j' = e_j + alpha dm/de_j; B_p = mean over "
          "persons j of g(e_j', r_p, e_p) - g(e_j, r_p, e_p). a and b are the two most frequent "
          "values in train (facet towards = a). Closed forms: translation with dot product alpha "
          "(e_a - e_b) . e_p; DistMult alpha sum_k r_s,k (e_a - e_b)_k r_p,k e_p,k. mean_abs and "
          "sd over professions; sign_agreement: share of professions whose B_p leans where their "
          "counts in train lean; spearman: of B_p with log((C_a + 1) / (C_b + 1)).",
      .range =
          "shifts unbounded, in score units x alpha; sign_agreement in [0, 1]; spearman in "
          "[-1, 1]",
      .neutral = "0 (sign_agreement: 0.5)",
      .direction = "nearer to neutral is less biased; B_p > 0 leans to value a, < 0 to value b",
      .source =
          "Fisher, Palfrey, Christodoulopoulos, Mittal 2019 (arXiv 1912.02761); aggregates "
          "and non-binary attributes by their two commonest values are this project's",
      .pitfalls =
          "For every dot-product score B_p does not depend on the persons at all: a system that "
          "moves persons only (KL) can remove all leakage and leave B_p unchanged. Never gate on "
          "B_p alone. Score units x alpha do not compare across models: use standardised_shift "
          "(shift / sd over professions), spearman or sign_agreement. Norms of the value entities "
          "and the popularity of a profession enter. For dot-product scores the figure is exact "
          "and has no interval over persons. Other code differs in sign, step or stopping rule. "
          "Whitelisted professions do not enter sign_agreement and spearman. Where the truth is "
          "known (planted-people, docs/truth.md): B_p ranks 40 professions of 4,000 persons by the "
          "planted bias with Spearman .74 (the counts of the same persons: .84), 63 professions of "
          "40,000 persons with .84: below .9. sd and spearman rise with the planted strength on "
          "average (of 40 seeds, 16 are in order at four strengths); sign_agreement (.36 at "
          "strength 0, .51 at 1; 4 of 40 seeds in order) and mean_abs (3 of 40) do not, and their "
          "intervals hold the neutral value in 11 and 0 of 40 seeds: a shift common to all "
          "professions, another "
          "in each training, decides the signs. Without planted bias spearman is .59 and its "
          "interval holds 0 in 0 of 40 seeds, because the embedding learns the chance skew of its "
          "own train set; compare with strength 0 or a control system, not with 0.",
      .parameters = &parameters,
      .measure = &measure,
  };
  return entry;
}

}  // namespace kgaudit::metrics
