#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "models/embedding/embedding_table.hpp"

namespace kgaudit::models {

/// A set of sensitive attributes: bit j stands for AttributeTable::sensitive()[j].
using AttributeSet = std::uint32_t;

/// The side of a triple that a query asks for: (h, r, ?) or (?, r, t).
enum class AskedSide : std::uint8_t { kTail, kHead };

/// The attributes whose vectors are added to the rows of a query.
struct AttributeSets {
  AttributeSet known = 0;      ///< to the known entity
  AttributeSet candidate = 0;  ///< to each candidate, its own vectors
};

/// Decides which attribute vectors take part in a triple's score (Fisher et al. 2020, section 3.3).
///
/// Relation rows 0 .. R - 1 are the graph's; row R + j is the twin of sensitive attribute j's first
/// relation, in which exactly attribute j is allowed. The person is the head of every relation but
/// the inverse ones.
class AttributeRules {
 public:
  AttributeRules(const datasets::AttributeTable& attributes, const datasets::Whitelist& whitelist,
                 std::size_t relation_count);

  /// The vectors in the scores of a query with this known entity: the attributes that the relation
  /// allows and, where the known entity is the profession that the triple states, those that this
  /// profession allows, on whichever row the person's is. Where asks_for_profession, a candidate on
  /// a whitelist adds of_profession(candidate) to the known person, in its own score alone.
  [[nodiscard]] AttributeSets sets_for(std::size_t relation, AskedSide asked, EntityId known) const;
  /// Whether candidates are professions, asked about a known person.
  [[nodiscard]] bool asks_for_profession(std::size_t relation, AskedSide asked) const {
    return states_profession_[relation] && person_is_known(relation, asked);
  }
  [[nodiscard]] bool person_is_tail(std::size_t relation) const {
    return person_is_tail_[relation];
  }
  /// Attributes allowed besides the relation's when a triple states this profession.
  [[nodiscard]] AttributeSet of_profession(EntityId profession) const;
  /// Every profession on a whitelist, by ascending id.
  [[nodiscard]] std::span<const std::pair<EntityId, AttributeSet>> professions() const {
    return professions_;
  }

 private:
  [[nodiscard]] bool person_is_known(std::size_t relation, AskedSide asked) const {
    return person_is_tail_[relation] == (asked == AskedSide::kHead);
  }

  std::vector<AttributeSet> by_relation_;  ///< allowed for every triple of the relation
  std::vector<bool> person_is_tail_;
  std::vector<bool> states_profession_;
  std::vector<std::pair<EntityId, AttributeSet>> professions_;
};

/// Attribute vectors ready for scoring: vectors[j] holds one row for each distinct set of values of
/// attribute j (several values: their mean); row_of[j][e] is the row for entity e, or -1 when its
/// value is unknown and nothing is added.
struct AttributeVectors {
  AttributeRules rules;
  std::vector<FloatTable> vectors;
  std::vector<std::vector<std::int32_t>> row_of;

  /// out += the vectors of `entity` for the set bits.
  void add(EntityId entity, AttributeSet set, float* out) const;
  /// The vector of `entity` for attribute j; empty when it has none.
  [[nodiscard]] std::span<const float> of(EntityId entity, std::size_t j) const;
};

}  // namespace kgaudit::models
