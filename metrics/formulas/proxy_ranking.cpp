#include "metrics/formulas/proxy_ranking.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "metrics/formulas/cross_validation.hpp"
#include "metrics/formulas/logistic.hpp"
#include "metrics/formulas/neighbours.hpp"
#include "metrics/formulas/placements.hpp"
#include "metrics/formulas/probe_quality.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Neighbours = std::vector<std::vector<EntityId>>;

/// As of the probe "graph".
constexpr double kProxyL2 = 3.0;

/// A source of facts, and what it says of each measured person.
struct ProxySource {
  Proxy proxy;
  Neighbours values;
};

/// The facts of the graph by relation and side.
std::vector<ProxySource> sources_in_graph(const datasets::Dataset& data,
                                          const datasets::PersonAttribute& attribute,
                                          const LabelledPersons& persons) {
  const datasets::KnowledgeGraph& graph = data.graph;
  std::vector<bool> left_out(graph.relation_count(), false);
  for (const datasets::StatingRelation& stated : datasets::relations_that_state(attribute)) {
    left_out[stated.relation.index()] = true;
  }
  std::vector<std::uint32_t> place(graph.entity_count(), 0);  // of a person, from 1
  for (std::size_t i = 0; i < persons.persons.size(); ++i) {
    place[persons.persons[i].index()] = static_cast<std::uint32_t>(i + 1);
  }
  std::map<std::pair<RelationId, bool>, ProxySource> sources;
  const auto add = [&](const datasets::Triple& t, bool inverse) {
    const std::uint32_t person = place[(inverse ? t.tail : t.head).index()];
    if (person == 0) return;
    ProxySource& source = sources[{t.relation, inverse}];
    if (source.values.empty()) {
      source.values.resize(persons.persons.size());
      source.proxy.relation = graph.relations().name(t.relation.value);
      source.proxy.inverse = inverse;
    }
    source.values[person - 1].push_back(inverse ? t.head : t.tail);
  };
  for (const datasets::Triple& t : graph.train()) {
    if (left_out[t.relation.index()] || t.head == t.tail) continue;
    add(t, false);
    add(t, true);
  }
  std::vector<ProxySource> result;
  for (auto& [key, source] : sources) result.push_back(std::move(source));
  return result;
}

/// Other attributes that no relation of the graph states.
void add_sources_beside(std::vector<ProxySource>& sources, const datasets::Dataset& data,
                        const datasets::PersonAttribute& attribute,
                        const LabelledPersons& persons) {
  const auto add = [&](const datasets::PersonAttribute& other) {
    if (other.source().in_graph() || other.source().shares_parts(attribute.source()) ||
        !other.source().parts.empty()) {
      return;
    }
    ProxySource source;
    source.proxy.relation = other.id();
    source.proxy.beside = true;
    for (const EntityId person : persons.persons) {
      std::vector<EntityId>& values = source.values.emplace_back();
      for (const std::uint32_t v : other.train_values(person)) values.push_back(other.values()[v]);
    }
    sources.push_back(std::move(source));
  };
  for (const datasets::PersonAttribute& other : data.attributes.sensitive()) add(other);
  if (data.attributes.profession()) add(*data.attributes.profession());
}

/// Fills in what the classifier found.
void fill_in(Proxy& proxy, const FeatureMatrix& probabilities, const Neighbours& values,
             const LabelledPersons& persons, std::uint32_t classes) {
  const ProbeQuality all = probe_quality(probabilities, persons.labels, classes);
  proxy.auc = all.auc;
  if (all.auc) proxy.interval = influence_interval(*all.auc, all.auc_influence, "persons");
  std::vector<std::size_t> covered;
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) continue;
    covered.push_back(i);
    labels.push_back(persons.labels[i]);
  }
  proxy.auc_covered = probe_quality(rows_of(probabilities, covered), labels, classes).auc;
}

}  // namespace

std::vector<Proxy> ranked_proxies(const datasets::Dataset& data,
                                  const datasets::PersonAttribute& attribute,
                                  const LabelledPersons& persons, const ProxyOptions& options,
                                  ThreadPool& pool) {
  const auto classes = static_cast<std::uint32_t>(persons.values.size());
  KGA_REQUIRE(classes >= 2 && options.min_persons >= 1, "{} groups, {} persons at least", classes,
              options.min_persons);
  std::vector<ProxySource> sources = sources_in_graph(data, attribute, persons);
  add_sources_beside(sources, data, attribute, persons);
  for (ProxySource& source : sources) {
    source.proxy.persons = static_cast<std::uint64_t>(
        std::ranges::count_if(source.values, [](const auto& own) { return !own.empty(); }));
  }
  std::erase_if(sources,
                [&](const ProxySource& s) { return s.proxy.persons < options.min_persons; });

  const auto folds = stratified_folds(persons.labels, classes, options.folds,
                                      Rng(options.seed, "proxies.folds." + attribute.id()));
  // A few at a time, so that their features need not all be in memory.
  constexpr std::size_t kAtOnce = 32;
  for (std::size_t begin = 0; begin < sources.size(); begin += kAtOnce) {
    const std::size_t end = std::min(begin + kAtOnce, sources.size());
    std::vector<PersonFeatures> features(end - begin);
    std::vector<CrossValidated> classifiers;
    std::vector<std::size_t> asked;
    for (std::size_t s = begin; s < end; ++s) {
      SparseRows& links = features[s - begin].links;
      links = neighbour_links(sources[s].values, persons.persons.size(), data.graph.entity_count());
      sources[s].proxy.values = links.columns;
      if (links.columns == 0) continue;
      asked.push_back(s);
      classifiers.push_back(
          {&features[s - begin], persons.labels,
           [classes](const PersonFeatures& train, std::span<const std::uint32_t> labels,
                     const PersonFeatures& test, std::uint32_t) {
             LogisticOptions logistic;
             logistic.l2 = kProxyL2;
             return logistic_probabilities(train.links, labels, classes, test.links, logistic);
           }});
    }
    cross_validate(classifiers, folds, options.folds, classes, pool);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      fill_in(sources[asked[i]].proxy, classifiers[i].probabilities, sources[asked[i]].values,
              persons, classes);
    }
  }
  std::vector<Proxy> ranked;
  for (ProxySource& source : sources) ranked.push_back(std::move(source.proxy));
  std::ranges::sort(ranked, [](const Proxy& a, const Proxy& b) {
    if (a.auc != b.auc) return a.auc.value_or(-1.0) > b.auc.value_or(-1.0);
    return std::tie(a.relation, a.inverse, a.beside) < std::tie(b.relation, b.inverse, b.beside);
  });
  return ranked;
}

}  // namespace kgaudit::metrics
