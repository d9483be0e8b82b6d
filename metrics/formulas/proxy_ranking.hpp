#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/formulas/labelled_persons.hpp"
#include "suite/base/measurement.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// One kind of facts about persons, as a source of an attribute that none of them states.
struct Proxy {
  std::string relation;  ///< its name, or the id of another attribute that stands beside the graph
  bool inverse = false;  ///< the person is the tail
  bool beside = false;   ///< another attribute, not a relation of the graph
  std::uint64_t persons = 0;  ///< of the measured persons, those with such a fact
  std::uint64_t values = 0;   ///< what the facts say: entities that two or more of the persons have
  /// How well the attribute is read from these facts alone, over all measured persons: those
  /// without such a fact look alike. Nothing where no two persons share a value.
  std::optional<double> auc;
  std::optional<Interval> interval;
  /// The same over the persons with such a fact; nothing where they have one group alone.
  std::optional<double> auc_covered;
};

struct ProxyOptions {
  std::size_t min_persons = 10;  ///< facts of fewer persons are not asked
  std::uint32_t folds = 5;
  std::uint64_t seed = 0;
};

/// Which other facts give the attribute back once it is hidden: for each relation and each side of
/// it on which the persons stand in train, and for each other attribute beside the graph, a linear
/// classifier (the probe "graph") learns the attribute from the values of these facts alone,
/// cross-validated. Left out is what states or tells the attribute by declaration
/// (datasets::relations_that_state) and attributes that share parts with it. By falling AUC, those
/// without one last; ties by name and side. Same bits for any number of threads.
[[nodiscard]] std::vector<Proxy> ranked_proxies(const datasets::Dataset& data,
                                                const datasets::PersonAttribute& attribute,
                                                const LabelledPersons& persons,
                                                const ProxyOptions& options, ThreadPool& pool);

}  // namespace kgaudit::metrics
