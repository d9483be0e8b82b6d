#include "suite/run/selection_data.hpp"

#include <span>
#include <utility>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::run {

datasets::Dataset without_test_triples(datasets::Dataset data) {
  const datasets::KnowledgeGraph& whole = data.graph;
  const auto list = [](std::span<const datasets::Triple> triples) {
    return std::vector<datasets::Triple>(triples.begin(), triples.end());
  };
  datasets::KnowledgeGraph graph(whole.entities(), whole.relations(), list(whole.train()),
                                 list(whole.valid()), list(whole.valid()));
  std::vector<datasets::PersonRelation> sensitive;
  for (const datasets::PersonAttribute& attribute : data.attributes.sensitive()) {
    sensitive.push_back(attribute.source());
  }
  std::optional<datasets::PersonRelation> profession;
  if (data.attributes.profession()) profession = data.attributes.profession()->source();
  data.attributes = datasets::AttributeTable(graph, sensitive, profession);
  data.graph = std::move(graph);
  return data;
}

std::optional<datasets::Dataset> asked_of_some(const datasets::Dataset& data,
                                               std::string_view persons) {
  if (persons == "all") return std::nullopt;
  KGA_REQUIRE(persons == "selection" || persons == "others", "persons {}", persons);
  std::vector<EntityId> order(data.attributes.persons().begin(), data.attributes.persons().end());
  Rng(0, "run.selection_persons").shuffle(std::span<EntityId>(order));
  const std::size_t half = order.size() / 2;
  std::vector<bool> keep(data.graph.entity_count(), false);
  for (std::size_t i = 0; i < order.size(); ++i) {
    keep[order[i].index()] = (i < half) == (persons == "selection");
  }
  datasets::Dataset restricted = data;
  restricted.attributes = data.attributes.asked_of(keep);
  return restricted;
}

}  // namespace kgaudit::run
