#include "models/debiasing/counterfactual.hpp"

#include <algorithm>
#include <array>

namespace kgaudit::models {
namespace {

using Groups = std::array<std::vector<EntityId>, 2>;

/// The person's group, or nothing.
std::optional<std::size_t> group_of(const datasets::PersonAttribute& attribute, EntityId person) {
  const auto values = attribute.train_values(person);
  if (values.size() != 1 || values[0] > 1) return std::nullopt;
  return values[0];
}

EntityId drawn_from(std::span<const EntityId> persons, Rng& rng) {
  return persons[rng.below(static_cast<std::uint32_t>(persons.size()))];
}

bool tells(const datasets::PersonAttribute& attribute, RelationId relation) {
  return attribute.source().states(relation) ||
         std::ranges::any_of(attribute.proxies(), [&](const datasets::StatingRelation& by) {
           return by.relation == relation;
         });
}

}  // namespace

std::vector<std::optional<EntityId>> counterparts(const datasets::AttributeTable& attributes,
                                                  const datasets::PersonAttribute& attribute,
                                                  const Rng& stream) {
  const std::optional<datasets::PersonAttribute>& profession = attributes.profession();
  Groups everybody;
  std::vector<Groups> of_profession(profession ? profession->values().size() : 0);
  for (const EntityId p : attribute.train_persons()) {
    const auto group = group_of(attribute, p);
    if (!group) continue;
    everybody[*group].push_back(p);
    if (!profession) continue;
    for (const std::uint32_t o : profession->train_values(p)) {
      of_profession[o][*group].push_back(p);
    }
  }
  std::vector<std::optional<EntityId>> found;
  for (const EntityId p : attribute.train_persons()) {
    const auto group = group_of(attribute, p);
    if (!group || everybody[1 - *group].empty()) continue;
    Rng rng = stream.at(p.index());
    std::vector<std::uint32_t> shared;  // professions
    if (profession) {
      for (const std::uint32_t o : profession->train_values(p)) {
        if (!of_profession[o][1 - *group].empty()) shared.push_back(o);
      }
    }
    const std::vector<EntityId>& others =
        shared.empty() ? everybody[1 - *group]
                       : of_profession[shared[rng.below(static_cast<std::uint32_t>(shared.size()))]]
                                      [1 - *group];
    if (found.size() <= p.index()) found.resize(p.index() + 1);
    found[p.index()] = drawn_from(others, rng);
  }
  return found;
}

std::vector<datasets::Triple> with_counterfactuals(
    std::span<const datasets::Triple> triples, const datasets::PersonAttribute& attribute,
    std::span<const std::optional<EntityId>> counterparts) {
  const auto counterpart = [&](EntityId e) {
    return e.index() < counterparts.size() ? counterparts[e.index()] : std::nullopt;
  };
  std::vector<datasets::Triple> all(triples.begin(), triples.end());
  for (const datasets::Triple& t : triples) {
    if (tells(attribute, t.relation)) continue;
    if (const auto head = counterpart(t.head); head && *head != t.tail) {
      all.push_back({*head, t.relation, t.tail});
    }
    if (const auto tail = counterpart(t.tail); tail && *tail != t.head) {
      all.push_back({t.head, t.relation, *tail});
    }
  }
  return all;
}

std::vector<datasets::Triple> without_attribute(std::span<const datasets::Triple> triples,
                                                const datasets::PersonAttribute& attribute) {
  std::vector<datasets::Triple> kept;
  for (const datasets::Triple& t : triples) {
    if (!tells(attribute, t.relation)) kept.push_back(t);
  }
  return kept;
}

}  // namespace kgaudit::models
