#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/parity.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

/// Keidar et al.'s classes: the five most frequent professions, and all others as one.
constexpr std::uint32_t kNamedProfessions = 5;
constexpr std::size_t kRowsPerTask = 128;
constexpr const char* kNotFinite = "a score is not finite";
constexpr const char* kOneClass = "all professions, asked and answered, are of one class";

struct Prediction {
  EntityId person;
  ParityRow row;
};

std::uint32_t class_of(std::uint32_t profession) { return std::min(profession, kNamedProfessions); }

/// For every profession triple of the test set, the model's own best profession of that person.
/// Filtered: other professions known of the person are not candidates. Nothing where a score is not
/// finite.
std::optional<std::vector<Prediction>> predict(const MetricContext& context,
                                               const datasets::PersonAttribute& profession) {
  std::vector<Prediction> result;
  std::vector<std::uint32_t> truths;
  for (const datasets::Triple& t : context.data.graph.test()) {
    if (t.relation != profession.source().relation) continue;
    const auto truth = profession.value_index(profession.source().value(t));
    if (!truth) continue;  // a placeholder for an unknown value is none
    result.push_back({profession.source().person(t), {class_of(*truth), 0, std::nullopt}});
    truths.push_back(*truth);
  }
  const auto values = profession.values();
  const std::size_t tasks = (result.size() + kRowsPerTask - 1) / kRowsPerTask;
  std::vector<char> broken(tasks, 0);
  context.pool.run(tasks, [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kRowsPerTask;
    const std::size_t count = std::min(kRowsPerTask, result.size() - first);
    std::vector<EntityId> persons;
    for (std::size_t i = 0; i < count; ++i) persons.push_back(result[first + i].person);
    std::vector<float> scores(count * values.size());
    context.scorer.score_candidates(persons, profession.source().relation,
                                    profession.source().inverse, values, scores.data(),
                                    values.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t truth = truths[first + i];
      const auto known = profession.all_values(persons[i]);
      // Ties go to the more frequent profession.
      std::uint32_t best = truth;
      for (std::uint32_t o = 0; o < values.size(); ++o) {
        const float s = scores[i * values.size() + o];
        if (!std::isfinite(s)) broken[task] = 1;
        if (o != truth && std::binary_search(known.begin(), known.end(), o)) continue;
        const float least = scores[i * values.size() + best];
        if (s > least || (s == least && o < best)) best = o;
      }
      result[first + i].row.predicted = class_of(best);
    }
  });
  if (std::ranges::any_of(broken, [](char one) { return one != 0; })) return std::nullopt;
  return result;
}

/// The rows with the group of every person: a single value with at least `min_group` rows.
std::vector<ParityRow> with_groups(std::span<const Prediction> predictions,
                                   const datasets::PersonAttribute& attribute,
                                   std::size_t min_group) {
  std::vector<ParityRow> rows;
  std::map<std::uint32_t, std::size_t> size;
  for (const Prediction& p : predictions) {
    ParityRow row = p.row;
    const auto values = attribute.all_values(p.person);
    if (values.size() == 1) {
      row.group = values[0];
      ++size[values[0]];
    }
    rows.push_back(row);
  }
  for (ParityRow& row : rows) {
    if (row.group && size[*row.group] < min_group) row.group.reset();
  }
  return rows;
}

std::span<const ParameterSpec> parity_parameters() {
  static const std::array table = {
      ParameterSpec::integer("min_group", 11, 1, 1000000, "rows",
                             "A value with fewer test rows counts as not known (kgbiasdetec keeps "
                             "values with more than 10)"),
      ParameterSpec::integer("min_rows", 5, 1, 1000000, "rows",
                             "Rates that fewer rows stand behind do not enter equalised odds"),
  };
  return table;
}

MetricOutput measure_parity(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  const datasets::PersonAttribute* profession = context.asked_profession();
  std::optional<std::vector<Prediction>> predicted = std::vector<Prediction>{};
  if (profession != nullptr) predicted = predict(context, *profession);
  const bool finite = predicted.has_value();
  // Whoever has one choice is always right and treats all alike.
  const bool one_class =
      finite && !predicted->empty() && std::ranges::all_of(*predicted, [&](const Prediction& p) {
        const std::uint32_t first = predicted->front().row.truth;
        return p.row.truth == first && p.row.predicted == first;
      });
  const std::vector<Prediction> predictions =
      std::move(predicted).value_or(std::vector<Prediction>{});
  std::vector<double> correct;
  for (const Prediction& p : predictions) {
    correct.push_back(p.row.predicted == p.row.truth ? 1.0 : 0.0);
  }
  FactWriter(output, "parity")
      .add("accuracy",
           !finite || one_class
               ? Measurement::undefined(finite ? kOneClass : kNotFinite, correct.size(), "",
                                        Direction::kHigher)
               : mean_measurement(correct, "profession triples in test", "", Direction::kHigher));
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    const auto rows = with_groups(predictions, attribute, parameters.count("min_group"));
    const auto known = static_cast<std::uint64_t>(std::count_if(
        rows.begin(), rows.end(), [](const ParityRow& row) { return row.group.has_value(); }));
    std::string reason =
        profession == nullptr ? "the data has no profession relation"
        : !finite             ? kNotFinite
        : one_class
            ? kOneClass
            : fmt::format(
                  "fewer than two groups of min_group = {} test rows ({} rows have a group)",
                  parameters.count("min_group"), known);
    FactWriter facts(output, "parity", {{"attribute", attribute.id()}});
    const auto write = [&](std::string_view name, const std::optional<double>& value) {
      facts.add(name, value && !one_class
                          ? estimate(*value, known, "", Direction::kLower)
                          : Measurement::undefined(reason, known, "", Direction::kLower));
    };
    const auto dpd = demographic_parity(rows);
    write("dpd", dpd);
    write("dpd_compat", parity_distance_compat(rows));
    write("ppd", predictive_parity(rows));
    if (dpd && !one_class) {
      reason = fmt::format("no rate of a group and a profession rests on min_rows = {} test rows",
                           parameters.count("min_rows"));
    }
    const EqualisedOdds odds = equalised_odds(rows, parameters.count("min_rows"));
    write("true_positive_gap", odds.true_positive_gap);
    write("false_positive_gap", odds.false_positive_gap);
    facts.add("known_rows", Measurement::of(static_cast<double>(known), rows.size(), "rows",
                                            Direction::kDescriptive));
  }
  return output;
}

}  // namespace

extern const MetricEntry parity;
constinit const MetricEntry parity = {
    .id = "parity",
    .title = "Parity: do predicted professions differ between groups?",
    .reading =
        "0: the predicted professions are spread alike over the groups; 1: entirely different "
        "ones. Chance alone makes it larger than 0.",
    .formula =
        "For every profession triple in test the model's best profession of the person (other "
        "known ones removed), in six classes: the five most frequent professions and the rest. "
        "dpd = mean over values a of half the sum over classes t of |P(yhat = t | a) - P(yhat = "
        "t | other known values)|; dpd_compat = the same sum not halved, over classes that "
        "occur as truth and prediction, persons without a value among the others; ppd = mean "
        "over a of |accuracy(a) - accuracy(other known values)|; true_positive_gap and "
        "false_positive_gap = mean over a and t of the absolute rate differences.",
    .range = "dpd, ppd and the gaps in [0, 1]; dpd_compat in [0, 2]",
    .neutral = "0: predictions do not depend on the group",
    .direction = "lower is nearer to parity",
    .source =
        "Keidar et al. 2021 (kgbiasdetec), DPD and PPD; Hardt et al. 2016 (equalised odds). "
        "There a classifier on the embedding predicts, here the link predictor itself",
    .pitfalls =
        "An absolute distance is above 0 by sampling alone, the more so for small groups: "
        "compare systems on the same rows, not with 0 (docs/truth.md). More in "
        "docs/measures.md.",
    .parameters = &parity_parameters,
    .measure = &measure_parity,
    .groups_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
