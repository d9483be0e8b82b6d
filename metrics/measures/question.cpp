#include <array>
#include <string>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/asked_persons.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/formulas/question.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

/// The question about one attribute, asked of one set of persons.
class AttributeQuestion {
 public:
  AttributeQuestion(AttributeTask& task, const char* set, AskedPersons asked)
      : task_(task),
        set_(set),
        asked_(std::move(asked)),
        candidates_(task.attribute.values()),
        min_group_(task.parameters.count("min_group")) {}

  void measure() {
    add("persons",
        Measurement::of(static_cast<double>(n()), n(), "persons", Direction::kDescriptive));
    if (candidates_.size() < 2) {
      return undefined(
          fmt::format("{} value(s) in the graph: a question needs 2", candidates_.size()));
    }
    if (n() < min_group_) {
      return undefined(fmt::format("{} person(s): fewer than min_group = {}", n(), min_group_));
    }
    const QuestionAnswers answers = answer_question(
        asked_, candidates_.size(), min_group_,
        [this](std::size_t begin, std::size_t end, std::size_t first, std::size_t last,
               float* out) {
          const auto& source = task_.attribute.source();
          task_.context.scorer.score_candidates(
              std::span(asked_.persons).subspan(begin, end - begin), source.relation,
              source.inverse, candidates_.subspan(first, last - first), out, last - first,
              task_.context.own_vectors(task_.attribute));
        },
        task_.context.pool);
    if (!answers.finite) return undefined("a score is not finite");
    areas(answers);
    accuracy(answers);
    keep(answers);
  }

 private:
  [[nodiscard]] std::uint64_t n() const { return asked_.size(); }
  void add(std::string_view name, Measurement measurement, Facets facets = {}) {
    facets["persons"] = set_;
    task_.facts.add(name, std::move(measurement), std::move(facets));
  }
  void undefined(const std::string& reason) {
    constexpr std::array<std::string_view, 8> kHeadlines = {"auc_micro",
                                                            "auc_macro",
                                                            "accuracy",
                                                            "excess_accuracy",
                                                            "balanced_accuracy",
                                                            "excess_balanced_accuracy",
                                                            "centred_balanced_accuracy",
                                                            "excess_centred_balanced_accuracy"};
    task_.facts.undefined(kHeadlines, reason, n(), "", Direction::kNearer, {{"persons", set_}});
  }

  void areas(const QuestionAnswers& answers) {
    if (answers.values.empty()) {
      const std::string reason = "all persons have the same value";
      add("auc_micro", Measurement::undefined(reason, n(), "", Direction::kNearer));
      add("auc_macro", Measurement::undefined(reason, n(), "", Direction::kNearer));
      return;
    }
    add("auc_micro",
        estimate(answers.auc_micro, n(), "", Direction::kNearer,
                 influence_interval(answers.auc_micro, answers.micro_influence, "persons")));
    add("auc_macro",
        answers.auc_macro
            ? estimate(*answers.auc_macro, n(), "", Direction::kNearer,
                       influence_interval(*answers.auc_macro, answers.macro_influence, "persons"))
            : Measurement::undefined(
                  fmt::format("no value has min_group = {} persons with it and as many without it",
                              min_group_),
                  n(), "", Direction::kNearer));
    for (const ValueAuc& value : answers.values) {
      if (value.with < min_group_ || value.without < min_group_) continue;
      add("auc_by_value", estimate(value.auc, value.with, "", Direction::kNearer),
          {{"value", task_.value_name(value.value)}});
    }
  }

  void accuracy(const QuestionAnswers& answers) {
    const ConstantAnswer constant = constant_answer(asked_, candidates_.size());
    const double majority = mean(constant.correct);
    const double share = mean(answers.correct);
    const Interval interval = wilson_interval(share * static_cast<double>(n()), n(), "persons");
    add("accuracy", estimate(share, n(), "", Direction::kDescriptive, interval));
    add("majority", estimate(majority, n(), "", Direction::kDescriptive));
    add("excess_accuracy",
        estimate(share - majority, n(), "", Direction::kNearer,
                 Interval{interval.low - majority, interval.high - majority, interval.level,
                          interval.method + ", majority held fixed"}));

    balanced("", answers.correct, constant.correct, "the constant answer");
    balanced("centred_", answers.centred_correct, chance_answer(asked_, candidates_.size()),
             "chance");
  }

  /// The balanced accuracy of answers and by how much it exceeds that of answers which know nothing
  /// of the person.
  void balanced(std::string_view kind, std::span<const double> correct,
                std::span<const double> of_nothing, std::string_view nothing) {
    const std::string name = fmt::format("{}balanced_accuracy", kind);
    const std::string excess = fmt::format("excess_{}", name);
    const BalancedAccuracy of = balanced_accuracy(asked_, candidates_.size(), min_group_, correct);
    if (of.values < 2) {
      const std::string reason = fmt::format(
          "{} value(s) with min_group = {} persons: 2 are needed", of.values, min_group_);
      add(name, Measurement::undefined(reason, n(), "", Direction::kDescriptive));
      add(excess, Measurement::undefined(reason, n(), "", Direction::kNearer));
      return;
    }
    const double above =
        of.value - balanced_accuracy(asked_, candidates_.size(), min_group_, of_nothing).value;
    add(name, estimate(of.value, n(), "", Direction::kDescriptive,
                       influence_interval(of.value, of.influence, "persons")));
    add(excess, estimate(above, n(), "", Direction::kNearer,
                         influence_interval(above, of.influence,
                                            fmt::format("persons, {} held fixed", nothing))));
  }

  void keep(const QuestionAnswers& answers) {
    const std::string name = fmt::format("question.{}.{}", task_.attribute.id(), set_);
    RawSeries correct{name + ".correct", "entity", {}, {}};
    RawSeries placement{name + ".placement", "entity", {}, {}};
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      correct.ids.push_back(asked_.persons[i].value);
      correct.values.push_back(static_cast<float>(answers.correct[i]));
      if (!answers.placement[i]) continue;
      placement.ids.push_back(asked_.persons[i].value);
      placement.values.push_back(static_cast<float>(*answers.placement[i]));
    }
    task_.output.raw.push_back(std::move(correct));
    task_.output.raw.push_back(std::move(placement));
  }

  AttributeTask& task_;
  const char* set_;
  AskedPersons asked_;
  std::span<const EntityId> candidates_;
  std::size_t min_group_;
};

std::span<const ParameterSpec> question_parameters() {
  static const std::array table = {
      ParameterSpec::integer("min_group", 10, 1, 1000000, "persons",
                             "Values with fewer persons get no figure of their own and do not "
                             "enter macro means; a set of fewer persons is not asked"),
  };
  return table;
}

MetricOutput measure_question(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "question", [](AttributeTask& task) {
    AttributeQuestion(task, "stated", stated_in_train(task.attribute)).measure();
    AttributeQuestion(task, "held_out", unseen_in_train(task.context.data, task.attribute))
        .measure();
  });
}

}  // namespace

extern const MetricEntry question;
constinit const MetricEntry question = {
    .id = "question",
    .title = "The question (person, R, ?): does the answer depend on the person?",
    .reading =
        "AUC .5, and 0 points over the majority: the model's answer to \"what gender is this "
        "person?\" does not depend on the person. Above: it knows, for so many more persons than a "
        "constant answer.",
    .formula =
        "All values of the attribute are candidates; no attribute vectors take part (in a row "
        "[whole]: the person's own of the attribute). auc_by_value "
        "of a value m: P(g(p, R, m) > g(q, R, m)) over persons p who have m and q who have another "
        "known value and not m, ties a half; auc_micro: their mean weighted by the number of p; "
        "auc_macro: plain mean over values with min_group persons on both sides. accuracy: share "
        "of persons whose best candidate is true of them (of several true values any counts; a "
        "tie for the best counts by the share of true ones in it); majority: accuracy of the one "
        "answer that fits most of the same persons; excess_accuracy = accuracy - majority; "
        "balanced_accuracy: mean over values of the accuracy among the persons who have the value; "
        "excess_balanced_accuracy: less that of the majority's answer; centred_balanced_accuracy: "
        "the "
        "same of the candidate whose score lies highest above its mean over the persons, its "
        "excess "
        "less that of random answers. persons = stated: the value "
        "stands in train; held_out: training did not see it.",
    .range = "auc, accuracy, majority, balanced_accuracy in [0, 1]; excesses in [-1, 1]",
    .neutral = "auc: 0.5; excess_accuracy and excess_balanced_accuracy: 0",
    .direction =
        "nearer to the neutral value is less biased; an excess below 0 is over-corrected, not "
        "better",
    .source = "this project; AUC and its intervals: DeLong, DeLong, Clarke-Pearson 1988",
    .pitfalls =
        "A constant added to all scores of a value changes accuracy and balanced_accuracy, but "
        "neither auc nor centred_balanced_accuracy: read both. auc says nothing of how large the "
        "differences are: see score_gap. More in docs/measures.md.",
    .parameters = &question_parameters,
    .measure = &measure_question,
    .vectors = VectorUse::kAttacks,
};

}  // namespace kgaudit::metrics::measures_roster
