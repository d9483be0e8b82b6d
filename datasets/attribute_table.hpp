#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/knowledge_graph.hpp"

namespace kgaudit::datasets {

/// A relation whose triples state a fact about a person. With `inverse` the person is the tail:
/// FB15k-237 states (ethnicity, /people/ethnicity/people, person).
struct StatingRelation {
  RelationId relation;
  bool inverse = false;

  [[nodiscard]] EntityId person(const Triple& t) const { return inverse ? t.tail : t.head; }
  [[nodiscard]] EntityId value(const Triple& t) const { return inverse ? t.head : t.tail; }

  bool operator==(const StatingRelation&) const = default;
};

/// In place of a relation: the graph has none that states the fact, because it comes from a file
/// about people or from other attributes. No model can be asked about it.
inline constexpr RelationId kNoRelation{UINT32_MAX};

/// Where a fact about persons is kept in the graph. Several relations may state it: FB15k has
/// (person, /people/person/ethnicity, ethnicity) and (ethnicity, /people/ethnicity/people, person).
/// The first is the one through which models are asked; all of them say who has which value.
struct PersonRelation {
  std::string id;        ///< "gender", "religion", "ethnicity", "nationality", "profession"
  RelationId relation;   ///< the first, or kNoRelation
  bool inverse = false;  ///< of the first
  std::vector<StatingRelation> also = {};  ///< the others; none is `relation` again
  /// Relations that do not state the fact but tell it all the same, as given names tell gender.
  /// They define no values and no persons.
  std::vector<StatingRelation> proxies = {};
  /// Attributes that this one was made of: each of them is told by it.
  std::vector<std::string> parts = {};

  /// Whether one of the two is made of the other, or both of a common part.
  [[nodiscard]] bool shares_parts(const PersonRelation& other) const;
  /// Of a triple of the first relation.
  [[nodiscard]] EntityId person(const Triple& t) const { return first().person(t); }
  [[nodiscard]] EntityId value(const Triple& t) const { return first().value(t); }

  [[nodiscard]] StatingRelation first() const { return {relation, inverse}; }
  /// Whether a relation of the graph states the fact.
  [[nodiscard]] bool in_graph() const { return relation != kNoRelation; }
  /// The first and the others, in this order; none if the graph does not state the fact.
  [[nodiscard]] std::vector<StatingRelation> sources() const;
  /// How triples of `asked` state the fact; nothing if they do not.
  [[nodiscard]] std::optional<StatingRelation> stating(RelationId asked) const;
  [[nodiscard]] bool states(RelationId asked) const { return stating(asked).has_value(); }
};

/// That a person has a value.
struct StatedValue {
  EntityId person;
  EntityId value;
};

/// The values of one fact about persons and who has them, by all relations that state it. A person
/// who is stated to have a value twice, by one relation or by two, has it once.
///
/// `values` are ordered by falling number of persons in train, ties by entity id, so "the top M
/// candidates" is a prefix. A value index is a position in that order. Values seen only in valid or
/// test stand at the end with a train count of 0.
class PersonAttribute {
 public:
  PersonAttribute(PersonRelation source, const KnowledgeGraph& graph);  ///< placeholders left out
  /// A fact that a list states and not the graph, whose entities name persons and values: `train`
  /// counts as stated in train, `further` as stated in valid or test only. With kNoRelation in
  /// `source` it stands beside the graph; a relation is the one through which models are asked.
  PersonAttribute(PersonRelation source, std::span<const StatedValue> train,
                  std::span<const StatedValue> further, std::size_t entity_count);

  [[nodiscard]] const PersonRelation& source() const { return source_; }
  [[nodiscard]] const std::string& id() const { return source_.id; }
  /// See PersonRelation::proxies.
  [[nodiscard]] std::span<const StatingRelation> proxies() const { return source_.proxies; }
  [[nodiscard]] std::span<const EntityId> values() const { return values_; }
  /// Distinct persons with the value in train, aligned with values().
  [[nodiscard]] std::span<const std::uint32_t> train_counts() const { return train_counts_; }
  /// How many values are stated in train, at most `most`: the length of the prefix that an
  /// adversary or a loss asks about.
  [[nodiscard]] std::size_t values_in_train(std::size_t most) const;
  /// Index of a value entity, if it is one.
  [[nodiscard]] std::optional<std::uint32_t> value_index(EntityId value) const;

  /// Value indices of `person` stated in train, ascending; empty = unknown. Several are possible.
  [[nodiscard]] std::span<const std::uint32_t> train_values(EntityId person) const;
  /// Asks for what train_values(person) reads ahead of its use, in two steps: where its values
  /// begin, and, when that has come, the values. In a large graph both come from memory.
  void prefetch_begin(EntityId person) const {
    if (person.index() < train_.begin.size()) {
      __builtin_prefetch(train_.begin.data() + person.index());
    }
  }
  void prefetch_values(EntityId person) const {
    if (person.index() < train_.begin.size()) {
      __builtin_prefetch(train_.values.data() + train_.begin[person.index()]);
    }
  }
  /// The same over train, valid and test.
  [[nodiscard]] std::span<const std::uint32_t> all_values(EntityId person) const;
  /// Everyone with at least one value in train, by ascending id.
  [[nodiscard]] std::span<const EntityId> train_persons() const { return train_persons_; }
  /// The same attribute with only those of train_persons() for which `keep` (per entity) holds.
  /// Values, their order and their counts stay: they describe the data, not who is asked.
  [[nodiscard]] PersonAttribute asked_of(const std::vector<bool>& keep) const;

 private:
  struct Rows {
    std::vector<std::uint32_t> begin;  ///< per entity; one more at the end
    std::vector<std::uint32_t> values;
    [[nodiscard]] std::span<const std::uint32_t> of(EntityId e) const;
  };
  /// `train` and `all` hold (person, value) as one number, the person in the upper half.
  void set_values(std::vector<std::uint64_t> train, std::vector<std::uint64_t> all,
                  std::size_t entities);

  PersonRelation source_;
  std::vector<EntityId> values_;
  std::vector<std::uint32_t> train_counts_;
  std::vector<std::uint32_t> index_of_entity_;  ///< per entity: value index + 1, 0 = not a value
  Rows train_;
  Rows all_;
  std::vector<EntityId> train_persons_;
};

/// All that is known about persons: the sensitive attributes and the profession.
class AttributeTable {
 public:
  AttributeTable() = default;
  /// Persons are the entities on the person side of any of these relations in train, the further
  /// ones of an attribute included, its proxies not; and `further_persons`.
  AttributeTable(const KnowledgeGraph& graph, const std::vector<PersonRelation>& sensitive,
                 const std::optional<PersonRelation>& profession,
                 std::span<const EntityId> further_persons = {});

  [[nodiscard]] std::span<const PersonAttribute> sensitive() const { return sensitive_; }
  [[nodiscard]] const std::optional<PersonAttribute>& profession() const { return profession_; }
  /// The sensitive attribute with this id, or nullptr.
  [[nodiscard]] const PersonAttribute* find(std::string_view id) const;
  [[nodiscard]] bool is_person(EntityId e) const {
    return e.index() < is_person_.size() && is_person_[e.index()];
  }
  [[nodiscard]] std::span<const EntityId> persons() const { return persons_; }
  /// Index of the sensitive attribute that `relation` states, as the first or a further relation
  /// of it, or nothing.
  [[nodiscard]] std::optional<std::size_t> sensitive_index(RelationId relation) const;
  /// Adds a sensitive attribute, behind the others; its persons become persons. The graph has
  /// `entity_count` entities. Throws BrokenInvariant for an id that is there already and for more
  /// than 32 attributes.
  void add(PersonAttribute attribute, std::size_t entity_count);
  /// The same for the profession, where there is none yet.
  void set_profession(PersonAttribute profession, std::size_t entity_count);
  /// Puts an attribute in the place of the one, or of the profession, that has its id. Who was a
  /// person stays one. Throws BrokenInvariant where nothing has the id.
  void replace(PersonAttribute attribute, std::size_t entity_count);
  /// PersonAttribute::asked_of for every attribute and the profession; `persons()` stays.
  [[nodiscard]] AttributeTable asked_of(const std::vector<bool>& keep) const;

 private:
  void add_persons(std::span<const EntityId> further, std::size_t entity_count);

  std::vector<PersonAttribute> sensitive_;
  std::optional<PersonAttribute> profession_;
  std::vector<bool> is_person_;
  std::vector<EntityId> persons_;
};

/// Where a sensitive attribute may legitimately be used (Fisher et al. 2020, section 3.3).
struct Whitelist {
  /// Per sensitive attribute (aligned with AttributeTable::sensitive()).
  struct Entry {
    std::vector<RelationId> relations;          ///< all their triples; the person is the head
    std::vector<RelationId> inverse_relations;  ///< the same; the person is the tail
    std::vector<EntityId> professions;          ///< profession triples with these values
  };
  std::vector<Entry> entries;

  /// Bit j is set when attribute j may be used for the triple. At most 32 attributes.
  [[nodiscard]] std::uint32_t allowed(RelationId relation) const;
  [[nodiscard]] std::uint32_t allowed_profession(EntityId profession) const;
};

}  // namespace kgaudit::datasets
