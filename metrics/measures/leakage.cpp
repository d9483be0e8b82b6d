#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "metrics/formulas/probe.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics {
namespace {

/// Persons with exactly one usable value, and what was left out.
struct LabelledPersons {
  std::vector<EntityId> persons;
  std::vector<std::uint32_t> labels;   ///< 0 = the most frequent value
  std::vector<std::uint32_t> values;   ///< per label: value index in the attribute
  std::uint64_t with_many_values = 0;  ///< dropped: more than one value in train
  std::uint64_t in_small_groups = 0;   ///< dropped: their value has too few persons
  std::uint64_t over_the_cap = 0;      ///< left out of the seeded subset
};

LabelledPersons stated_persons(const datasets::PersonAttribute& attribute, std::uint64_t seed,
                               std::size_t max_persons, std::size_t min_group) {
  LabelledPersons result;
  for (const EntityId p : attribute.train_persons()) {
    if (attribute.train_values(p).size() == 1) {
      result.persons.push_back(p);
    } else {
      ++result.with_many_values;
    }
  }
  if (result.persons.size() > max_persons) {
    result.over_the_cap = result.persons.size() - max_persons;
    Rng(seed, "leakage.subset." + attribute.id()).shuffle(std::span<EntityId>(result.persons));
    result.persons.resize(max_persons);
    std::sort(result.persons.begin(), result.persons.end());
  }
  std::vector<std::uint64_t> group(attribute.values().size(), 0);
  for (const EntityId p : result.persons) ++group[attribute.train_values(p)[0]];
  std::vector<std::uint32_t> label_of(group.size(), 0);
  for (std::uint32_t v = 0; v < group.size(); ++v) {
    if (group[v] < min_group) continue;
    label_of[v] = static_cast<std::uint32_t>(result.values.size());
    result.values.push_back(v);
  }
  std::erase_if(result.persons, [&](EntityId p) {
    const std::uint32_t v = attribute.train_values(p)[0];
    if (group[v] < min_group) {
      ++result.in_small_groups;
      return true;
    }
    result.labels.push_back(label_of[v]);
    return false;
  });
  return result;
}

/// Persons whose only value is stated in valid or test: the embedding never saw the answer.
LabelledPersons held_out_persons(const MetricContext& context,
                                 const datasets::PersonAttribute& attribute,
                                 const LabelledPersons& stated) {
  LabelledPersons result;
  result.values = stated.values;
  const auto& source = attribute.source();
  for (const auto& list : {context.data.graph.valid(), context.data.graph.test()}) {
    for (const datasets::Triple& t : list) {
      if (t.relation == source.relation) result.persons.push_back(source.person(t));
    }
  }
  std::sort(result.persons.begin(), result.persons.end());
  const auto last = std::unique(result.persons.begin(), result.persons.end());
  result.persons.erase(last, result.persons.end());
  std::erase_if(result.persons, [&](EntityId p) {
    if (!attribute.train_values(p).empty()) return true;
    const auto values = attribute.all_values(p);
    if (values.size() != 1) {
      ++result.with_many_values;
      return true;
    }
    const auto label = std::find(stated.values.begin(), stated.values.end(), values[0]);
    if (label == stated.values.end()) {
      ++result.in_small_groups;
      return true;
    }
    result.labels.push_back(static_cast<std::uint32_t>(label - stated.values.begin()));
    return false;
  });
  return result;
}

FeatureMatrix entity_features(const MetricContext& context, std::span<const EntityId> persons) {
  FeatureMatrix features(static_cast<Eigen::Index>(persons.size()),
                         static_cast<Eigen::Index>(context.scorer.dimension()));
  for (std::size_t i = 0; i < persons.size(); ++i) {
    const auto row = context.scorer.entity_row(persons[i]);
    std::copy(row.begin(), row.end(), features.row(static_cast<Eigen::Index>(i)).data());
  }
  return features;
}

/// log(1 + number of train triples) as head and as tail: what is known of a person without any
/// embedding.
FeatureMatrix degree_features(const MetricContext& context, std::span<const EntityId> persons) {
  std::vector<std::array<float, 2>> degree(context.data.graph.entity_count(), {0.0F, 0.0F});
  for (const datasets::Triple& t : context.data.graph.train()) {
    degree[t.head.index()][0] += 1.0F;
    degree[t.tail.index()][1] += 1.0F;
  }
  FeatureMatrix features(static_cast<Eigen::Index>(persons.size()), 2);
  for (std::size_t i = 0; i < persons.size(); ++i) {
    for (std::size_t k = 0; k < 2; ++k) {
      features(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) =
          std::log1p(degree[persons[i].index()][k]);
    }
  }
  return features;
}

FeatureMatrix rows_of(const FeatureMatrix& all, std::span<const std::size_t> chosen) {
  FeatureMatrix result(static_cast<Eigen::Index>(chosen.size()), all.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    result.row(static_cast<Eigen::Index>(i)) = all.row(static_cast<Eigen::Index>(chosen[i]));
  }
  return result;
}

/// One classifier to be cross-validated. `labels` differ from the truth in permuted controls.
struct Probe {
  std::string name;
  const FeatureMatrix* features = nullptr;
  std::vector<std::uint32_t> labels;
  std::function<FeatureMatrix(const FeatureMatrix& train, std::span<const std::uint32_t> labels,
                              const FeatureMatrix& test, std::uint32_t fold)>
      fit;
  FeatureMatrix probabilities;  ///< out of fold, one row a person
};

/// Fills the out-of-fold probabilities of every probe; a task is one fold of one probe and writes
/// only that fold's rows.
void cross_validate(std::vector<Probe>& probes, std::span<const std::uint32_t> folds,
                    std::uint32_t fold_count, std::uint32_t classes, ThreadPool& pool) {
  for (Probe& probe : probes) {
    probe.probabilities.resize(static_cast<Eigen::Index>(folds.size()),
                               static_cast<Eigen::Index>(classes));
  }
  pool.run(probes.size() * fold_count, [&](std::size_t task, std::size_t) {
    Probe& probe = probes[task / fold_count];
    const auto fold = static_cast<std::uint32_t>(task % fold_count);
    std::vector<std::size_t> train_rows;
    std::vector<std::size_t> test_rows;
    std::vector<std::uint32_t> train_labels;
    for (std::size_t i = 0; i < folds.size(); ++i) {
      (folds[i] == fold ? test_rows : train_rows).push_back(i);
      if (folds[i] != fold) train_labels.push_back(probe.labels[i]);
    }
    FeatureMatrix train = rows_of(*probe.features, train_rows);
    FeatureMatrix test = rows_of(*probe.features, test_rows);
    standardise(train, test);
    const FeatureMatrix fitted = probe.fit(train, train_labels, test, fold);
    for (std::size_t i = 0; i < test_rows.size(); ++i) {
      probe.probabilities.row(static_cast<Eigen::Index>(test_rows[i])) =
          fitted.row(static_cast<Eigen::Index>(i));
    }
  });
}

class AttributeFacts {
 public:
  AttributeFacts(MetricOutput& output, std::string attribute)
      : output_(output), attribute_(std::move(attribute)) {}

  void add(const char* name, Measurement measurement, const std::string& probe,
           const char* persons = "stated") {
    std::map<std::string, std::string> facets = {{"attribute", attribute_}, {"persons", persons}};
    if (!probe.empty()) facets["probe"] = probe;
    output_.facts.push_back(
        {std::string("leakage.") + name, std::move(facets), std::move(measurement)});
  }
  void count(const char* name, std::uint64_t value, const char* unit,
             const char* persons = "stated") {
    add(name, Measurement::of(static_cast<double>(value), value, unit, Direction::kDescriptive), "",
        persons);
  }
  void undefined(const std::string& reason, std::uint64_t n) {
    for (const char* name : {"accuracy", "balanced_accuracy", "macro_f1", "bits"}) {
      for (const char* probe : {"linear", "mlp", "degree", "majority"}) {
        add(name, Measurement::undefined(reason, n, "", direction_of(probe)), probe);
      }
    }
  }
  void quality(const std::string& probe, const ProbeQuality& q, const ProbeQuality& majority,
               const char* persons) {
    const std::uint64_t n = q.correct.size();
    const auto count = static_cast<double>(n);
    const Direction direction = direction_of(probe);
    add("accuracy",
        estimate(q.accuracy, n, "", direction, wilson_interval(q.accuracy * count, n, "persons")),
        probe, persons);
    add("balanced_accuracy", estimate(q.balanced_accuracy, n, "", direction), probe, persons);
    add("macro_f1", estimate(q.macro_f1, n, "", direction), probe, persons);
    if (probe == "majority") return;
    std::vector<double> excess(q.correct.size());
    std::vector<double> bits(q.correct.size());
    for (std::size_t i = 0; i < q.correct.size(); ++i) {
      excess[i] = q.correct[i] - majority.correct[i];
      bits[i] = majority.cross_entropy[i] - q.cross_entropy[i];
    }
    add("excess_accuracy", mean_measurement(excess, "persons", "", Direction::kNearer), probe,
        persons);
    add("bits", mean_measurement(bits, "persons", "bits", direction), probe, persons);
    if (q.auc) add("auc", estimate(*q.auc, n, "", direction), probe, persons);
  }

 private:
  /// A baseline is a property of the data, not of the embedding.
  static Direction direction_of(const std::string& probe) {
    return probe == "linear" || probe == "mlp" ? Direction::kLower : Direction::kDescriptive;
  }
  MetricOutput& output_;
  std::string attribute_;
};

/// The probes of one run over one attribute's persons.
class AttributeProbes {
 public:
  AttributeProbes(const MetricContext& context, const Parameters& parameters,
                  const datasets::PersonAttribute& attribute, MetricOutput& output)
      : context_(context),
        parameters_(parameters),
        attribute_(attribute),
        output_(output),
        facts_(output, attribute.id()) {
    logistic_.l2 = parameters.real("l2");
    mlp_.epochs = static_cast<int>(parameters.integer("mlp_epochs"));
  }

  void measure() {
    persons_ = stated_persons(attribute_, context_.seed, parameters_.count("max_persons"),
                              parameters_.count("min_group"));
    classes_ = static_cast<std::uint32_t>(persons_.values.size());
    facts_.count("persons", persons_.persons.size(), "persons");
    facts_.count("classes", classes_, "values");
    facts_.count("dropped_many_values", persons_.with_many_values, "persons");
    facts_.count("dropped_small_groups", persons_.in_small_groups, "persons");
    facts_.count("dropped_over_max_persons", persons_.over_the_cap, "persons");
    if (classes_ < 2) {
      facts_.undefined(fmt::format("{} value(s) with at least min_group = {} persons: a probe "
                                   "needs 2",
                                   classes_, parameters_.count("min_group")),
                       persons_.persons.size());
      return;
    }
    rows_ = entity_features(context_, persons_.persons);
    if (!rows_.allFinite()) {
      facts_.undefined("an entity row holds a value that is not finite", persons_.persons.size());
      return;
    }
    degrees_ = degree_features(context_, persons_.persons);
    stated();
    if (parameters_.flag("held_out")) held_out();
  }

 private:
  [[nodiscard]] Rng stream(const std::string& purpose, std::uint64_t index = 0) const {
    return {context_.seed, "leakage." + purpose + "." + attribute_.id(), index};
  }
  [[nodiscard]] Probe linear(std::string name, const FeatureMatrix& features,
                             std::vector<std::uint32_t> labels) const {
    return {std::move(name),
            &features,
            std::move(labels),
            [this](const FeatureMatrix& train, std::span<const std::uint32_t> truth,
                   const FeatureMatrix& test, std::uint32_t) {
              return logistic_probabilities(train, truth, classes_, test, logistic_);
            },
            {}};
  }
  void stated() {
    std::vector<Probe> probes;
    // The longest first, so that no thread waits for it at the end.
    probes.push_back({"mlp",
                      &rows_,
                      persons_.labels,
                      [this](const FeatureMatrix& train, std::span<const std::uint32_t> truth,
                             const FeatureMatrix& test, std::uint32_t fold) {
                        return mlp_probabilities(train, truth, classes_, test, mlp_,
                                                 stream("mlp", fold));
                      },
                      {}});
    probes.push_back(linear("linear", rows_, persons_.labels));
    probes.push_back(linear("degree", degrees_, persons_.labels));
    probes.push_back({"majority",
                      &degrees_,
                      persons_.labels,
                      [this](const FeatureMatrix&, std::span<const std::uint32_t> truth,
                             const FeatureMatrix& test, std::uint32_t) {
                        return prior_probabilities(truth, classes_, test.rows());
                      },
                      {}});
    const std::size_t first_control = probes.size();
    const std::size_t controls = parameters_.count("permutations");
    for (std::size_t c = 0; c < controls; ++c) {
      std::vector<std::uint32_t> shuffled = persons_.labels;
      stream("control", c).shuffle(std::span<std::uint32_t>(shuffled));
      probes.push_back(linear("control", rows_, std::move(shuffled)));
    }
    const auto fold_count = static_cast<std::uint32_t>(parameters_.count("folds"));
    const auto folds = stratified_folds(persons_.labels, classes_, fold_count, stream("folds"));
    cross_validate(probes, folds, fold_count, classes_, context_.pool);

    const ProbeQuality majority = probe_quality(probes[3].probabilities, persons_.labels, classes_);
    double linear_balanced = 0.0;
    for (std::size_t i = 0; i < first_control; ++i) {
      const ProbeQuality q = probe_quality(probes[i].probabilities, persons_.labels, classes_);
      if (probes[i].name == "linear") linear_balanced = q.balanced_accuracy;
      facts_.quality(probes[i].name, q, majority, "stated");
      if (probes[i].name == "linear" || probes[i].name == "mlp") keep(probes[i].name, q);
    }
    control(probes, first_control, linear_balanced);
  }
  /// How often shuffled labels are found as well as the true ones.
  void control(const std::vector<Probe>& probes, std::size_t first, double observed) {
    std::vector<double> balanced;
    double as_good = 0.0;
    for (std::size_t i = first; i < probes.size(); ++i) {
      const ProbeQuality q = probe_quality(probes[i].probabilities, probes[i].labels, classes_);
      balanced.push_back(q.balanced_accuracy);
      if (q.balanced_accuracy >= observed) as_good += 1.0;
    }
    const std::uint64_t n = balanced.size();
    if (n == 0) {
      facts_.add("p_value", Measurement::undefined("permutations = 0", 0, "", Direction::kHigher),
                 "linear");
      return;
    }
    facts_.add("control_balanced_accuracy",
               mean_measurement(balanced, "permutations", "", Direction::kDescriptive), "linear");
    facts_.add(
        "p_value",
        estimate((1.0 + as_good) / (1.0 + static_cast<double>(n)), n, "", Direction::kHigher),
        "linear");
  }
  /// Fitted on all stated persons, asked of persons whose value the embedding was never told.
  void held_out() {
    const LabelledPersons others = held_out_persons(context_, attribute_, persons_);
    facts_.count("persons", others.persons.size(), "persons", "held_out");
    if (others.persons.size() < parameters_.count("min_group")) {
      for (const char* name : {"accuracy", "balanced_accuracy"}) {
        facts_.add(name,
                   Measurement::undefined(
                       fmt::format("{} person(s) with one value that is stated outside train only",
                                   others.persons.size()),
                       others.persons.size(), "", Direction::kLower),
                   "linear", "held_out");
      }
      return;
    }
    FeatureMatrix train = rows_;
    FeatureMatrix test = entity_features(context_, others.persons);
    standardise(train, test);
    const ProbeQuality majority = probe_quality(
        prior_probabilities(persons_.labels, classes_, test.rows()), others.labels, classes_);
    const ProbeQuality q =
        probe_quality(logistic_probabilities(train, persons_.labels, classes_, test, logistic_),
                      others.labels, classes_);
    facts_.quality("linear", q, majority, "held_out");
    facts_.quality("majority", majority, majority, "held_out");
  }
  void keep(const std::string& probe, const ProbeQuality& q) {
    RawSeries series{"leakage." + attribute_.id() + "." + probe + ".correct", "entity", {}, {}};
    for (std::size_t i = 0; i < q.correct.size(); ++i) {
      series.ids.push_back(persons_.persons[i].value);
      series.values.push_back(static_cast<float>(q.correct[i]));
    }
    output_.raw.push_back(std::move(series));
  }

  const MetricContext& context_;
  const Parameters& parameters_;
  const datasets::PersonAttribute& attribute_;
  MetricOutput& output_;
  AttributeFacts facts_;
  LogisticOptions logistic_;
  MlpOptions mlp_;
  LabelledPersons persons_;
  std::uint32_t classes_ = 0;
  FeatureMatrix rows_;
  FeatureMatrix degrees_;
};

std::span<const ParameterSpec> parameters() {
  static const std::array table = {
      ParameterSpec::integer("folds", 5, 2, 20, "folds",
                             "Parts of the persons; each is foretold by a probe fitted on the "
                             "others."),
      ParameterSpec::integer("min_group", 10, 2, 1000000, "persons",
                             "Values with fewer persons are dropped with their persons."),
      ParameterSpec::integer("max_persons", 20000, 100, 10000000, "persons",
                             "An attribute with more persons is probed on a seeded subset."),
      ParameterSpec::real("l2", 10.0, 0.0, 1e6, "",
                          "Linear probe: weight of |W|^2 / 2 against the summed cross-entropy of "
                          "standardised features."),
      ParameterSpec::integer("mlp_epochs", 20, 1, 1000, "epochs",
                             "Passes of the MLP probe over its train folds."),
      ParameterSpec::integer("permutations", 5, 0, 10000, "shuffles",
                             "Refits of the linear probe on shuffled labels; the smallest possible "
                             "p-value is 1 / (permutations + 1). 0 = no control."),
      ParameterSpec::flag("held_out", true,
                          "Also ask the linear probe of persons whose value is not in train."),
  };
  return table;
}

MetricOutput measure(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    AttributeProbes(context, parameters, attribute, output).measure();
  }
  return output;
}

}  // namespace

const MetricEntry& leakage_metric() {
  static const MetricEntry entry = {
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
          "A probe gives a lower bound: a better one may read more. Compare with degree: what "
          "activity alone tells is no property of the embedding. accuracy near the majority can "
          "hide leakage about the minority: read balanced_accuracy and auc. Unlike Bose & "
          "Hamilton's script, no person stands in two folds. Persons with several values and "
          "values with fewer than min_group persons are dropped and counted. The papers do not "
          "state split, epochs or optimiser, so their accuracies agree in order, not in digits. "
          "bits of the mlp suffer from over-confidence; prefer the linear one. Leakage is not bias "
          "of professions: on planted-people (docs/truth.md) the linear probe's balanced accuracy "
          "is .998 whether or not gender decides the profession, on persons whose gender is not in "
          "train .71 and .73 (names and spouses tell it).",
      .parameters = &parameters,
      .measure = &measure,
  };
  return entry;
}

}  // namespace kgaudit::metrics
