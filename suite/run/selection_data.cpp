#include "suite/run/selection_data.hpp"

#include <span>
#include <utility>
#include <vector>

#include "datasets/hidden_persons.hpp"
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

datasets::Dataset prepared_data(datasets::Dataset data, const Parameters& evaluation) {
  if (evaluation.text("set") == "valid") data = without_test_triples(std::move(data));
  const double share = evaluation.real("hidden_share");
  return share > 0.0 ? datasets::with_hidden_persons(std::move(data), share, 0) : data;
}

datasets::KnownTriples known_triples(const datasets::Dataset& data) {
  const datasets::KnowledgeGraph& graph = data.graph;
  const std::span<const datasets::Triple> withheld =
      data.hidden ? std::span<const datasets::Triple>(data.hidden->withheld)
                  : std::span<const datasets::Triple>();
  return {graph.entity_count(),
          graph.relation_count(),
          {graph.train(), graph.valid(), graph.test(), withheld}};
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
  if (data.hidden) restricted.hidden = data.hidden->asked_of(keep);
  return restricted;
}

}  // namespace kgaudit::run
