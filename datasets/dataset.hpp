#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/hidden_persons.hpp"
#include "datasets/knowledge_graph.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::datasets {

/// One thing that a reader of results must know about the data. Nothing is dropped without one.
struct IntegrityFinding {
  std::string id;       ///< "duplicate_triples", "unseen_entities" ...; see check_integrity
  std::string subject;  ///< the list ("test") or attribute it speaks of; empty = the whole graph
  std::uint64_t count = 0;
  std::string detail;  ///< one sentence, with an example and its place
};

struct IntegrityReport {
  std::vector<IntegrityFinding> findings;
};

/// What a generator knows about the bias it planted, so that metrics can be scored against it.
struct PlantedTruth {
  double strength = 0.0;  ///< 0 = professions independent of attributes
  /// Per profession entity: log(P(profession | female) / P(profession | male)) it was drawn with.
  std::vector<std::pair<EntityId, double>> gender_log_odds;
};

/// A graph with everything known about its persons, ready for training and measuring.
struct Dataset {
  std::string id;  ///< CLI name, or the folder name of a user's graph
  std::string title;
  KnowledgeGraph graph;
  AttributeTable attributes;
  Whitelist whitelist;
  std::vector<std::string> labels;  ///< per entity: a name for people to read (the id if none)
  std::vector<SourceFile> files;
  IntegrityReport integrity;
  std::optional<PlantedTruth> truth;
  /// Who was hidden from training, for measures alone; nothing = nobody, see with_hidden_persons.
  std::optional<HiddenPersons> hidden;
};

}  // namespace kgaudit::datasets
