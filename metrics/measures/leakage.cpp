#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/answer_features.hpp"
#include "metrics/formulas/cross_choice.hpp"
#include "metrics/formulas/cross_validation.hpp"
#include "metrics/formulas/labelled_persons.hpp"
#include "metrics/formulas/neighbours.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/formulas/probe_quality.hpp"
#include "metrics/formulas/train_degrees.hpp"
#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

constexpr const char* kStated = "stated";
constexpr const char* kHeldOut = "held_out";
/// All that is said of a probe. The majority has but the first three.
constexpr std::array<std::string_view, 7> kQualities = {"accuracy",
                                                        "balanced_accuracy",
                                                        "macro_f1",
                                                        "excess_balanced_accuracy",
                                                        "excess_accuracy",
                                                        "bits",
                                                        "auc"};
constexpr std::array<std::string_view, 2> kStrongest = {"strongest",
                                                        "strongest_excess_balanced_accuracy"};
constexpr std::string_view kIsStrongest = "is_strongest";
constexpr std::uint32_t kChoiceFolds = 5;

/// A baseline is a property of the data, not of the embedding.
Direction direction_of(const ProbeEntry& probe) {
  return probe.baseline ? Direction::kDescriptive : Direction::kLower;
}

/// Whether a run with this value of the parameter `probes` asks the probe.
bool is_asked(const ProbeEntry& probe, std::string_view wanted) {
  if (wanted == "all" || probe.id == kMajorityProbe) return true;
  if (wanted == "panel") return probe.panel;
  return probe.features == ProbeFeatures::kRow || probe.features == ProbeFeatures::kDegree;
}

/// The probes to ask, in the order in which they are fitted and their facts written: slow ones
/// first.
std::vector<const ProbeEntry*> slow_ones_first(std::string_view wanted) {
  std::vector<const ProbeEntry*> order;
  std::ranges::copy_if(probes(), std::back_inserter(order),
                       [&](const ProbeEntry* p) { return is_asked(*p, wanted); });
  std::stable_partition(order.begin(), order.end(), [](const ProbeEntry* p) { return p->slow; });
  return order;
}

/// What the probes are shown of some persons, each kind made once.
class FeatureSets {
 public:
  /// The first `learnt_from` persons are those that probes are fitted on. `vectors` are the
  /// attributes whose vectors are shown with the rows.
  FeatureSets(const AttributeTask& task, std::span<const EntityId> persons, std::size_t learnt_from,
              models::AttributeSet vectors)
      : task_(task), persons_(persons), learnt_from_(learnt_from), vectors_(vectors) {}

  void make(ProbeFeatures kind) {
    if (sets_.contains(kind)) return;
    PersonFeatures features;
    std::string missing;
    switch (kind) {
      case ProbeFeatures::kRow:
        features.numbers = rows();
        break;
      case ProbeFeatures::kDegree:
        features.numbers = degrees();
        break;
      case ProbeFeatures::kLinks:
        features.links = links(missing);
        break;
      case ProbeFeatures::kAnswers:
        features.numbers = answers(missing);
        break;
      case ProbeFeatures::kRowAndNeighbours: {
        const FeatureMatrix own = rows();
        const FeatureMatrix others = mean_neighbour_rows(task_.context.scorer, neighbours());
        features.numbers.resize(own.rows(), own.cols() + others.cols());
        features.numbers << own, others;
        break;
      }
    }
    if (missing.empty() && !features.numbers.allFinite()) {
      missing = "what the probe is shown of persons holds a value that is not finite";
    }
    sets_.emplace(kind, std::pair(std::move(features), std::move(missing)));
  }
  /// Of a kind that was made.
  [[nodiscard]] const PersonFeatures& of(ProbeFeatures kind) const { return sets_.at(kind).first; }
  /// Why there are no such features; empty if there are.
  [[nodiscard]] const std::string& missing(ProbeFeatures kind) const {
    return sets_.at(kind).second;
  }
  /// Whether rows are shown without any vector.
  [[nodiscard]] bool of_rows_alone() const { return vectors_ == 0; }

 private:
  /// Each person's row, and behind it one block for each attribute in vectors_: the person's
  /// vector, or 0 where it has none.
  [[nodiscard]] FeatureMatrix rows() const {
    const models::LinkScorer& scorer = task_.context.scorer;
    const std::size_t d = scorer.dimension();
    const std::size_t blocks = 1 + static_cast<std::size_t>(std::popcount(vectors_));
    FeatureMatrix result = FeatureMatrix::Zero(static_cast<Eigen::Index>(persons_.size()),
                                               static_cast<Eigen::Index>(blocks * d));
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      float* out = result.row(static_cast<Eigen::Index>(i)).data();
      std::ranges::copy(scorer.entity_row(persons_[i]), out);
      for (models::AttributeSet left = vectors_; left != 0; left &= left - 1) {
        out += d;
        const auto j = static_cast<std::size_t>(std::countr_zero(left));
        std::ranges::copy(scorer.attribute_vectors()->of(persons_[i], j), out);
      }
    }
    return result;
  }
  [[nodiscard]] FeatureMatrix degrees() const {
    const std::vector<Degree> all = train_degrees(task_.context.data.graph);
    FeatureMatrix result(static_cast<Eigen::Index>(persons_.size()), 2);
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      const Degree& degree = all[persons_[i].index()];
      result(static_cast<Eigen::Index>(i), 0) = static_cast<float>(portable::log1p(degree.as_head));
      result(static_cast<Eigen::Index>(i), 1) = static_cast<float>(portable::log1p(degree.as_tail));
    }
    return result;
  }
  [[nodiscard]] std::span<const std::vector<EntityId>> neighbours() {
    if (neighbours_.empty()) {
      neighbours_ = neighbours_of(task_.context.data.graph, task_.attribute, persons_);
    }
    return neighbours_;
  }
  [[nodiscard]] SparseRows links(std::string& missing) {
    SparseRows result =
        neighbour_links(neighbours(), learnt_from_, task_.context.data.graph.entity_count());
    if (result.columns == 0) missing = "no two persons share a neighbour in train";
    return result;
  }
  [[nodiscard]] FeatureMatrix answers(std::string& missing) const {
    const models::LinkScorer& scorer = task_.context.scorer;
    if (scorer.relation_count() == 0) {
      missing = "rows without relations give no answers";
      return {};
    }
    const std::vector<PersonQuestion> questions = person_questions(
        task_.context.data, task_.attribute, task_.parameters.count("answer_relations"),
        task_.parameters.count("answer_candidates"));
    if (questions.empty()) {
      missing = "persons have no relation with two answers that the attribute is hidden from";
      return {};
    }
    return answer_features(scorer, questions, persons_, task_.parameters.count("answer_scores"),
                           task_.context.pool, vectors_);
  }

  const AttributeTask& task_;
  std::span<const EntityId> persons_;
  std::size_t learnt_from_;
  models::AttributeSet vectors_;
  std::map<ProbeFeatures, std::pair<PersonFeatures, std::string>> sets_;
  std::vector<std::vector<EntityId>> neighbours_;
};

/// A probe and what it is shown.
struct Attack {
  const ProbeEntry* probe;
  const FeatureSets* features;
  /// A second attack with the probe, on the rows alone: whoever has vectors, too, can leave them
  /// out. It stands for choice as the strongest and has no facts of its own.
  bool without_vectors = false;
};

/// What one attack found.
struct Found {
  Attack attack;
  FeatureMatrix said;  ///< class probabilities, one row a person
  ProbeQuality quality;

  [[nodiscard]] const ProbeEntry& probe() const { return *attack.probe; }
  [[nodiscard]] const PersonFeatures& features() const {
    return attack.features->of(attack.probe->features);
  }
};

/// The quality of guessing one value for everybody, the commonest of all these persons. In the
/// folds that a person is left out of another value may be the commonest, and wrong more often than
/// a coin where values are equally common: no baseline to beat.
void guess_the_commonest(ProbeQuality& quality, std::span<const std::uint32_t> labels,
                         std::uint32_t classes) {
  std::vector<double> persons(classes, 0.0);
  for (const std::uint32_t label : labels) persons[label] += 1.0;
  const auto commonest = std::ranges::max_element(persons);
  const auto guess = static_cast<std::uint32_t>(commonest - persons.begin());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    quality.correct[i] = labels[i] == guess ? 1.0 : 0.0;
  }
  const auto n = static_cast<double>(labels.size());
  quality.accuracy = *commonest / n;
  quality.macro_f1 = quality.chance * 2.0 * *commonest / (*commonest + n);
}

/// The probes of one run over one attribute's persons.
class AttributeProbes {
 public:
  explicit AttributeProbes(AttributeTask& task)
      : task_(task),
        order_(slow_ones_first(task.parameters.text("probes"))),
        persons_(stated_persons(task.attribute, task.parameters.count("max_persons"),
                                task.parameters.count("min_group"))),
        classes_(static_cast<std::uint32_t>(persons_.values.size())),
        release_(task.context.release == Release::kWhole ? "whole" : "rows") {}

  void measure() {
    count("persons", persons_.persons.size(), "persons");
    count("classes", classes_, "values");
    count("dropped_many_values", persons_.with_many_values, "persons");
    count("dropped_small_groups", persons_.in_small_groups, "persons");
    count("dropped_over_max_persons", persons_.over_the_cap, "persons");
    if (classes_ < 2) {
      return nothing(
          fmt::format("{} value(s) with at least min_group = {} persons: a probe needs 2", classes_,
                      task_.parameters.count("min_group")));
    }
    const bool held_out = task_.parameters.flag("held_out");
    LabelledPersons others;
    if (held_out) {
      others = held_out_persons(task_.context.data, task_.attribute, persons_);
      count("persons", others.persons.size(), "persons", kHeldOut);
    }
    std::vector<EntityId> all = persons_.persons;
    all.insert(all.end(), others.persons.begin(), others.persons.end());
    // The attribute's own vector says of a stated person all that vectors can. Persons whose value
    // training did not see have no such vector, but those of other attributes: whoever reads them
    // learns from the same features of the stated persons.
    const models::AttributeSet own = task_.context.own_vectors(task_.attribute);
    const models::AttributeSet other = task_.context.other_vectors(task_.attribute);
    FeatureSets rows(task_, all, persons_.persons.size(), 0);
    rows.make(ProbeFeatures::kRow);
    if (!rows.missing(ProbeFeatures::kRow).empty()) {
      return nothing("an entity row holds a value that is not finite");
    }
    FeatureSets with_own(task_, all, persons_.persons.size(), own);
    stated(attacks(own == 0 ? rows : with_own, rows));
    if (!held_out) return;
    if (other == 0) return unseen(attacks(rows, rows), others);
    if (other == own) return unseen(attacks(with_own, rows), others);
    FeatureSets with_other(task_, all, persons_.persons.size(), other);
    unseen(attacks(with_other, rows), others);
  }

 private:
  /// All probes on `shown`; behind them, where that has vectors, the panel on the rows alone.
  [[nodiscard]] std::vector<Attack> attacks(FeatureSets& shown, FeatureSets& rows) const {
    std::vector<Attack> all;
    for (const ProbeEntry* probe : order_) {
      shown.make(probe->features);
      all.push_back({probe, &shown});
    }
    if (shown.of_rows_alone()) return all;
    for (const ProbeEntry* probe : order_) {
      if (!probe->panel) continue;
      rows.make(probe->features);
      all.push_back({probe, &rows, true});
    }
    return all;
  }

  void add(std::string_view name, Measurement measurement, std::string_view probe,
           const char* persons) {
    Facets facets = {{"persons", persons}};
    if (!probe.empty()) facets["probe"] = probe;
    task_.facts.add(name, std::move(measurement), std::move(facets));
  }
  void count(std::string_view name, std::uint64_t value, const char* unit,
             const char* persons = kStated) {
    add(name, Measurement::of(static_cast<double>(value), value, unit, Direction::kDescriptive), "",
        persons);
  }
  void undefined_probe(const ProbeEntry& probe, const char* persons, const std::string& reason,
                       std::uint64_t n) {
    const std::span<const std::string_view> all = kQualities;
    task_.facts.undefined(probe.id == kMajorityProbe ? all.first(3) : all, reason, n, "",
                          direction_of(probe),
                          {{"persons", persons}, {"probe", std::string(probe.id)}});
  }
  void undefined(const char* persons, const std::string& reason, std::uint64_t n) {
    for (const ProbeEntry* probe : order_) undefined_probe(*probe, persons, reason, n);
    no_strongest(persons, reason, n);
  }
  /// No probe is asked of anybody.
  void nothing(const std::string& reason) {
    undefined(kStated, reason, persons_.persons.size());
    if (task_.parameters.flag("held_out")) undefined(kHeldOut, reason, 0);
  }

  void quality(const ProbeEntry& probe, const ProbeQuality& q, const ProbeQuality& majority,
               const char* persons) {
    const std::uint64_t n = q.correct.size();
    const auto hits = q.accuracy * static_cast<double>(n);
    const Direction direction = direction_of(probe);
    add("accuracy", estimate(q.accuracy, n, "", direction, wilson_interval(hits, n, "persons")),
        probe.id, persons);
    add("balanced_accuracy",
        estimate(q.balanced_accuracy, n, "", direction,
                 influence_interval(q.balanced_accuracy, q.balanced_influence, "persons")),
        probe.id, persons);
    add("macro_f1", estimate(q.macro_f1, n, "", direction), probe.id, persons);
    if (probe.id == kMajorityProbe) return;
    std::vector<double> excess(q.correct.size());
    std::vector<double> bits(q.correct.size());
    for (std::size_t i = 0; i < q.correct.size(); ++i) {
      excess[i] = q.correct[i] - majority.correct[i];
      bits[i] = majority.cross_entropy[i] - q.cross_entropy[i];
    }
    const double above_chance = q.balanced_accuracy - q.chance;
    add("excess_balanced_accuracy",
        estimate(above_chance, n, "", Direction::kNearer,
                 influence_interval(above_chance, q.balanced_influence, "persons")),
        probe.id, persons);
    add("excess_accuracy", mean_measurement(excess, "persons", "", Direction::kNearer), probe.id,
        persons);
    add("bits", mean_measurement(bits, "persons", "bits", direction), probe.id, persons);
    add("auc",
        q.auc ? estimate(*q.auc, n, "", direction,
                         influence_interval(*q.auc, q.auc_influence, "persons"))
              : Measurement::undefined("all persons have one value, or a probability is not finite",
                                       n, "", direction),
        probe.id, persons);
  }
  /// The strongest of the panel, by AUC and by balanced accuracy: of each fifth of the persons the
  /// one that is best on the others, so that the choice among several adds nothing of its own.
  void strongest(std::span<const Found> found, std::span<const std::uint32_t> labels,
                 const char* persons) {
    std::vector<const ProbeEntry*> panel;
    std::vector<RivalFigure> by_auc;
    std::vector<RivalFigure> by_balance;
    for (const Found& one : found) {
      const ProbeQuality& q = one.quality;
      if (!one.probe().panel || !q.auc) continue;
      panel.push_back(&one.probe());
      by_auc.push_back({*q.auc, q.auc_influence});
      by_balance.push_back({q.balanced_accuracy - q.chance, q.balanced_influence});
    }
    const Facets facets = {{"persons", persons}, {"release", release_}};
    if (panel.empty()) {
      return no_strongest(persons, "no probe of the panel has an auc", labels.size());
    }
    const auto folds = stratified_folds(labels, classes_, kChoiceFolds,
                                        stream(fmt::format("strongest.{}", persons)));
    const CrossChoice auc = cross_choice(by_auc, folds, kChoiceFolds);
    const CrossChoice balance = cross_choice(by_balance, folds, kChoiceFolds);
    const auto say = [&](std::string_view name, const CrossChoice& choice) {
      task_.facts.add(name,
                      estimate(choice.value, labels.size(), "", Direction::kNearer,
                               influence_interval(choice.value, choice.influence,
                                                  "persons, choice of probes held fixed")),
                      facets);
    };
    say(kStrongest[0], auc);
    say(kStrongest[1], balance);
    for (const ProbeEntry* probe : order_) {
      if (!probe->panel) continue;
      Facets of_probe = facets;
      of_probe["probe"] = probe->id;
      double share = 0.0;
      for (std::size_t i = 0; i < panel.size(); ++i) {
        if (panel[i] == probe) share += auc.share[i];
      }
      task_.facts.add(kIsStrongest,
                      Measurement::of(share, labels.size(), "", Direction::kDescriptive), of_probe);
    }
  }
  void no_strongest(const char* persons, const std::string& reason, std::uint64_t n) {
    const Facets facets = {{"persons", persons}, {"release", release_}};
    task_.facts.undefined(kStrongest, reason, n, "", Direction::kNearer, facets);
    for (const ProbeEntry* probe : order_) {
      if (!probe->panel) continue;
      Facets of_probe = facets;
      of_probe["probe"] = probe->id;
      task_.facts.add(kIsStrongest, Measurement::undefined(reason, n, "", Direction::kDescriptive),
                      of_probe);
    }
  }

  [[nodiscard]] Rng stream(std::string_view purpose, std::uint64_t index = 0) const {
    return {task_.context.seed, fmt::format("leakage.{}.{}", purpose, task_.attribute.id()), index};
  }
  [[nodiscard]] CrossValidated classifier(const ProbeEntry& probe, const PersonFeatures& features,
                                          std::vector<std::uint32_t> labels) const {
    return {&features, std::move(labels),
            [this, &probe](const PersonFeatures& train, std::span<const std::uint32_t> truth,
                           const PersonFeatures& test, std::uint32_t fold) {
              return probe.probabilities(
                  {train, truth, classes_, test, task_.parameters, stream(probe.id, fold)});
            }};
  }
  /// Where to look up what the attack said before. Baselines see the data alone: what they said of
  /// an earlier system's persons they say again. So do probes of the rows alone of one system, in
  /// each of its releases. nullptr if nothing is remembered.
  [[nodiscard]] Memory* memory_for(const Attack& attack) const {
    if (attack.probe->baseline) return task_.context.memory;
    return attack.features->of_rows_alone() ? task_.context.rows_memory : nullptr;
  }
  [[nodiscard]] std::string memory_key(const ProbeEntry& probe, const char* persons) const {
    return fmt::format("leakage.{}.{}.{}.{}", probe.id, persons, task_.attribute.id(),
                       task_.context.seed);
  }
  /// The probabilities, one row a person; empty if they are not remembered.
  [[nodiscard]] FeatureMatrix remembered(const Attack& attack, const char* persons,
                                         std::size_t rows) const {
    const Memory* memory = memory_for(attack);
    if (memory == nullptr) return {};
    const auto found = memory->find(memory_key(*attack.probe, persons));
    if (found == memory->end()) return {};
    KGA_REQUIRE(found->second.size() == rows * classes_, "{} numbers of {} persons",
                found->second.size(), rows);
    return Eigen::Map<const FeatureMatrix>(found->second.data(), static_cast<Eigen::Index>(rows),
                                           static_cast<Eigen::Index>(classes_));
  }
  void remember(const Found& found, const char* persons) const {
    Memory* memory = memory_for(found.attack);
    if (memory == nullptr) return;
    (*memory)[memory_key(found.probe(), persons)].assign(found.said.data(),
                                                         found.said.data() + found.said.size());
  }
  /// One for each attack that has its features, with what is remembered of it.
  [[nodiscard]] std::vector<Found> found_before(std::span<const Attack> attacks,
                                                const char* persons, std::size_t rows) const {
    std::vector<Found> found;
    for (const Attack& attack : attacks) {
      if (!attack.features->missing(attack.probe->features).empty()) continue;
      found.push_back({attack, remembered(attack, persons, rows), {}});
    }
    return found;
  }
  /// The places of those that have said nothing yet.
  [[nodiscard]] static std::vector<std::size_t> to_ask(std::span<const Found> found) {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i].said.size() == 0) result.push_back(i);
    }
    return result;
  }
  /// first, ..., last - 1
  [[nodiscard]] static std::vector<std::size_t> places(std::size_t first, std::size_t last) {
    std::vector<std::size_t> result;
    for (std::size_t i = first; i < last; ++i) result.push_back(i);
    return result;
  }

  /// Cross-validated over the persons whose value the embedding was told.
  void stated(std::span<const Attack> attacks) {
    const std::vector<std::size_t> learnt_from = places(0, persons_.persons.size());
    std::map<const PersonFeatures*, PersonFeatures> own;  // of these persons, by what they are of
    const auto of_these = [&](const PersonFeatures& all) -> const PersonFeatures& {
      const auto [set, is_new] = own.try_emplace(&all);
      if (is_new) set->second = rows_of(all, learnt_from);
      return set->second;
    };
    std::vector<Found> found = found_before(attacks, kStated, persons_.persons.size());
    const std::vector<std::size_t> asked = to_ask(found);
    std::vector<CrossValidated> classifiers;
    for (const std::size_t i : asked) {
      classifiers.push_back(
          classifier(found[i].probe(), of_these(found[i].features()), persons_.labels));
    }
    const PersonFeatures& rows = attacks.front().features->of(ProbeFeatures::kRow);
    const auto fold_count = static_cast<std::uint32_t>(task_.parameters.count("folds"));
    const auto folds = stratified_folds(persons_.labels, classes_, fold_count, stream("folds"));
    const std::size_t controls = task_.parameters.count("permutations");
    for (std::size_t c = 0; c < controls; ++c) {
      classifiers.push_back(classifier(find_probe(kLinearProbe), of_these(rows),
                                       shuffled_within(folds, fold_count, stream("control", c))));
    }
    cross_validate(classifiers, folds, fold_count, classes_, task_.context.pool);

    for (std::size_t i = 0; i < asked.size(); ++i) {
      found[asked[i]].said = std::move(classifiers[i].probabilities);
      remember(found[asked[i]], kStated);
    }
    const FeatureMatrix& shares = majority_among(found).said;
    for (Found& one : found) {
      one.quality = probe_quality(one.said, persons_.labels, classes_, shares);
      if (one.probe().id == kMajorityProbe) {
        guess_the_commonest(one.quality, persons_.labels, classes_);
      }
    }
    report(found, attacks, persons_.labels, kStated);
    keep(found, persons_.persons, "");
    const auto linear =
        std::ranges::find(found, kLinearProbe, [](const Found& one) { return one.probe().id; });
    KGA_REQUIRE(linear != found.end(), "no linear probe among {}", found.size());
    control(std::span(classifiers).subspan(asked.size()), shares,
            linear->quality.balanced_accuracy);
  }
  /// The labels in another order. Every fold keeps its own, and so its shares of the values: where
  /// one has more of a value than its share, those it is predicted from have fewer, and labels of
  /// nothing would be found less often than chance finds them.
  [[nodiscard]] std::vector<std::uint32_t> shuffled_within(std::span<const std::uint32_t> folds,
                                                           std::uint32_t fold_count,
                                                           Rng stream) const {
    std::vector<std::vector<std::uint32_t>> by_fold(fold_count);
    for (std::size_t i = 0; i < folds.size(); ++i) by_fold[folds[i]].push_back(persons_.labels[i]);
    for (auto& labels : by_fold) stream.shuffle(std::span<std::uint32_t>(labels));
    std::vector<std::uint32_t> shuffled;
    for (const std::uint32_t fold : folds) {
      shuffled.push_back(by_fold[fold].back());
      by_fold[fold].pop_back();
    }
    return shuffled;
  }
  /// The probe that sees no features and says the class shares.
  [[nodiscard]] static const Found& majority_among(std::span<const Found> found) {
    const auto majority =
        std::ranges::find(found, kMajorityProbe, [](const Found& one) { return one.probe().id; });
    KGA_REQUIRE(majority != found.end(), "no majority among {} probes", found.size());
    return *majority;
  }
  /// The facts of all probes in their order, then which was strongest.
  void report(std::span<const Found> found, std::span<const Attack> attacks,
              std::span<const std::uint32_t> labels, const char* persons) {
    const ProbeQuality& majority = majority_among(found).quality;
    for (const Attack& attack : attacks) {
      if (attack.without_vectors) continue;
      const std::string& missing = attack.features->missing(attack.probe->features);
      if (!missing.empty()) {
        undefined_probe(*attack.probe, persons, missing, labels.size());
        continue;
      }
      const auto one = std::ranges::find_if(found, [&](const Found& candidate) {
        return candidate.attack.probe == attack.probe && !candidate.attack.without_vectors;
      });
      quality(*attack.probe, one->quality, majority, persons);
    }
    strongest(found, labels, persons);
  }
  /// How often shuffled labels are found as well as the true ones.
  void control(std::span<const CrossValidated> shuffled, const FeatureMatrix& shares,
               double observed) {
    std::vector<double> balanced;
    double as_good = 0.0;
    for (const CrossValidated& one : shuffled) {
      const ProbeQuality q = probe_quality(one.probabilities, one.labels, classes_, shares);
      balanced.push_back(q.balanced_accuracy);
      if (q.balanced_accuracy >= observed) as_good += 1.0;
    }
    const std::uint64_t n = balanced.size();
    if (n == 0) {
      add("p_value", Measurement::undefined("permutations = 0", 0, "", Direction::kHigher),
          kLinearProbe, kStated);
      return;
    }
    add("control_balanced_accuracy",
        mean_measurement(balanced, "permutations", "", Direction::kDescriptive), kLinearProbe,
        kStated);
    add("p_value",
        estimate((1.0 + as_good) / (1.0 + static_cast<double>(n)), n, "", Direction::kHigher),
        kLinearProbe, kStated);
  }
  /// Fitted on all stated persons, asked of persons whose value training did not see.
  void unseen(std::span<const Attack> attacks, const LabelledPersons& others) {
    const std::uint64_t n = others.persons.size();
    if (n < task_.parameters.count("min_group")) {
      return undefined(kHeldOut,
                       fmt::format("{} person(s) with one value that training did not see", n), n);
    }
    const std::size_t told = persons_.persons.size();
    std::map<const PersonFeatures*, std::pair<PersonFeatures, PersonFeatures>> sets;
    std::vector<Found> found = found_before(attacks, kHeldOut, n);
    const std::vector<std::size_t> asked = to_ask(found);
    for (const std::size_t i : asked) {
      const PersonFeatures& shown = found[i].features();
      const auto [set, is_new] = sets.try_emplace(&shown);
      if (!is_new) continue;
      auto& [train, test] = set->second;
      train = rows_of(shown, places(0, told));
      test = rows_of(shown, places(told, told + n));
      standardise(train, test);
    }
    task_.context.pool.run(asked.size(), [&](std::size_t i, std::size_t) {
      Found& one = found[asked[i]];
      const auto& [train, test] = sets.at(&one.features());
      const std::string purpose = fmt::format("{}.held_out", one.probe().id);
      one.said = one.probe().probabilities(
          {train, persons_.labels, classes_, test, task_.parameters, stream(purpose)});
    });
    for (const std::size_t i : asked) remember(found[i], kHeldOut);
    const FeatureMatrix& shares = majority_among(found).said;
    for (Found& one : found) {
      one.quality = probe_quality(one.said, others.labels, classes_, shares);
    }
    report(found, attacks, others.labels, kHeldOut);
    keep(found, others.persons, "held_out.");
  }
  void keep(std::span<const Found> found, std::span<const EntityId> persons, std::string_view set) {
    for (const Found& one : found) {
      if (one.probe().baseline || one.attack.without_vectors) continue;
      RawSeries series{
          fmt::format("leakage.{}.{}.{}correct", task_.attribute.id(), one.probe().id, set),
          "entity",
          {},
          {}};
      for (std::size_t i = 0; i < persons.size(); ++i) {
        series.ids.push_back(persons[i].value);
        series.values.push_back(static_cast<float>(one.quality.correct[i]));
      }
      task_.output.raw.push_back(std::move(series));
    }
  }

  AttributeTask& task_;
  std::vector<const ProbeEntry*> order_;
  LabelledPersons persons_;
  std::uint32_t classes_;
  const char* release_;
};

std::span<const ParameterSpec> leakage_parameters() {
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
      ParameterSpec::integer("mlp_most_epochs", 60, 1, 1000, "epochs",
                             "Passes of the probe mlp-stopped, unless it stops before"),
      ParameterSpec::real("mlp_weight_decay", 3.0, 0.0, 100.0, "",
                          "Weight decay of the probe mlp-stopped (AdamW: times the learning rate)"),
      ParameterSpec::integer("rbf_persons", 512, 2, 100000, "persons",
                             "The probe rbf compares everybody with so many random persons of its "
                             "train folds; its cost grows with their square"),
      ParameterSpec::integer("answer_relations", 6, 1, 1000, "relations",
                             "The probe answers asks for so many relations of persons, those with "
                             "most triples"),
      ParameterSpec::integer("answer_candidates", 500, 2, 100000, "entities",
                             "Of each of these relations, its commonest answers are candidates"),
      ParameterSpec::integer("answer_scores", 10, 0, 1000, "entities",
                             "The scores of so many of the commonest answers are shown too"),
      ParameterSpec::integer("permutations", 5, 0, 10000, "shuffles",
                             "Refits of the linear probe on shuffled labels, 0 for none; the "
                             "smallest possible p-value is 1 / (permutations + 1)"),
      ParameterSpec::flag("held_out", true,
                          "Also ask the probes of persons whose value training did not see"),
      ParameterSpec::choice("probes", "all", {"all", "panel", "rows"},
                            "all; panel = those that strongest is taken from; rows = those that "
                            "need rows or degrees alone; the majority is always asked"),
  };
  return table;
}

MetricOutput measure_leakage(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "leakage",
                            [](AttributeTask& task) { AttributeProbes(task).measure(); });
}

}  // namespace

extern const MetricEntry leakage;
constinit const MetricEntry leakage = {
    .id = "leakage",
    .title = "Leakage: how well a classifier reads the sensitive value from an embedding",
    .reading =
        ".5 of AUC: the strongest reader of the rows only guesses; 1: it tells the value of "
        "everybody. The row of the graph alone says what other facts give away without any "
        "embedding.",
    .formula =
        "Stratified 5-fold cross-validation over persons with one value in train (persons = "
        "stated); then every probe is fitted on all of them and asked of persons whose value "
        "training did not see (held_out). Features are standardised on the train folds; attribute "
        "vectors take no part (release = rows). In a row [whole] they do (release = whole): stated "
        "persons are shown with their vector of the attribute, the others, who have none, with "
        "those of the other attributes. Probes on a person's row: linear (multinomial logistic, "
        "L2), mlp "
        "(d-300-K, ReLU, softmax), mlp-stopped (the same with weight decay and early stopping), "
        "rbf (Gaussian kernel by a Nystroem map, the kernel with rbf_persons random persons); "
        "answers: linear on the model's softmax answers "
        "to other relations, as expected answer rows and the scores of the commonest answers; "
        "neighbours: linear on the row and the mean row of the neighbours. Baselines without an "
        "embedding: graph (linear on the neighbours' names), degree (linear on log(1 + train "
        "degree) as head and as tail), majority (class shares of the train folds; its accuracy is "
        "that of always guessing the value that is commonest among all stated persons). auc: of "
        "two "
        "values that of the second, else the mean over values of each against the rest; "
        "balanced_accuracy: mean recall, each person given the value whose probability is largest "
        "in "
        "proportion to its class share; excess_balanced_accuracy: less 1 / values; accuracy, "
        "macro_f1; excess_accuracy = accuracy - majority's; bits = majority's cross-entropy - the "
        "probe's, per person in bits. strongest: the auc of the best of linear, mlp-stopped, rbf "
        "and "
        "answers, chosen for each fifth of the persons by the other four, so that the choice adds "
        "nothing (strongest_excess_balanced_accuracy: the same of theirs); is_strongest: the share "
        "of persons that a probe was chosen for. In a row [whole] the four stand for choice twice, "
        "with vectors and without. p_value = (1 + "
        "#{shuffled labels read as well}) / (1 + permutations), on balanced accuracy.",
    .range =
        "accuracy, balanced_accuracy, macro_f1, auc in [0, 1]; bits up to the entropy of the "
        "labels, negative for a probe that is sure and wrong",
    .neutral =
        "auc: 0.5; balanced_accuracy: 1 / classes, so excess_balanced_accuracy 0; accuracy: the "
        "majority's; bits: 0",
    .direction =
        "nearer to the baselines is less leakage; below the majority is not better than "
        "at it",
    .source =
        "Fisher et al. 2020, section 4.3 (MLP of 300 units); Bose & Hamilton 2019 (AUC); "
        "Xu et al. 2020 (V-information, bits); Hewitt & Liang 2019 (control); DeLong et al. 1988 "
        "(intervals of auc); Williams & Seeger 2001 (rbf)",
    .pitfalls =
        "A probe gives a lower bound: a better one may read more. Where one value is common, "
        "accuracy hides what auc shows. Compare with graph: other facts tell much by themselves. "
        "More in docs/measures.md.",
    .parameters = &leakage_parameters,
    .measure = &measure_leakage,
    .vectors = VectorUse::kAttacks,
    .rows_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
