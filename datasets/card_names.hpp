#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/dataset_card.hpp"
#include "datasets/knowledge_graph.hpp"

namespace kgaudit::datasets {

/// Finds the names in the graph. Throws InputError (usage) at the name's place when a relation is
/// absent.
[[nodiscard]] AttributeTable resolve_attributes(const DatasetCard& card,
                                                const KnowledgeGraph& graph);

/// Finds the names in the graph; `absent` receives the optional names that the graph lacks. Throws
/// InputError (usage) at the name's place for an attribute the table lacks, for a relation or
/// profession the graph lacks unless it is optional, and for a relation that stands in both
/// `relations` and `inverse_relations`, of one attribute or of two.
[[nodiscard]] Whitelist resolve_whitelist(std::span<const CardWhitelistEntry> entries,
                                          const KnowledgeGraph& graph,
                                          const AttributeTable& attributes,
                                          std::vector<CardName>* absent = nullptr);

/// Reads a TOML file that holds only [whitelist.<attribute>] tables, written as in a card.
[[nodiscard]] Whitelist load_whitelist(const std::filesystem::path& file,
                                       const KnowledgeGraph& graph,
                                       const AttributeTable& attributes);

}  // namespace kgaudit::datasets
