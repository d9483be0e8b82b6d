#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/cross_validation.hpp"
#include "metrics/formulas/labelled_persons.hpp"
#include "metrics/formulas/probe_quality.hpp"
#include "metrics/formulas/train_degrees.hpp"
#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

FeatureMatrix row_features(const MetricContext& context, std::span<const EntityId> persons) {
  FeatureMatrix features(static_cast<Eigen::Index>(persons.size()),
                         static_cast<Eigen::Index>(context.scorer.dimension()));
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const auto row = context.scorer.entity_row(persons[i]);
    std::copy(row.begin(), row.end(), features.row(static_cast<Eigen::Index>(i)).data());
  }
  return features;
}

FeatureMatrix degree_features(const MetricContext& context, std::span<const EntityId> persons) {
  const std::vector<Degree> degrees = train_degrees(context.data.graph);
  FeatureMatrix features(static_cast<Eigen::Index>(persons.size()), 2);
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const Degree& degree = degrees[persons[i].index()];
    features(static_cast<Eigen::Index>(i), 0) = std::log1p(static_cast<float>(degree.as_head));
    features(static_cast<Eigen::Index>(i), 1) = std::log1p(static_cast<float>(degree.as_tail));
  }
  return features;
}

/// A baseline is a property of the data, not of the embedding.
Direction direction_of(const ProbeEntry& probe) {
  return probe.baseline ? Direction::kDescriptive : Direction::kLower;
}

/// All probes in the order in which they are fitted, and their facts written: slow ones first.
std::vector<const ProbeEntry*> slow_ones_first() {
  std::vector<const ProbeEntry*> order(probes().begin(), probes().end());
  std::stable_partition(order.begin(), order.end(), [](const ProbeEntry* p) { return p->slow; });
  return order;
}

/// The probes of one run over one attribute's persons.
class AttributeProbes {
 public:
  explicit AttributeProbes(AttributeTask& task) : task_(task) {}

  void measure() {
    persons_ =
        stated_persons(task_.attribute, task_.context.seed, task_.parameters.count("max_persons"),
                       task_.parameters.count("min_group"));
    classes_ = static_cast<std::uint32_t>(persons_.values.size());
    count("persons", persons_.persons.size(), "persons");
    count("classes", classes_, "values");
    count("dropped_many_values", persons_.with_many_values, "persons");
    count("dropped_small_groups", persons_.in_small_groups, "persons");
    count("dropped_over_max_persons", persons_.over_the_cap, "persons");
    if (classes_ < 2) {
      undefined(fmt::format("{} value(s) with at least min_group = {} persons: a probe needs 2",
                            classes_, task_.parameters.count("min_group")));
      return;
    }
    rows_ = row_features(task_.context, persons_.persons);
    if (!rows_.allFinite()) {
      undefined("an entity row holds a value that is not finite");
      return;
    }
    degrees_ = degree_features(task_.context, persons_.persons);
    stated();
    if (task_.parameters.flag("held_out")) held_out();
  }

 private:
  void add(std::string_view name, Measurement measurement, std::string_view probe,
           const char* persons = "stated") {
    Facets facets = {{"persons", persons}};
    if (!probe.empty()) facets["probe"] = probe;
    task_.facts.add(name, std::move(measurement), std::move(facets));
  }
  void count(std::string_view name, std::uint64_t value, const char* unit,
             const char* persons = "stated") {
    add(name, Measurement::of(static_cast<double>(value), value, unit, Direction::kDescriptive), "",
        persons);
  }
  void undefined(const std::string& reason) {
    for (const char* name : {"accuracy", "balanced_accuracy", "macro_f1", "bits"}) {
      for (const ProbeEntry* probe : probes()) {
        add(name, Measurement::undefined(reason, persons_.persons.size(), "", direction_of(*probe)),
            probe->id);
      }
    }
  }
  void quality(const ProbeEntry& probe, const ProbeQuality& q, const ProbeQuality& majority,
               const char* persons) {
    const std::uint64_t n = q.correct.size();
    const auto hits = q.accuracy * static_cast<double>(n);
    const Direction direction = direction_of(probe);
    add("accuracy", estimate(q.accuracy, n, "", direction, wilson_interval(hits, n, "persons")),
        probe.id, persons);
    add("balanced_accuracy", estimate(q.balanced_accuracy, n, "", direction), probe.id, persons);
    add("macro_f1", estimate(q.macro_f1, n, "", direction), probe.id, persons);
    if (probe.id == kMajorityProbe) return;
    std::vector<double> excess(q.correct.size());
    std::vector<double> bits(q.correct.size());
    for (std::size_t i = 0; i < q.correct.size(); ++i) {
      excess[i] = q.correct[i] - majority.correct[i];
      bits[i] = majority.cross_entropy[i] - q.cross_entropy[i];
    }
    add("excess_accuracy", mean_measurement(excess, "persons", "", Direction::kNearer), probe.id,
        persons);
    add("bits", mean_measurement(bits, "persons", "bits", direction), probe.id, persons);
    if (q.auc) add("auc", estimate(*q.auc, n, "", direction), probe.id, persons);
  }

  [[nodiscard]] Rng stream(std::string_view purpose, std::uint64_t index = 0) const {
    return {task_.context.seed, fmt::format("leakage.{}.{}", purpose, task_.attribute.id()), index};
  }
  [[nodiscard]] CrossValidated classifier(const ProbeEntry& probe,
                                          std::vector<std::uint32_t> labels) const {
    return {probe.features == ProbeFeatures::kDegree ? &degrees_ : &rows_, std::move(labels),
            [this, &probe](const FeatureMatrix& train, std::span<const std::uint32_t> truth,
                           const FeatureMatrix& test, std::uint32_t fold) {
              return probe.probabilities(
                  {train, truth, classes_, test, task_.parameters, stream(probe.id, fold)});
            }};
  }
  /// Cross-validated over the persons whose value the embedding was told.
  void stated() {
    const std::vector<const ProbeEntry*> order = slow_ones_first();
    std::vector<CrossValidated> classifiers;
    for (const ProbeEntry* probe : order) {
      classifiers.push_back(classifier(*probe, persons_.labels));
    }
    const std::size_t controls = task_.parameters.count("permutations");
    for (std::size_t c = 0; c < controls; ++c) {
      std::vector<std::uint32_t> shuffled = persons_.labels;
      stream("control", c).shuffle(std::span<std::uint32_t>(shuffled));
      classifiers.push_back(classifier(find_probe(kLinearProbe), std::move(shuffled)));
    }
    const auto fold_count = static_cast<std::uint32_t>(task_.parameters.count("folds"));
    const auto folds = stratified_folds(persons_.labels, classes_, fold_count, stream("folds"));
    cross_validate(classifiers, folds, fold_count, classes_, task_.context.pool);

    std::vector<ProbeQuality> found;
    std::size_t majority = 0;
    double linear_balanced = 0.0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      found.push_back(probe_quality(classifiers[i].probabilities, persons_.labels, classes_));
      if (order[i]->id == kMajorityProbe) majority = i;
      if (order[i]->id == kLinearProbe) linear_balanced = found.back().balanced_accuracy;
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      quality(*order[i], found[i], found[majority], "stated");
      if (!order[i]->baseline) keep(*order[i], found[i]);
    }
    control(std::span(classifiers).subspan(order.size()), linear_balanced);
  }
  /// How often shuffled labels are found as well as the true ones.
  void control(std::span<const CrossValidated> shuffled, double observed) {
    std::vector<double> balanced;
    double as_good = 0.0;
    for (const CrossValidated& one : shuffled) {
      const ProbeQuality q = probe_quality(one.probabilities, one.labels, classes_);
      balanced.push_back(q.balanced_accuracy);
      if (q.balanced_accuracy >= observed) as_good += 1.0;
    }
    const std::uint64_t n = balanced.size();
    if (n == 0) {
      add("p_value", Measurement::undefined("permutations = 0", 0, "", Direction::kHigher),
          kLinearProbe);
      return;
    }
    add("control_balanced_accuracy",
        mean_measurement(balanced, "permutations", "", Direction::kDescriptive), kLinearProbe);
    add("p_value",
        estimate((1.0 + as_good) / (1.0 + static_cast<double>(n)), n, "", Direction::kHigher),
        kLinearProbe);
  }
  /// Fitted on all stated persons, asked of persons whose value the embedding was never told.
  void held_out() {
    const LabelledPersons others = held_out_persons(task_.context.data, task_.attribute, persons_);
    const std::uint64_t n = others.persons.size();
    count("persons", n, "persons", "held_out");
    if (n < task_.parameters.count("min_group")) {
      for (const char* name : {"accuracy", "balanced_accuracy"}) {
        add(name,
            Measurement::undefined(
                fmt::format("{} person(s) with one value that is stated outside train only", n), n,
                "", Direction::kLower),
            kLinearProbe, "held_out");
      }
      return;
    }
    FeatureMatrix train = rows_;
    FeatureMatrix test = row_features(task_.context, others.persons);
    standardise(train, test);
    const auto asked = [&](const ProbeEntry& probe) {
      const ProbeTask task{train, persons_.labels,  classes_,
                           test,  task_.parameters, stream(fmt::format("{}.held_out", probe.id))};
      return probe_quality(probe.probabilities(task), others.labels, classes_);
    };
    const ProbeEntry& linear = find_probe(kLinearProbe);
    const ProbeEntry& prior = find_probe(kMajorityProbe);
    const ProbeQuality majority = asked(prior);
    quality(linear, asked(linear), majority, "held_out");
    quality(prior, majority, majority, "held_out");
  }
  void keep(const ProbeEntry& probe, const ProbeQuality& q) {
    RawSeries series{
        fmt::format("leakage.{}.{}.correct", task_.attribute.id(), probe.id), "entity", {}, {}};
    for (std::size_t i = 0; i < q.correct.size(); ++i) {
      series.ids.push_back(persons_.persons[i].value);
      series.values.push_back(static_cast<float>(q.correct[i]));
    }
    task_.output.raw.push_back(std::move(series));
  }

  AttributeTask& task_;
  LabelledPersons persons_;
  std::uint32_t classes_ = 0;
  FeatureMatrix rows_;
  FeatureMatrix degrees_;
};

std::span<const ParameterSpec> parameters() {
  static const std::array table = {
      ParameterSpec::integer("folds", 5, 2, 20, "folds",
                             "Parts of the persons; each is predicted by a probe fitted on the "
                             "others"),
      ParameterSpec::integer("min_group", 10, 2, 1000000, "persons",
                             "Values with fewer persons are dropped with their persons"),
      ParameterSpec::integer("max_persons", 20000, 100, 10000000, "persons",
                             "An attribute with more persons is probed on a seeded subset"),
      ParameterSpec::real(
          "l2", 10.0, 0.0, 1e6, "",
          "Weight in the linear probe of |W|^2 / 2 against the summed cross-entropy of "
          "standardised features"),
      ParameterSpec::integer("mlp_epochs", 20, 1, 1000, "epochs",
                             "Passes of the MLP probe over its train folds"),
      ParameterSpec::integer("permutations", 5, 0, 10000, "shuffles",
                             "Refits of the linear probe on shuffled labels, 0 for none; the "
                             "smallest possible p-value is 1 / (permutations + 1)"),
      ParameterSpec::flag("held_out", true,
                          "Also ask the linear probe of persons whose value is not in train"),
  };
  return table;
}

MetricOutput measure(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "leakage",
                            [](AttributeTask& task) { AttributeProbes(task).measure(); });
}

}  // namespace

extern const MetricEntry leakage;
constinit const MetricEntry leakage = {
    .id = "leakage",
    .title = "Leakage: how well a classifier reads the sensitive value from a person's row",
    .formula =
        "Stratified 5-fold cross-validation over persons with one value in train; features are "
        "the entity rows without attribute vectors, standardised on the train folds. Probes: "
        "linear (multinomial logistic, L2), mlp (d-300-K, ReLU, softmax); baselines: majority "
        "(class shares of the train folds), degree (linear on log(1 + train degree) as head and "
        "as tail). accuracy, balanced_accuracy (mean recall), macro_f1, auc (binary); "
        "excess_accuracy = accuracy - majority's; bits = majority's cross-entropy - the "
        "probe's, per person in bits; p_value = (1 + #{shuffled labels read as well}) / (1 + "
        "permutations), on balanced accuracy.",
    .range =
        "accuracy, balanced_accuracy, macro_f1, auc in [0, 1]; bits up to the entropy of the "
        "labels, negative for a probe that is sure and wrong",
    .neutral = "accuracy: the majority's; balanced_accuracy: 1 / classes; auc: 0.5; bits: 0",
    .direction = "nearer to the baselines is less leakage",
    .source =
        "Fisher et al. 2020, section 4.3 (MLP of 300 units); Bose & Hamilton 2019 (AUC); "
        "Xu et al. 2020 (V-information, bits); Hewitt & Liang 2019 (control)",
    .pitfalls =
        "A probe gives a lower bound: a better one may read more. Leakage is not bias of "
        "professions and does not follow the planted one (docs/truth.md). More in "
        "docs/measures.md.",
    .parameters = &parameters,
    .measure = &measure,
};

}  // namespace kgaudit::metrics::measures_roster
