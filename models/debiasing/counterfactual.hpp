#pragma once

#include <optional>
#include <span>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::models {

/// Per entity, up to the last one that has one: the person of the other group who stands in for a
/// person of one group. The groups are the two commonest values of `attribute`; a person belongs to
/// one who has exactly that value in train.
///
/// Person p draws from stream.at(p): first one of p's professions among those that somebody of the
/// other group has, then one of these persons; if there is no such profession, one of the whole
/// other group. All draws are uniform. Nobody has a counterpart while a group is empty.
[[nodiscard]] std::vector<std::optional<EntityId>> counterparts(
    const datasets::AttributeTable& attributes, const datasets::PersonAttribute& attribute,
    const Rng& stream);

/// `triples`, and behind them a copy of each triple for each person in it who has a counterpart,
/// with the counterpart in that person's place: first the head's copies, then the tail's, triple by
/// triple. Triples of relations that state the attribute, and of its proxies, have no copy (a copy
/// would state the wrong value), nor has one that would join an entity with itself.
[[nodiscard]] std::vector<datasets::Triple> with_counterfactuals(
    std::span<const datasets::Triple> triples, const datasets::PersonAttribute& attribute,
    std::span<const std::optional<EntityId>> counterparts);

/// `triples` without those of relations that state `attribute`, or that are its proxies; in their
/// order.
[[nodiscard]] std::vector<datasets::Triple> without_attribute(
    std::span<const datasets::Triple> triples, const datasets::PersonAttribute& attribute);

}  // namespace kgaudit::models
