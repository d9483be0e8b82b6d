#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/formulas/score_gap.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

constexpr std::size_t kPersonsPerPass = 256;

/// All that one pass over an attribute's persons gives, in the order of the persons.
struct PersonPass {
  std::vector<ScoreGapTerm> terms;
  std::vector<std::uint32_t> person_of_term;
  std::vector<double> kl;           ///< per person
  std::vector<double> best_true;    ///< per person with a candidate among the stated values
  std::vector<double> all_scores;   ///< every person x candidate
  std::vector<float> score_matrix;  ///< persons x candidates
  ScoreGapCounts counts;
};

PersonPass pass_over(const MetricContext& context, const datasets::PersonAttribute& attribute,
                     std::span<const EntityId> candidates) {
  const auto persons = attribute.train_persons();
  const std::size_t m = candidates.size();
  PersonPass result;
  result.score_matrix.resize(persons.size() * m);
  const std::size_t tasks = (persons.size() + kPersonsPerPass - 1) / kPersonsPerPass;
  context.pool.run(tasks, [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kPersonsPerPass;
    const std::size_t count = std::min(kPersonsPerPass, persons.size() - first);
    context.scorer.score_candidates(
        persons.subspan(first, count), attribute.source().relation, attribute.source().inverse,
        candidates, result.score_matrix.data() + first * m, m, context.own_vectors(attribute));
  });
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const std::span<const float> scores(result.score_matrix.data() + i * m, m);
    const auto stated = attribute.train_values(persons[i]);
    const auto known = attribute.all_values(persons[i]);
    add_score_gap_terms(scores, stated, known, result.terms, result.counts);
    result.person_of_term.resize(result.terms.size(), persons[i].value);
    result.kl.push_back(kl_from_uniform(scores));
    if (std::any_of(stated.begin(), stated.end(), [m](std::uint32_t v) { return v < m; })) {
      result.best_true.push_back(best_is_true(scores, known));
    }
    for (const float s : scores) result.all_scores.push_back(static_cast<double>(s));
  }
  return result;
}

/// Linear between the two neighbours (Hyndman and Fan 1996, type 7). `sorted` must not be empty.
double quantile_of_sorted(std::span<const float> sorted, double level) {
  const double place = level * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = place - static_cast<double>(below);
  return static_cast<double>(sorted[below]) * (1.0 - part) +
         static_cast<double>(sorted[above]) * part;
}

RawSeries series(const AttributeTask& task, const std::string& name) {
  return {"score_gap." + task.attribute.id() + name, "entity", {}, {}};
}

/// The mean of one member of the terms, its interval by persons.
void mean_term(AttributeTask& task, std::string_view name, const PersonPass& pass,
               double (*member)(const ScoreGapTerm&), const std::string& unit,
               Direction direction) {
  std::vector<double> values;
  for (const ScoreGapTerm& term : pass.terms) values.push_back(member(term));
  task.facts.add(name, estimate(mean(values), values.size(), unit, direction,
                                clustered_interval(values, pass.person_of_term, "persons")));
}

void standardised(AttributeTask& task, const PersonPass& pass) {
  const auto sd = sample_sd(pass.all_scores);
  if (!sd || !(*sd > 0.0) || !std::isfinite(*sd)) {
    task.facts.add("standardised", Measurement::undefined(
                                       sd && !std::isfinite(*sd) ? "a score is not finite"
                                                                 : "all candidate scores are equal",
                                       pass.terms.size(), "sd", Direction::kNearer));
    return;
  }
  std::vector<double> values;
  for (const ScoreGapTerm& term : pass.terms) values.push_back(term.gap / *sd);
  task.facts.add("standardised", estimate(mean(values), values.size(), "sd", Direction::kNearer,
                                          clustered_interval(values, pass.person_of_term,
                                                             "persons, sd held fixed")));
}

/// The mean over the values of the means of the terms' gaps, its interval by persons.
void macro(AttributeTask& task, std::string_view name, std::span<const double> gaps,
           const PersonPass& pass, std::size_t candidates, const std::string& unit,
           const std::string& interval_units) {
  const std::size_t min_group = task.parameters.count("min_group");
  std::vector<double> count(candidates, 0.0);
  std::vector<double> value_mean(candidates, 0.0);
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    count[pass.terms[i].value] += 1.0;
    value_mean[pass.terms[i].value] += gaps[i];
  }
  const auto takes_part = [&](std::size_t m) {
    return count[m] > 0.0 && count[m] >= static_cast<double>(min_group);
  };
  double sum = 0.0;
  double values = 0.0;
  for (std::size_t m = 0; m < candidates; ++m) {
    if (!takes_part(m)) continue;
    value_mean[m] /= count[m];
    sum += value_mean[m];
    values += 1.0;
  }
  if (values == 0.0) {
    task.facts.add(
        name, Measurement::undefined(fmt::format("no value has min_group = {} persons", min_group),
                                     0, unit, Direction::kNearer));
    return;
  }
  std::vector<double> influence;  // of each person; the terms of one stand together
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (i == 0 || pass.person_of_term[i] != pass.person_of_term[i - 1]) influence.push_back(0.0);
    const std::uint32_t m = pass.terms[i].value;
    if (takes_part(m)) influence.back() += (gaps[i] - value_mean[m]) / (count[m] * values);
  }
  task.facts.add(name, estimate(sum / values, gaps.size(), unit, Direction::kNearer,
                                influence_interval(sum / values, influence, interval_units)));
}

/// The gap measured by how much persons differ: in the pooled deviation of the scores of one value
/// over persons. What is common to all persons' scores of a value is not in the unit.
void in_person_sds(AttributeTask& task, const PersonPass& pass, std::size_t candidates) {
  const auto sd = pooled_sd_over_persons(pass.score_matrix, candidates);
  if (!sd || !(*sd > 0.0) || !std::isfinite(*sd)) {
    constexpr std::array<std::string_view, 2> kBoth = {"in_person_sds", "in_person_sds_macro"};
    task.facts.undefined(kBoth,
                         sd && !std::isfinite(*sd) ? "a score is not finite"
                                                   : "each value has one score for all persons",
                         pass.terms.size(), "sd");
    return;
  }
  std::vector<double> gaps;
  for (const ScoreGapTerm& term : pass.terms) gaps.push_back(term.gap / *sd);
  task.facts.add("in_person_sds",
                 estimate(mean(gaps), gaps.size(), "sd", Direction::kNearer,
                          clustered_interval(gaps, pass.person_of_term, "persons, sd held fixed")));
  macro(task, "in_person_sds_macro", gaps, pass, candidates, "sd", "persons, sd held fixed");
}

void headlines(AttributeTask& task, const PersonPass& pass) {
  mean_term(
      task, "micro", pass, [](const ScoreGapTerm& t) { return t.gap; }, "score",
      Direction::kNearer);
  mean_term(
      task, "probability", pass, [](const ScoreGapTerm& t) { return t.probability; }, "",
      Direction::kLower);
  mean_term(
      task, "excess_probability", pass,
      [](const ScoreGapTerm& t) { return t.probability - t.chance; }, "", Direction::kNearer);
  mean_term(
      task, "within_person_auc", pass, [](const ScoreGapTerm& t) { return t.auc; }, "",
      Direction::kNearer);
  task.facts.add("kl_from_uniform",
                 mean_measurement(pass.kl, "persons", "nats", Direction::kLower));
  standardised(task, pass);
}

void by_value(AttributeTask& task, const PersonPass& pass, std::size_t candidates) {
  const std::size_t min_group = task.parameters.count("min_group");
  std::vector<std::vector<double>> gaps(candidates);
  for (const ScoreGapTerm& term : pass.terms) gaps[term.value].push_back(term.gap);
  for (std::size_t m = 0; m < candidates; ++m) {
    const Facets value = {{"value", task.value_name(m)}};
    if (gaps[m].size() < min_group) {
      task.facts.add("by_value",
                     Measurement::undefined(fmt::format("{} persons: fewer than min_group = {}",
                                                        gaps[m].size(), min_group),
                                            gaps[m].size(), "score", Direction::kNearer),
                     value);
      continue;
    }
    task.facts.add("by_value", mean_measurement(gaps[m], "persons", "score", Direction::kNearer),
                   value);
  }
  std::vector<double> all;
  for (const ScoreGapTerm& term : pass.terms) all.push_back(term.gap);
  macro(task, "macro", all, pass, candidates, "score", "persons");
}

void accuracy(AttributeTask& task, const PersonPass& pass, std::size_t candidates) {
  const std::uint64_t n = pass.best_true.size();
  // The best answer that knows nothing of a person: the commonest value, right for all who have it.
  std::vector<double> has_value(candidates, 0.0);
  std::uint64_t persons = 0;
  for (const EntityId p : task.attribute.train_persons()) {
    const auto stated = task.attribute.train_values(p);
    const auto is_candidate = [&](std::uint32_t v) { return v < candidates; };
    if (std::none_of(stated.begin(), stated.end(), is_candidate)) continue;
    ++persons;
    for (const std::uint32_t v : task.attribute.all_values(p)) {
      if (v < candidates) has_value[v] += 1.0;
    }
  }
  const double majority =
      *std::max_element(has_value.begin(), has_value.end()) / static_cast<double>(persons);
  const double accuracy = mean(pass.best_true);
  const auto interval = wilson_interval(accuracy * static_cast<double>(n), n, "persons");
  task.facts.add("accuracy", estimate(accuracy, n, "", Direction::kDescriptive, interval));
  task.facts.add("majority", estimate(majority, n, "", Direction::kDescriptive));
  task.facts.add("excess_accuracy",
                 estimate(accuracy - majority, n, "", Direction::kNearer,
                          Interval{interval.low - majority, interval.high - majority,
                                   interval.level, interval.method + ", majority held fixed"}));
}

void skipped(AttributeTask& task, const PersonPass& pass) {
  const ScoreGapCounts& counts = pass.counts;
  const std::uint64_t stated = pass.terms.size() + counts.outside_candidates + counts.nothing_false;
  const auto add = [&](std::string_view name, std::uint64_t count) {
    task.facts.add(name, Measurement::of(static_cast<double>(count), stated, "values",
                                         Direction::kDescriptive));
  };
  add("skipped_outside_candidates", counts.outside_candidates);
  add("skipped_nothing_false", counts.nothing_false);
}

/// Five quantiles of the scores of value `of` over the persons with value `given`.
void quantiles(AttributeTask& task, std::size_t of, std::size_t given, std::vector<float> scores) {
  if (!std::all_of(scores.begin(), scores.end(), [](float s) { return std::isfinite(s); })) {
    return;  // the micro gap already says that it is not finite
  }
  std::sort(scores.begin(), scores.end());
  for (const char* level : {"0.05", "0.25", "0.5", "0.75", "0.95"}) {
    task.facts.add(
        "score_quantile",
        scores.empty() ? Measurement::undefined("no person has this value alone", 0, "score",
                                                Direction::kDescriptive)
                       : estimate(quantile_of_sorted(scores, *parse_double(level)), scores.size(),
                                  "score", Direction::kDescriptive),
        {{"of", task.value_name(of)}, {"given", task.value_name(given)}, {"quantile", level}});
  }
}

/// The mean gap of every person, and of how many stated values it is the mean: the micro gap counts
/// every value.
void keep_gaps(AttributeTask& task, const PersonPass& pass) {
  RawSeries gaps = series(task, "");
  RawSeries values = series(task, ".values");
  for (std::size_t i = 0; i < pass.terms.size();) {
    const std::uint32_t person = pass.person_of_term[i];
    double sum = 0.0;
    double count = 0.0;
    for (; i < pass.terms.size() && pass.person_of_term[i] == person; ++i) {
      sum += pass.terms[i].gap;
      count += 1.0;
    }
    gaps.ids.push_back(person);
    gaps.values.push_back(static_cast<float>(sum / count));
    values.ids.push_back(person);
    values.values.push_back(static_cast<float>(count));
  }
  task.output.raw.push_back(std::move(gaps));
  task.output.raw.push_back(std::move(values));
}

/// The scores of both values by true value: Fisher et al.'s distributions S(F|F), S(F|M).
void keep_scores(AttributeTask& task, const PersonPass& pass) {
  for (std::size_t of = 0; of < 2; ++of) {
    for (std::size_t given = 0; given < 2; ++given) {
      RawSeries scores =
          series(task, ".score_of:" + task.value_name(of) + ".given:" + task.value_name(given));
      const auto persons = task.attribute.train_persons();
      for (std::size_t i = 0; i < persons.size(); ++i) {
        const auto stated = task.attribute.train_values(persons[i]);
        if (stated.size() != 1 || stated[0] != given) continue;
        scores.ids.push_back(persons[i].value);
        scores.values.push_back(pass.score_matrix[i * 2 + of]);
      }
      quantiles(task, of, given, scores.values);
      task.output.raw.push_back(std::move(scores));
    }
  }
}

void measure_attribute(AttributeTask& task) {
  const datasets::PersonAttribute& attribute = task.attribute;
  const std::size_t wanted =
      task.parameters.count(attribute.id() == "gender" ? "top_m_gender" : "top_m");
  const auto counts = attribute.train_counts();
  const auto stated = static_cast<std::size_t>(
      std::count_if(counts.begin(), counts.end(), [](std::uint32_t c) { return c > 0; }));
  const std::size_t m = std::min(wanted, stated);
  const auto undefined = [&](const std::string& reason) {
    constexpr std::array<std::string_view, 6> kHeadlines = {
        "micro",          "macro", "standardised", "in_person_sds", "in_person_sds_macro",
        "excess_accuracy"};
    task.facts.undefined(kHeadlines, reason, 0, "score");
  };
  if (m < 2) return undefined(fmt::format("{} value(s) stated in train: a gap needs 2", m));
  const PersonPass pass = pass_over(task.context, attribute, attribute.values().first(m));
  skipped(task, pass);
  if (pass.terms.empty()) return undefined("no person has a true and a false candidate");
  headlines(task, pass);
  in_person_sds(task, pass, m);
  by_value(task, pass, m);
  accuracy(task, pass, m);
  keep_gaps(task, pass);
  if (m == 2) keep_scores(task, pass);
}

std::span<const ParameterSpec> score_gap_parameters() {
  static const std::array table = {
      ParameterSpec::integer(
          "top_m", 30, 2, 100000, "values",
          "How many of an attribute's most frequent values in train are candidates"),
      ParameterSpec::integer("top_m_gender", 2, 2, 100000, "values",
                             "How many are candidates for the attribute with the id gender"),
      ParameterSpec::integer("min_group", 10, 1, 1000000, "persons",
                             "Values with fewer persons get no figure of their own and do not "
                             "enter the macro mean"),
  };
  return table;
}

MetricOutput measure_score_gap(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "score_gap", &measure_attribute);
}

}  // namespace

extern const MetricEntry score_gap;
constinit const MetricEntry score_gap = {
    .id = "score_gap",
    .title = "Score gap: how strongly a person's score tells the true sensitive value",
    .reading =
        "0: a person's true value gets no higher score than the others. The larger, the more "
        "strongly it does; in score units, so models of other scores cannot be compared by it.",
    .formula =
        "dS_j = mean over persons p and their true values m* of g(E_p, R_j, E_m*) - mean_m "
        "g(E_p, R_j, E_m) over the false candidates m; candidates are the 30 most frequent "
        "values in train (2 for gender); no attribute vectors take part (in a row [whole]: the "
        "person's own of the attribute). micro: mean over "
        "persons (the paper's figure); macro: mean over values of their means; standardised: "
        "micro / sd of all candidate scores; in_person_sds, in_person_sds_macro: micro and macro / "
        "pooled sd over persons of the scores of one value; probability: softmax probability of m* "
        "among m* and the false candidates; within_person_auc: P(g true > g false) for one person, "
        "ties a half (persons are compared by question.auc_micro); excess_accuracy: accuracy "
        "of the best candidate less the share of the commonest value; kl_from_uniform: KL of "
        "the uniform distribution from the softmax over all candidates; score_quantile (two "
        "candidates only): quantiles of g(E_p, R_j, of) over the persons with value given.",
    .range =
        "gaps unbounded, in score units; probability, within_person_auc in [0, 1]; kl_from_uniform "
        ">= 0",
    .neutral = "0 (within_person_auc: 0.5; probability: 1 / candidates, so excess_probability 0)",
    .direction = "nearer to 0 is less biased; a negative gap is over-corrected, not better",
    .source =
        "Fisher, Mittal, Palfrey, Christodoulopoulos 2020 (EMNLP, Debiasing knowledge graph "
        "embeddings), section 4.3 and table 5; companions are this project's",
    .pitfalls =
        "It asks whether the attribute is known, not what it decides: a graph that states the "
        "attribute does not give 0 (docs/truth.md). Raw gaps grow with the norm of the embedding, "
        "and shifts of whole values move them: compare systems by question. More in "
        "docs/measures.md.",
    .parameters = &score_gap_parameters,
    .measure = &measure_score_gap,
    .vectors = VectorUse::kAttacks,
};

}  // namespace kgaudit::metrics::measures_roster
