#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "models/embedding/embedding_table.hpp"

namespace kgaudit::models {

/// A set of sensitive attributes: bit j stands for AttributeTable::sensitive()[j].
using AttributeSet = std::uint32_t;

/// Decides which attribute vectors take part in a triple's score (Fisher et al. 2020, section 3.3).
///
/// Relation rows 0 .. R - 1 are the graph's; row R + j is the twin of sensitive relation j, in
/// which exactly attribute j is allowed. The person is the head of every relation but the inverse
/// ones.
class AttributeRules {
 public:
  AttributeRules(const datasets::AttributeTable& table, const datasets::Whitelist& whitelist,
                 std::size_t relation_count);

  /// Attributes allowed for every triple of the relation row.
  [[nodiscard]] AttributeSet of_relation(std::size_t relation) const {
    return by_relation_[relation];
  }
  /// Attributes allowed besides when the triple states this profession.
  [[nodiscard]] AttributeSet of_profession(EntityId profession) const;
  [[nodiscard]] bool states_profession(std::size_t relation) const {
    return relation == profession_relation_;
  }
  [[nodiscard]] bool person_is_tail(std::size_t relation) const {
    return person_is_tail_[relation];
  }
  /// Every profession on a whitelist, by ascending id.
  [[nodiscard]] std::span<const std::pair<EntityId, AttributeSet>> professions() const {
    return professions_;
  }

 private:
  std::vector<AttributeSet> by_relation_;
  std::vector<bool> person_is_tail_;
  std::size_t profession_relation_;
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
  void add(EntityId entity, AttributeSet attributes, float* out) const;
};

}  // namespace kgaudit::models
