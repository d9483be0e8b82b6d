#include "models/scoring/attribute_rules.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>

#include "suite/base/error.hpp"

namespace kgaudit::models {

AttributeRules::AttributeRules(const datasets::AttributeTable& table,
                               const datasets::Whitelist& whitelist, std::size_t relation_count)
    : profession_relation_(std::numeric_limits<std::size_t>::max()) {
  const std::size_t attributes = table.sensitive().size();
  KGA_REQUIRE(attributes <= 32, "attributes = {}", attributes);
  KGA_REQUIRE(whitelist.entries.size() <= attributes, "whitelist for {} attributes, not {}",
              whitelist.entries.size(), attributes);
  by_relation_.resize(relation_count + attributes, 0);
  person_is_tail_.resize(relation_count + attributes, false);
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
  for (std::size_t j = 0; j < attributes; ++j) {
    const datasets::PersonRelation& source = table.sensitive()[j].source();
    by_relation_[relation_count + j] = 1U << j;
    person_is_tail_[relation_count + j] = source.inverse;
    person_is_tail_[source.relation.index()] = source.inverse;
  }
  if (table.profession()) {
    profession_relation_ = table.profession()->source().relation.index();
    person_is_tail_[profession_relation_] = table.profession()->source().inverse;
    professions_.assign(professions.begin(), professions.end());
  }
}

AttributeSet AttributeRules::of_profession(EntityId profession) const {
  const auto found = std::lower_bound(
      professions_.begin(), professions_.end(), profession,
      [](const std::pair<EntityId, AttributeSet>& entry, EntityId e) { return entry.first < e; });
  return found != professions_.end() && found->first == profession ? found->second : 0;
}

void AttributeVectors::add(EntityId entity, AttributeSet attributes, float* out) const {
  for (; attributes != 0; attributes &= attributes - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(attributes));
    const std::int32_t row = row_of[j][entity.index()];
    if (row < 0) continue;
    const float* vector = vectors[j].row(static_cast<std::size_t>(row));
    for (std::size_t k = 0; k < vectors[j].width(); ++k) out[k] += vector[k];
  }
}

}  // namespace kgaudit::models
