#include "metrics/formulas/neighbours.hpp"

#include <algorithm>
#include <cstdint>

namespace kgaudit::metrics {

using Eigen::Index;

std::vector<std::vector<EntityId>> neighbours_of(const datasets::KnowledgeGraph& graph,
                                                 const datasets::PersonAttribute& attribute,
                                                 std::span<const EntityId> persons) {
  std::vector<bool> left_out(graph.relation_count(), false);
  for (const datasets::StatingRelation& stated : datasets::relations_that_state(attribute)) {
    left_out[stated.relation.index()] = true;
  }
  std::vector<std::uint32_t> place(graph.entity_count(), 0);  // of a person, from 1
  for (std::size_t i = 0; i < persons.size(); ++i) {
    place[persons[i].index()] = static_cast<std::uint32_t>(i + 1);
  }
  std::vector<std::vector<EntityId>> neighbours(persons.size());
  for (const datasets::Triple& t : graph.train()) {
    if (left_out[t.relation.index()] || t.head == t.tail) continue;
    if (const std::uint32_t p = place[t.head.index()]; p > 0) neighbours[p - 1].push_back(t.tail);
    if (const std::uint32_t p = place[t.tail.index()]; p > 0) neighbours[p - 1].push_back(t.head);
  }
  return neighbours;
}

FeatureMatrix mean_neighbour_rows(const models::LinkScorer& scorer,
                                  std::span<const std::vector<EntityId>> neighbours) {
  const std::size_t dimension = scorer.dimension();
  FeatureMatrix means =
      FeatureMatrix::Zero(static_cast<Index>(neighbours.size()), static_cast<Index>(dimension));
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    if (neighbours[i].empty()) continue;
    auto mean = means.row(static_cast<Index>(i));
    for (const EntityId neighbour : neighbours[i]) {
      const auto row = scorer.entity_row(neighbour);
      for (std::size_t k = 0; k < dimension; ++k) mean(static_cast<Index>(k)) += row[k];
    }
    mean /= static_cast<float>(neighbours[i].size());
  }
  return means;
}

SparseRows neighbour_links(std::span<const std::vector<EntityId>> neighbours,
                           std::size_t learnt_from, std::size_t entity_count) {
  std::vector<std::vector<EntityId>> distinct(neighbours.begin(), neighbours.end());
  std::vector<std::uint32_t> persons_with(entity_count, 0);
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    std::ranges::sort(distinct[i]);
    distinct[i].erase(std::unique(distinct[i].begin(), distinct[i].end()), distinct[i].end());
    if (i >= learnt_from) continue;
    for (const EntityId neighbour : distinct[i]) ++persons_with[neighbour.index()];
  }
  SparseRows links;
  std::vector<std::uint32_t> column(entity_count, 0);  // from 1
  for (std::size_t e = 0; e < entity_count; ++e) {
    if (persons_with[e] >= 2) column[e] = ++links.columns;
  }
  std::vector<std::uint32_t> ones;
  for (const std::vector<EntityId>& of_person : distinct) {
    ones.clear();
    for (const EntityId neighbour : of_person) {
      if (const std::uint32_t c = column[neighbour.index()]; c > 0) ones.push_back(c - 1);
    }
    links.push_back(ones);
  }
  return links;
}

}  // namespace kgaudit::metrics
