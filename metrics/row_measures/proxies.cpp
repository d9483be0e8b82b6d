#include <array>

#include <fmt/format.h>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/grouped_rows.hpp"
#include "metrics/formulas/proxy_ranking.hpp"
#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::row_measures_roster {
namespace {

constexpr std::array<std::string_view, 1> kLargest = {"largest"};

void add_proxy(AttributeTask& task, const Proxy& proxy, std::uint64_t persons) {
  const Facets facets = {{"relation", proxy.relation},
                         {"side", proxy.inverse  ? "tail"
                                  : proxy.beside ? "attribute"
                                                 : "head"}};
  task.facts.add("auc",
                 proxy.auc ? estimate(*proxy.auc, persons, "", Direction::kLower, proxy.interval)
                           : Measurement::undefined("no two persons share a value", persons, "",
                                                    Direction::kLower),
                 facets);
  task.facts.add("auc_covered",
                 proxy.auc_covered
                     ? estimate(*proxy.auc_covered, proxy.persons, "", Direction::kLower)
                     : Measurement::undefined("its persons have one group, or share no value",
                                              proxy.persons, "", Direction::kLower),
                 facets);
  task.facts.add("covered",
                 Measurement::of(static_cast<double>(proxy.persons) / static_cast<double>(persons),
                                 persons, "", Direction::kDescriptive),
                 facets);
}

void add_proxies_of(AttributeTask& task) {
  const std::size_t min_group = task.parameters.count("min_group");
  const LabelledPersons persons =
      stated_persons(task.attribute, task.parameters.count("max_persons"), min_group);
  const std::uint64_t n = persons.persons.size();
  task.facts.add("persons",
                 Measurement::of(static_cast<double>(n), n, "persons", Direction::kDescriptive));
  const auto none = [&](const std::string& reason) {
    task.facts.undefined(kLargest, reason, n, "", Direction::kLower);
  };
  if (persons.values.size() < 2) {
    return none(fmt::format("{} value(s) with at least min_group = {} persons: groups need 2",
                            persons.values.size(), min_group));
  }
  const ProxyOptions options{min_group, static_cast<std::uint32_t>(task.parameters.count("folds")),
                             task.context.seed};
  const std::vector<Proxy> ranked =
      ranked_proxies(task.context.data, task.attribute, persons, options, task.context.pool);
  if (ranked.empty() || !ranked.front().auc) {
    return none(fmt::format("no other facts that min_group = {} of the persons have", min_group));
  }
  // Without an interval: that of one relation is too narrow for the largest of many.
  task.facts.add(kLargest[0], estimate(*ranked.front().auc, n, "", Direction::kLower));
  const std::size_t shown = std::min(ranked.size(), task.parameters.count("most"));
  for (std::size_t i = 0; i < shown; ++i) add_proxy(task, ranked[i], n);
}

std::span<const ParameterSpec> proxies_parameters() {
  static const std::array table = {
      min_group_parameter(), max_persons_parameter(20000),
      ParameterSpec::integer("folds", 5, 2, 20, "folds",
                             "Parts of the persons; each is predicted by a classifier fitted on "
                             "the others"),
      ParameterSpec::integer("most", 50, 1, 100000, "relations",
                             "How many of the relations are told of, the strongest first")};
  return table;
}

MetricOutput measure_proxies(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "proxies", &add_proxies_of);
}

}  // namespace

extern const MetricEntry proxies;
constinit const MetricEntry proxies = {
    .id = "proxies",
    .title = "Proxies: which other facts give the attribute back once it is hidden",
    .reading =
        "The facts in order of how much of the attribute they give back. .5: nothing; 1: all of "
        "it.",
    .formula =
        "Persons with one value. For each relation and side on which they stand in train, and each "
        "other attribute of a people file, without what states the attribute: a linear classifier "
        "on the one-hot values of these facts alone, stratified cross-validation. auc: of two "
        "groups that of the second, else the mean of each against the rest, over all persons; "
        "auc_covered: over the persons with such a fact; covered: their share. largest: the "
        "largest auc.",
    .range = "auc in [0, 1]; covered in [0, 1]",
    .neutral = "auc: 0.5; largest lies above it by chance, the more relations there are",
    .direction = "nearer to 0.5 gives less away",
    .source = "this project, with the probe graph; Hanley and McNeil 1982 (AUC)",
    .pitfalls =
        "A property of the facts and not of an embedding: what it finds there is what a debiased "
        "model can still learn. Relations together tell more than the strongest alone: see "
        "leakage's probe graph. More in docs/measures.md.",
    .parameters = &proxies_parameters,
    .measure = &measure_proxies,
    .rows_suffice = true,
};

}  // namespace kgaudit::metrics::row_measures_roster
