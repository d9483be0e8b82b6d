#include "metrics/formulas/score_gap.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::metrics {
namespace {

constexpr std::size_t kPersonsPerTask = 256;

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
  const std::size_t tasks = (persons.size() + kPersonsPerTask - 1) / kPersonsPerTask;
  context.pool.run(tasks, [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kPersonsPerTask;
    const std::size_t count = std::min(kPersonsPerTask, persons.size() - first);
    context.scorer.score_candidates(persons.subspan(first, count), attribute.source().relation,
                                    attribute.source().inverse, candidates,
                                    result.score_matrix.data() + first * m, m);
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

/// Writes the facts of one attribute.
class AttributeFacts {
 public:
  AttributeFacts(MetricOutput& output, const MetricContext& context,
                 const datasets::PersonAttribute& attribute)
      : output_(output), context_(context), attribute_(attribute) {}

  void add(const char* name, Measurement measurement, const std::string& value = "") {
    std::map<std::string, std::string> facets = {{"attribute", attribute_.id()}};
    if (!value.empty()) facets["value"] = value;
    output_.facts.push_back(
        {std::string("score_gap.") + name, std::move(facets), std::move(measurement)});
  }
  [[nodiscard]] const std::string& value_name(std::size_t value) const {
    return context_.data.graph.entities().name(attribute_.values()[value].value);
  }
  [[nodiscard]] RawSeries series(std::string name) const {
    return {"score_gap." + attribute_.id() + std::move(name), "entity", {}, {}};
  }
  /// The mean of one member of the terms, its interval by persons.
  void mean_term(const char* name, const PersonPass& pass, double (*member)(const ScoreGapTerm&),
                 const std::string& unit, Direction direction) {
    std::vector<double> values;
    for (const ScoreGapTerm& term : pass.terms) values.push_back(member(term));
    add(name, estimate(mean(values), values.size(), unit, direction,
                       clustered_interval(values, pass.person_of_term, "persons")));
  }
  void headlines(const PersonPass& pass) {
    const auto gap = [](const ScoreGapTerm& t) { return t.gap; };
    mean_term("micro", pass, gap, "score", Direction::kNearer);
    mean_term(
        "probability", pass, [](const ScoreGapTerm& t) { return t.probability; }, "",
        Direction::kLower);
    mean_term(
        "excess_probability", pass, [](const ScoreGapTerm& t) { return t.probability - t.chance; },
        "", Direction::kNearer);
    mean_term(
        "auc", pass, [](const ScoreGapTerm& t) { return t.auc; }, "", Direction::kNearer);
    add("kl_from_uniform", mean_measurement(pass.kl, "persons", "nats", Direction::kLower));
    standardised(pass);
  }
  void by_value(const PersonPass& pass, std::size_t candidates, std::size_t min_group) {
    std::vector<std::vector<double>> gaps(candidates);
    for (const ScoreGapTerm& term : pass.terms) gaps[term.value].push_back(term.gap);
    std::vector<double> means;
    for (std::size_t m = 0; m < candidates; ++m) {
      if (gaps[m].size() < min_group) {
        add("by_value",
            Measurement::undefined(
                fmt::format("{} persons: fewer than min_group = {}", gaps[m].size(), min_group),
                gaps[m].size(), "score", Direction::kNearer),
            value_name(m));
        continue;
      }
      means.push_back(mean(gaps[m]));
      add("by_value", mean_measurement(gaps[m], "persons", "score", Direction::kNearer),
          value_name(m));
    }
    if (means.empty()) {
      add("macro",
          Measurement::undefined(fmt::format("no value has min_group = {} persons", min_group), 0,
                                 "score", Direction::kNearer));
    } else {
      add("macro", mean_measurement(means, "values", "score", Direction::kNearer));
    }
  }
  void accuracy(const PersonPass& pass, std::size_t candidates) {
    const std::uint64_t n = pass.best_true.size();
    // The best answer that knows nothing of a person: the commonest value, right for all who have
    // it.
    std::vector<double> has_value(candidates, 0.0);
    std::uint64_t persons = 0;
    for (const EntityId p : attribute_.train_persons()) {
      bool counted = false;
      for (const std::uint32_t v : attribute_.train_values(p)) {
        if (v < candidates) counted = true;
      }
      if (!counted) continue;
      ++persons;
      for (const std::uint32_t v : attribute_.all_values(p)) {
        if (v < candidates) has_value[v] += 1.0;
      }
    }
    const double majority =
        *std::max_element(has_value.begin(), has_value.end()) / static_cast<double>(persons);
    const double accuracy = mean(pass.best_true);
    const auto interval = wilson_interval(accuracy * static_cast<double>(n), n, "persons");
    add("accuracy", estimate(accuracy, n, "", Direction::kDescriptive, interval));
    add("majority", estimate(majority, n, "", Direction::kDescriptive));
    add("excess_accuracy",
        estimate(accuracy - majority, n, "", Direction::kNearer,
                 Interval{interval.low - majority, interval.high - majority, interval.level,
                          interval.method + ", majority held fixed"}));
  }
  void skipped(const PersonPass& pass) {
    const std::uint64_t stated =
        pass.terms.size() + pass.counts.outside_candidates + pass.counts.nothing_false;
    add("skipped_outside_candidates",
        Measurement::of(static_cast<double>(pass.counts.outside_candidates), stated, "values",
                        Direction::kDescriptive));
    add("skipped_nothing_false", Measurement::of(static_cast<double>(pass.counts.nothing_false),
                                                 stated, "values", Direction::kDescriptive));
  }
  /// The mean gap of every person, and for two candidates the scores themselves, by true value:
  /// Fisher et al.'s distributions S(F|F), S(F|M).
  void raw(const PersonPass& pass, std::size_t candidates) {
    RawSeries gaps = series("");
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
    }
    output_.raw.push_back(std::move(gaps));
    if (candidates != 2) return;
    for (std::size_t of = 0; of < 2; ++of) {
      for (std::size_t given = 0; given < 2; ++given) {
        RawSeries scores = series(".score_of:" + value_name(of) + ".given:" + value_name(given));
        const auto persons = attribute_.train_persons();
        for (std::size_t i = 0; i < persons.size(); ++i) {
          const auto stated = attribute_.train_values(persons[i]);
          if (stated.size() != 1 || stated[0] != given) continue;
          scores.ids.push_back(persons[i].value);
          scores.values.push_back(pass.score_matrix[i * 2 + of]);
        }
        quantiles(of, given, scores.values);
        output_.raw.push_back(std::move(scores));
      }
    }
  }

 private:
  /// Five quantiles of the scores of value `of` over the persons with value `given`.
  void quantiles(std::size_t of, std::size_t given, std::vector<float> scores) {
    if (!std::all_of(scores.begin(), scores.end(), [](float s) { return std::isfinite(s); })) {
      return;  // the micro gap already says that it is not finite
    }
    std::sort(scores.begin(), scores.end());
    for (const char* level : {"0.05", "0.25", "0.5", "0.75", "0.95"}) {
      const double q = *parse_double(level);
      const std::map<std::string, std::string> facets = {{"attribute", attribute_.id()},
                                                         {"of", value_name(of)},
                                                         {"given", value_name(given)},
                                                         {"quantile", level}};
      output_.facts.push_back({"score_gap.score_quantile", facets,
                               scores.empty()
                                   ? Measurement::undefined("no person has this value alone", 0,
                                                            "score", Direction::kDescriptive)
                                   : estimate(quantile_of_sorted(scores, q), scores.size(), "score",
                                              Direction::kDescriptive)});
    }
  }
  void standardised(const PersonPass& pass) {
    const auto sd = sample_sd(pass.all_scores);
    if (!sd || !(*sd > 0.0)) {
      add("standardised", Measurement::undefined("all candidate scores are equal",
                                                 pass.terms.size(), "sd", Direction::kNearer));
      return;
    }
    std::vector<double> values;
    for (const ScoreGapTerm& term : pass.terms) values.push_back(term.gap / *sd);
    add("standardised",
        estimate(mean(values), values.size(), "sd", Direction::kNearer,
                 clustered_interval(values, pass.person_of_term, "persons, sd held fixed")));
  }

  MetricOutput& output_;
  const MetricContext& context_;
  const datasets::PersonAttribute& attribute_;
};

std::span<const ParameterSpec> parameters() {
  static const std::array table = {
      ParameterSpec::integer("top_m", 30, 2, 100000, "values",
                             "Candidates: the most frequent values of an attribute in train."),
      ParameterSpec::integer("top_m_gender", 2, 2, 100000, "values",
                             "The same for the attribute with the id gender."),
      ParameterSpec::integer("min_group", 10, 1, 1000000, "persons",
                             "Values with fewer persons get no figure of their own and do not "
                             "enter the macro mean."),
  };
  return table;
}

MetricOutput measure(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    AttributeFacts facts(output, context, attribute);
    const std::size_t wanted =
        parameters.count(attribute.id() == "gender" ? "top_m_gender" : "top_m");
    const auto counts = attribute.train_counts();
    const auto stated = static_cast<std::size_t>(
        std::count_if(counts.begin(), counts.end(), [](std::uint32_t c) { return c > 0; }));
    const std::size_t m = std::min(wanted, stated);
    const auto undefined = [&](const std::string& reason) {
      for (const char* name : {"micro", "macro", "standardised", "excess_accuracy"}) {
        facts.add(name, Measurement::undefined(reason, 0, "score", Direction::kNearer));
      }
    };
    if (m < 2) {
      undefined(fmt::format("{} value(s) stated in train: a gap needs 2", m));
      continue;
    }
    const PersonPass pass = pass_over(context, attribute, attribute.values().first(m));
    facts.skipped(pass);
    if (pass.terms.empty()) {
      undefined("no person has a true and a false candidate");
      continue;
    }
    facts.headlines(pass);
    facts.by_value(pass, m, parameters.count("min_group"));
    facts.accuracy(pass, m);
    facts.raw(pass, m);
  }
  return output;
}

}  // namespace

const MetricEntry& score_gap_metric() {
  static const MetricEntry entry = {
      .id = "score_gap",
      .title = "Score gap: how strongly a person's score tells the true sensitive value",
      .formula =
          "dS_j = mean over persons p and their true values m* of g(E_p, R_j, E_m*) - mean_m "
          "g(E_p, R_j, E_m) over the false candidates m; candidates are the 30 most frequent "
          "values in train (2 for gender); no attribute vectors take part. micro: mean over "
          "persons (the paper's figure); macro: mean over values of their means; standardised: "
          "micro / sd of all candidate scores; probability: softmax probability of m* among m* and "
          "the false candidates; auc: P(g true > g false), ties a half; excess_accuracy: accuracy "
          "of the best candidate less the share of the commonest value; kl_from_uniform: KL of "
          "the uniform distribution from the softmax over all candidates; score_quantile (two "
          "candidates only): quantiles of g(E_p, R_j, of) over the persons with value given.",
      .range = "gaps unbounded, in score units; probability, auc in [0, 1]; kl_from_uniform >= 0",
      .neutral = "0 (auc: 0.5; probability: 1 / candidates, so excess_probability 0)",
      .direction = "nearer to 0 is less biased; a negative gap is over-corrected, not better",
      .source =
          "Fisher, Mittal, Palfrey, Christodoulopoulos 2020 (EMNLP, Debiasing knowledge graph "
          "embeddings), section 4.3 and table 5; companions are this project's",
      .pitfalls =
          "Raw gaps scale with the norm of the embedding: compare systems by standardised, auc or "
          "probability, and raw gaps only between systems with the same score and scale. Micro is "
          "ruled by the majority group: read macro and by_value with it. Not in the paper: values "
          "outside the candidates are skipped and counted; a person's other true values (from "
          "train, valid or test) are never false candidates. A gap of 0 does not mean that the "
          "attribute has left the embedding: see leakage. It asks whether the attribute is known, "
          "not what it decides: on planted-people (docs/truth.md) standardised is 1.40 with gender "
          "independent of profession and 1.39 at full strength, auc .997 and .996, and no "
          "interval of 40 holds the neutral value: 0 is not to be expected of an unbiased graph "
          "that states the attribute.",
      .parameters = &parameters,
      .measure = &measure,
  };
  return entry;
}

}  // namespace kgaudit::metrics
