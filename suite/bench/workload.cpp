#include "suite/bench/workload.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "datasets/load_dataset.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::bench {
namespace {

using datasets::Triple;

// Entities are drawn by u^3, which gives the commonest ones a share like Freebase's hubs.
std::vector<Triple> made_triples(std::size_t count, std::string_view stream) {
  Rng rng(0, stream);
  std::vector<Triple> triples(count);
  const auto skewed = [&](double n) {
    return static_cast<std::uint32_t>(n * std::pow(rng.uniform(), 3.0));
  };
  for (Triple& t : triples)
    t = {EntityId(skewed(14541)), RelationId(skewed(237)), EntityId(skewed(14541))};
  return triples;
}

datasets::Vocabulary numbered(std::size_t count, char letter) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(letter + std::to_string(i));
  return datasets::Vocabulary(std::move(names));
}

datasets::Dataset load() {
  try {
    return datasets::load_dataset(datasets::KnownDataset{"fb15k-237"});
  } catch (const InputError&) {
    datasets::Dataset made;
    made.id = "made";
    made.title = "made graph with FB15k-237's counts";
    made.graph = datasets::KnowledgeGraph(
        numbered(14541, 'e'), numbered(237, 'r'), made_triples(272115, "train"),
        made_triples(17535, "valid"), made_triples(20466, "test"));
    made.attributes = datasets::AttributeTable(made.graph, {}, std::nullopt);
    return made;
  }
}

}  // namespace

const datasets::Dataset& fb15k237_like() {
  static const datasets::Dataset kData = load();
  return kData;
}

}  // namespace kgaudit::bench
