#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/knowledge_graph.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// How far a proposal can be trusted before somebody has looked at it.
enum class Confidence : std::uint8_t {
  kLow,     ///< the name or the values point to it, but not both
  kMedium,  ///< likely
  kHigh     ///< the relation's name says it, and its entities are persons by other relations too
};

/// A relation that seems to state or to tell an attribute.
struct ProposedRelation {
  StatingRelation stating;
  Confidence confidence = Confidence::kLow;
  std::string reason;         ///< part of a sentence: "its name is 'gender'; 97 % of ..."
  std::uint64_t persons = 0;  ///< distinct entities at the person's end, in train
  std::uint64_t values = 0;   ///< distinct entities at the other end
};

/// All that seems to belong to one attribute.
struct ProposedAttribute {
  std::string id;  ///< "gender", "religion", "ethnicity", "nationality", "profession"
  ProposedRelation first;
  std::vector<ProposedRelation> also;      ///< state the same: most values are those of `first`
  std::vector<ProposedRelation> proxies;   ///< tell it without stating it
  std::vector<ProposedRelation> doubtful;  ///< to be looked at, in no use
};

struct CardProposal {
  std::vector<ProposedAttribute> sensitive;  ///< in the order gender, religion, ethnicity ...
  std::optional<ProposedAttribute> profession;
};

/// Looks for the relations of a graph that are about persons' gender, religion, ethnicity,
/// nationality and profession. It reads names (Freebase's paths, Wikidata's property numbers, plain
/// English words such as "hasGender") and shapes in train: which end has more entities (the
/// persons), whether these occur at the person's end of other relations about persons, how many
/// values there are for them, whether the values are words or ids of genders. A proposal: somebody
/// who knows the graph must confirm it. The same graph gives the same proposal. Throws Interrupted.
[[nodiscard]] CardProposal propose_card(const KnowledgeGraph& graph,
                                        Progress& progress = silent_progress());

/// The proposal as a card in TOML, with the reasons as comments, for use beside the triples.
[[nodiscard]] std::string proposal_toml(const CardProposal& proposal, const KnowledgeGraph& graph,
                                        std::string_view id);

/// `name` with what a card's id may not hold (see parse_card) turned into hyphens.
[[nodiscard]] std::string card_id_of(std::string_view name);

/// The words of a relation's name in lower case, by the parts of its path: "/people/person/gender"
/// gives {{people}, {person}, {gender}}, "hasGender" {{has, gender}}, an address the parts after
/// its host.
[[nodiscard]] std::vector<std::vector<std::string>> relation_words(std::string_view name);

/// "low", "medium", "high".
[[nodiscard]] std::string_view to_text(Confidence confidence);

}  // namespace kgaudit::datasets
