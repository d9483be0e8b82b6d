#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/name_table.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/ids.hpp"

namespace kgaudit::datasets {

/// One fact: head --relation--> tail.
struct Triple {
  EntityId head;
  RelationId relation;
  EntityId tail;

  auto operator<=>(const Triple&) const = default;
};

/// Names of dense ids 0 .. size() - 1. Names are unique, well-formed UTF-8 and not empty; whoever
/// builds a vocabulary from a file has checked this with file and line (see load_graph.hpp), so a
/// violation here is a BrokenInvariant.
/// At most 2^31 names.
class Vocabulary {
 public:
  Vocabulary() = default;
  explicit Vocabulary(std::vector<std::string> names);

  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::string& name(std::uint32_t id) const;
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
    return names_.find(name);
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_.names(); }
  /// SHA-256 over the names in id order; two tables are aligned if and only if it is equal.
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  NameTable names_;
  Digest digest_;
};

/// The immutable graph: two vocabularies and three lists of triples, in the order of their source
/// (the order is part of the identity: it decides the order of training).
class KnowledgeGraph {
 public:
  KnowledgeGraph() = default;
  /// Every id must lie inside its vocabulary (BrokenInvariant otherwise).
  KnowledgeGraph(Vocabulary entities, Vocabulary relations, std::vector<Triple> train,
                 std::vector<Triple> valid, std::vector<Triple> test);

  [[nodiscard]] const Vocabulary& entities() const { return entities_; }
  [[nodiscard]] const Vocabulary& relations() const { return relations_; }
  [[nodiscard]] std::size_t entity_count() const { return entities_.size(); }
  [[nodiscard]] std::size_t relation_count() const { return relations_.size(); }
  [[nodiscard]] std::span<const Triple> train() const { return train_; }
  [[nodiscard]] std::span<const Triple> valid() const { return valid_; }
  [[nodiscard]] std::span<const Triple> test() const { return test_; }
  /// SHA-256 over both vocabularies and the three lists: the graph's identity.
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  Vocabulary entities_;
  Vocabulary relations_;
  std::vector<Triple> train_;
  std::vector<Triple> valid_;
  std::vector<Triple> test_;
  Digest digest_;
};

/// Answers "which tails are known for (h, r)" and "which heads for (r, t)" over chosen triples.
/// Memory: 2 x (4 bytes a triple + 12 bytes a distinct key).
class KnownTriples {
 public:
  KnownTriples() = default;
  /// Lists are given one after another; duplicates are kept once.
  KnownTriples(std::size_t entity_count, std::size_t relation_count,
               std::initializer_list<std::span<const Triple>> lists);

  /// Ascending, without duplicates; empty if none.
  [[nodiscard]] std::span<const EntityId> tails(EntityId head, RelationId relation) const;
  [[nodiscard]] std::span<const EntityId> heads(RelationId relation, EntityId tail) const;
  [[nodiscard]] bool contains(const Triple& triple) const;

 private:
  struct Side {
    std::vector<std::size_t> relation_begin;  ///< per relation: first key; one more at the end
    std::vector<EntityId> keys;               ///< per relation ascending
    std::vector<std::uint64_t> value_begin;   ///< per key: first value; one more at the end
    std::vector<EntityId> values;
    [[nodiscard]] std::span<const EntityId> find(RelationId relation, EntityId key) const;
  };
  static Side index(std::size_t relation_count,
                    std::initializer_list<std::span<const Triple>> lists, bool by_head);
  Side by_head_;
  Side by_tail_;
};

}  // namespace kgaudit::datasets
