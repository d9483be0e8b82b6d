#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/profession_counts.hpp"
#include "metrics/formulas/seeded_subset.hpp"
#include "metrics/formulas/translation_bias.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

constexpr std::array<std::string_view, 4> kHeadlines = {"mean_abs", "sd", "sign_agreement",
                                                        "spearman"};

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
    // Affine in the person: everyone moves by the same amount, so one row is enough.
    result.mean = linear_shifts(context.scorer, query, context.scorer.entity_row(persons[0]));
    return result;
  }
  persons = seeded_subset(std::move(persons), max_persons, context.seed,
                          "profession_bias.subset." + attribute);
  result.persons = persons.size();
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
  explicit AttributeShifts(AttributeTask& task) : task_(task) {}

  void measure() {
    const datasets::PersonAttribute* profession = task_.context.asked_profession();
    if (profession == nullptr) return undefined("the data has no profession relation");
    const auto pair = two_most_frequent(task_.attribute);
    if (!pair) return undefined("fewer than two values are stated in train");
    values_ = {task_.value_name(pair->a), task_.value_name(pair->b)};
    task_.facts.share("towards", values_[0]);

    const ProfessionCounts counts = count_professions(*profession, task_.attribute, *pair);
    const std::size_t min_persons = task_.parameters.count("min_persons");
    TranslationQuery query{task_.attribute.source(),
                           task_.attribute.values()[pair->a],
                           task_.attribute.values()[pair->b],
                           profession->source(),
                           {},
                           task_.parameters.real("alpha")};
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
    for (const EntityId p : task_.attribute.train_persons()) {
      if (side_of(task_.attribute, *pair, p)) persons.push_back(p);
    }
    const Shifts shifts =
        shifts_over_persons(task_.context, query, std::move(persons),
                            task_.parameters.count("max_persons"), task_.attribute.id());
    if (!std::all_of(shifts.mean.begin(), shifts.mean.end(),
                     [](double x) { return std::isfinite(x); })) {
      return undefined("a shift is not finite");
    }
    professions(query, shifts);
    aggregates(query, shifts);
  }

 private:
  void undefined(const std::string& reason) { task_.facts.undefined(kHeadlines, reason); }
  void professions(const TranslationQuery& query, const Shifts& shifts) {
    RawSeries series{"profession_bias." + task_.attribute.id(), "entity", {}, {}};
    const auto sd = sample_sd(shifts.mean);
    for (std::size_t o = 0; o < query.professions.size(); ++o) {
      const std::string& profession = task_.name(query.professions[o]);
      series.ids.push_back(query.professions[o].value);
      series.values.push_back(static_cast<float>(shifts.mean[o]));
      task_.facts.add(
          "shift",
          estimate(shifts.mean[o], shifts.persons, "score", Direction::kNearer, shifts.interval[o]),
          {{"profession", profession}});
      if (sd && *sd > 0.0) {
        task_.facts.add("standardised_shift",
                        estimate(shifts.mean[o] / *sd, shifts.persons, "sd", Direction::kNearer),
                        {{"profession", profession}});
      }
      for (std::size_t side = 0; side < 2; ++side) {
        task_.facts.add("persons",
                        Measurement::of(static_cast<double>(counts_[o][side]), counts_[o][side],
                                        "persons", Direction::kDescriptive),
                        {{"profession", profession}, {"value", values_[side]}});
      }
    }
    task_.output.raw.push_back(std::move(series));
  }
  void aggregates(const TranslationQuery& query, const Shifts& shifts) {
    const std::uint64_t n = shifts.mean.size();
    std::vector<double> magnitudes;
    for (const double shift : shifts.mean) magnitudes.push_back(std::abs(shift));
    if (n < 2) return undefined("one profession");
    task_.facts.add("mean_abs",
                    mean_measurement(magnitudes, "professions", "score", Direction::kNearer));
    const auto sd = sample_sd(shifts.mean);
    task_.facts.add("sd", estimate(sd.value(), n, "score", Direction::kNearer));

    // Where a profession may legitimately depend on the attribute, agreement is no bias.
    const auto& entries = task_.context.data.whitelist.entries;
    const auto sensitive = task_.context.data.attributes.sensitive();
    const auto index = static_cast<std::size_t>(&task_.attribute - sensitive.data());
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
      const double ratio = log_ratio(counts_[o]);
      kept_shifts.push_back(shifts.mean[o]);
      log_ratios.push_back(ratio);
      if (ratio == 0.0) continue;
      ++skewed;
      if (shifts.mean[o] == 0.0) {
        agree += 0.5;  // to neither side
      } else if ((ratio > 0.0) == (shifts.mean[o] > 0.0)) {
        agree += 1.0;
      }
    }
    task_.facts.add(
        "sign_agreement",
        skewed == 0
            ? Measurement::undefined("no profession has unequal counts", 0, "", Direction::kNearer)
            : estimate(agree / static_cast<double>(skewed), skewed, "", Direction::kNearer,
                       wilson_interval(agree, skewed, "professions")));
    task_.facts.add("spearman", spearman_measurement(kept_shifts, log_ratios, "professions",
                                                     Direction::kNearer));
  }

  AttributeTask& task_;
  std::array<std::string, 2> values_;
  std::vector<std::array<std::uint32_t, 2>> counts_;  ///< aligned with the query's professions
};

std::span<const ParameterSpec> profession_bias_parameters() {
  static const std::array table = {
      ParameterSpec::real("alpha", 1e-3, 1e-9, 10.0, "",
                          "Length of the step towards value a, in gradients (1e-3 as in "
                          "kgbiasdetec); it only scales the figures of dot-product scores"),
      ParameterSpec::integer("min_persons", 5, 1, 1000000, "persons",
                             "Professions with fewer persons of the two values are left out"),
      ParameterSpec::integer("max_persons", 1000, 10, 10000000, "persons",
                             "More persons than this are sampled (seeded) where persons differ, "
                             "which is so for distance scores only"),
  };
  return table;
}

MetricOutput measure_profession_bias(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "profession_bias",
                            [](AttributeTask& task) { AttributeShifts(task).measure(); });
}

}  // namespace

extern const MetricEntry profession_bias;
constinit const MetricEntry profession_bias = {
    .id = "profession_bias",
    .title =
        "Profession bias B_p: does moving a person towards one value make a profession "
        "likelier?",
    .reading =
        "0: a profession gets no likelier when a person is moved towards one value. Above or "
        "below: it leans to one value. Compare it with a control, not with 0.",
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
        "With dot products B_p does not depend on the persons, so a system that moves persons "
        "only can remove all leakage and leave it unchanged. Compare with a control system or a"
        " graph without bias, not with 0 (docs/truth.md). More in docs/measures.md.",
    .parameters = &profession_bias_parameters,
    .measure = &measure_profession_bias,
};

}  // namespace kgaudit::metrics::measures_roster
