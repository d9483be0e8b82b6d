#include "models/scoring/attribute_rules.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "suite/base/error.hpp"

namespace kgaudit::models {

AttributeRules::AttributeRules(const datasets::AttributeTable& attributes,
                               const datasets::Whitelist& whitelist, std::size_t relation_count) {
  const std::size_t count = attributes.sensitive().size();
  KGA_REQUIRE(count <= 32, "attributes = {}", count);
  KGA_REQUIRE(whitelist.entries.size() <= count, "whitelist for {} attributes, not {}",
              whitelist.entries.size(), count);
  by_relation_.resize(relation_count + count, 0);
  person_is_tail_.resize(relation_count + count, false);
  states_profession_.resize(relation_count + count, false);
  std::map<EntityId, AttributeSet> professions;
  for (std::size_t j = 0; j < whitelist.entries.size(); ++j) {
    const AttributeSet bit = 1U << j;
    for (const RelationId r : whitelist.entries[j].relations) by_relation_[r.index()] |= bit;
    for (const RelationId r : whitelist.entries[j].inverse_relations) {
      by_relation_[r.index()] |= bit;
      person_is_tail_[r.index()] = true;
    }
    for (const EntityId e : whitelist.entries[j].professions) professions[e] |= bit;
  }
  for (std::size_t j = 0; j < count; ++j) {
    const datasets::PersonRelation& source = attributes.sensitive()[j].source();
    by_relation_[relation_count + j] = 1U << j;
    person_is_tail_[relation_count + j] = source.inverse;
    for (const datasets::StatingRelation& by : source.sources()) {
      person_is_tail_[by.relation.index()] = by.inverse;
    }
  }
  if (attributes.profession()) {
    for (const datasets::StatingRelation& by : attributes.profession()->source().sources()) {
      states_profession_[by.relation.index()] = true;
      person_is_tail_[by.relation.index()] = by.inverse;
    }
    professions_.assign(professions.begin(), professions.end());
  }
}

AttributeSets AttributeRules::sets_for(std::size_t relation, AskedSide asked,
                                       EntityId known) const {
  const AttributeSet allowed = by_relation_[relation];
  if (person_is_known(relation, asked)) return {.known = allowed};
  // The profession is the known entity, so its permission holds for all candidates alike.
  const AttributeSet stated = states_profession_[relation] ? of_profession(known) : 0;
  return {.candidate = allowed | stated};
}

AttributeSet AttributeRules::of_profession(EntityId profession) const {
  const auto found = std::lower_bound(
      professions_.begin(), professions_.end(), profession,
      [](const std::pair<EntityId, AttributeSet>& entry, EntityId e) { return entry.first < e; });
  return found != professions_.end() && found->first == profession ? found->second : 0;
}

void AttributeVectors::add(EntityId entity, AttributeSet set, float* out) const {
  for (; set != 0; set &= set - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(set));
    const std::span<const float> vector = of(entity, j);
    for (std::size_t k = 0; k < vector.size(); ++k) out[k] += vector[k];
  }
}

std::span<const float> AttributeVectors::of(EntityId entity, std::size_t j) const {
  const std::int32_t row = row_of[j][entity.index()];
  if (row < 0) return {};
  return vectors[j].values(static_cast<std::size_t>(row));
}

}  // namespace kgaudit::models
