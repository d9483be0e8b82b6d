#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace kgaudit {

/// A dense 32-bit index, from 0, of one kind of thing. Ids of different kinds do not mix.
template <typename Kind>
struct Id {
  std::uint32_t value = 0;

  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t v) : value(v) {}
  /// For counters; the caller guarantees that `v` fits (vocabularies refuse more than 2^32 - 1).
  static constexpr Id of(std::size_t v) { return Id(static_cast<std::uint32_t>(v)); }

  /// As an index into an array.
  [[nodiscard]] constexpr std::size_t index() const { return value; }
  constexpr auto operator<=>(const Id&) const = default;
};

struct EntityKind;
struct RelationKind;
using EntityId = Id<EntityKind>;
using RelationId = Id<RelationKind>;

}  // namespace kgaudit

template <typename Kind>
struct std::hash<kgaudit::Id<Kind>> {
  std::size_t operator()(kgaudit::Id<Kind> id) const noexcept { return id.value; }
};
