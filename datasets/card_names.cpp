#include "datasets/card_names.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

std::optional<RelationId> find_relation(const KnowledgeGraph& graph, const CardName& name) {
  const auto found = graph.relations().find(name.name);
  if (!found && !name.optional) {
    throw InputError::usage(
        name.place, fmt::format("relation '{}', which the graph lacks", printable(name.name, 200)),
        fmt::format("one of the graph's {} relations", graph.relation_count()),
        InputError::guess(name.name, graph.relations().names()));
  }
  if (!found) return std::nullopt;
  return RelationId(*found);
}

/// Finds a whitelist's names in a graph. It lives for one call of resolve_whitelist.
class WhitelistResolver {
 public:
  WhitelistResolver(const KnowledgeGraph& graph, const AttributeTable& attributes,
                    std::vector<CardName>* absent)
      : graph_(graph), attributes_(attributes), absent_(absent) {
    whitelist_.entries.resize(attributes.sensitive().size());
  }

  void add(const CardWhitelistEntry& entry) {
    Whitelist::Entry& resolved = whitelist_.entries[attribute_index(entry)];
    add_relations(entry.relations, resolved.relations, forward_);
    add_relations(entry.inverse_relations, resolved.inverse_relations, inverse_);
    for (const CardName& name : entry.professions) add_profession(name, resolved.professions);
  }

  Whitelist finish() && {
    for (const auto& [relation, place] : inverse_) {
      if (!forward_.contains(relation)) continue;
      throw InputError::usage(place,
                              fmt::format("relation '{}' in `relations` and in `inverse_relations`",
                                          printable(graph_.relations().name(relation.value))),
                              "one list for all attributes: the person is its head, or its tail");
    }
    return std::move(whitelist_);
  }

 private:
  using Places = std::map<RelationId, std::string>;

  [[nodiscard]] std::size_t attribute_index(const CardWhitelistEntry& entry) const {
    std::vector<std::string> ids;
    for (const PersonAttribute& a : attributes_.sensitive()) {
      if (a.id() == entry.attribute) return ids.size();
      ids.push_back(a.id());
    }
    const std::string complaint = fmt::format(
        "a whitelist for '{}', which is no sensitive attribute here", printable(entry.attribute));
    if (ids.empty()) {
      throw InputError::usage(entry.place, complaint,
                              "no whitelist, for there are no sensitive attributes");
    }
    throw InputError::none_of(entry.place, complaint, entry.attribute, ids);
  }

  void add_relations(const std::vector<CardName>& names, std::vector<RelationId>& found,
                     Places& places) {
    for (const CardName& name : names) {
      if (const auto relation = find_relation(graph_, name)) {
        found.push_back(*relation);
        places.emplace(*relation, name.place);
      } else if (absent_ != nullptr) {
        absent_->push_back(name);
      }
    }
  }

  void add_profession(const CardName& name, std::vector<EntityId>& found) {
    const auto entity = graph_.entities().find(name.name);
    const PersonAttribute* profession =
        attributes_.profession() ? &*attributes_.profession() : nullptr;
    if (entity && profession != nullptr && profession->value_index(EntityId(*entity))) {
      found.emplace_back(*entity);
    } else if (!name.optional) {
      throw unknown_profession(name, entity.has_value());
    } else if (absent_ != nullptr) {
      absent_->push_back(name);
    }
  }

  [[nodiscard]] InputError unknown_profession(const CardName& name, bool in_graph) const {
    std::vector<std::string> professions;
    if (attributes_.profession()) {
      for (const EntityId value : attributes_.profession()->values()) {
        professions.push_back(graph_.entities().name(value.value));
      }
    }
    const auto near = nearest_word(name.name, professions);
    return InputError::usage(
        name.place,
        fmt::format("profession '{}', which {}", printable(name.name),
                    in_graph ? "nobody in the graph has" : "the graph lacks"),
        fmt::format("one of the graph's {} professions, by the name it has in the triples",
                    professions.size()),
        near ? fmt::format("'{}', or move it to optional_professions", printable(*near))
             : "move it to optional_professions");
  }

  const KnowledgeGraph& graph_;
  const AttributeTable& attributes_;
  std::vector<CardName>* absent_;
  Whitelist whitelist_;
  Places forward_;  ///< of each relation: where a list names it first
  Places inverse_;
};

}  // namespace

AttributeTable resolve_attributes(const DatasetCard& card, const KnowledgeGraph& graph) {
  const auto resolve_all = [&](const std::vector<CardStatingRelation>& named) {
    std::vector<StatingRelation> found;
    for (const CardStatingRelation& stating : named) {
      found.push_back({*find_relation(graph, stating.relation), stating.inverse});
    }
    return found;
  };
  const auto resolve = [&](const CardPersonRelation& source) {
    return PersonRelation{source.id, *find_relation(graph, source.relation), source.inverse,
                          resolve_all(source.also), resolve_all(source.proxies)};
  };
  std::vector<PersonRelation> sensitive;
  sensitive.reserve(card.sensitive.size());
  for (const CardPersonRelation& source : card.sensitive) sensitive.push_back(resolve(source));
  std::optional<PersonRelation> profession;
  if (card.profession) profession = resolve(*card.profession);
  return {graph, sensitive, profession};
}

Whitelist resolve_whitelist(std::span<const CardWhitelistEntry> entries,
                            const KnowledgeGraph& graph, const AttributeTable& attributes,
                            std::vector<CardName>* absent) {
  WhitelistResolver resolver(graph, attributes, absent);
  for (const CardWhitelistEntry& entry : entries) resolver.add(entry);
  return std::move(resolver).finish();
}

Whitelist load_whitelist(const std::filesystem::path& file, const KnowledgeGraph& graph,
                         const AttributeTable& attributes) {
  return resolve_whitelist(load_whitelist_tables(file), graph, attributes);
}

}  // namespace kgaudit::datasets
