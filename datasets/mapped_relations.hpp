#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "datasets/attribute_table.hpp"

namespace kgaudit::datasets {

/// A relation that tells an attribute in other words: "sex" has M where the attribute has male.
struct MappedRelation {
  StatingRelation by;
  std::uint64_t persons = 0;   ///< with the relation and a value of the attribute
  std::uint64_t agreeing = 0;  ///< of these, with the value that theirs of the relation stands for
  /// Values of the relation and what they stand for, by falling persons. Empty where it is having
  /// the relation at all that tells `value`, as "is_male" does.
  std::vector<std::pair<EntityId, EntityId>> words;
  EntityId value;
};

/// Relations, of those that `named` (per relation) leaves, whose values map onto those of the
/// attribute, one to one or nearly so: 90 % of the persons in both have the values that belong
/// together, at least half of what the commonest value would get wrong is right, and the relation
/// has at most two values for one of the attribute. Or having the relation is as good as having a
/// value: 90 % of those who have one have the other, and at most a tenth of the rest has it. What
/// fewer than kSmallestGroup persons share says nothing, so names and cities are none of these, nor
/// is a relation whose value is always the same. In all lists; ordered by relation.
[[nodiscard]] std::vector<MappedRelation> mapped_relations(const KnowledgeGraph& graph,
                                                           const PersonAttribute& attribute,
                                                           const std::vector<bool>& named);

}  // namespace kgaudit::datasets
