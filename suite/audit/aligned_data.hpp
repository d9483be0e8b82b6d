#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/name_matching.hpp"
#include "models/embedding/foreign/foreign_embedding.hpp"

namespace kgaudit::run {

struct AlignOptions {
  /// Refuse where an entity or relation of the graph has no row.
  bool strict = false;
  /// Smallest share of the graph's entities and relations that must have a row.
  double least_match = 0.5;
  /// Leave the embedding's relations aside: they need no names, and the graph keeps its own.
  bool entities_alone = false;
};

/// A data set whose entities are the rows of an embedding, and which row is whose.
///
/// Models are ranked against all entities of the embedding, as its makers did: rows that the graph
/// does not know become entities behind those it knows. An entity or a relation of the graph
/// without a row cannot be scored: it is left out with its triples, and findings say how many.
/// Where no relation is asked only persons need a row: other entities stay with kNoRow.
struct AlignedData {
  datasets::Dataset data;
  std::vector<std::uint32_t> entity_rows;    ///< per entity of `data`, or kNoRow
  std::vector<std::uint32_t> relation_rows;  ///< per relation of `data`, among the real ones
  datasets::NameMatches entities;            ///< of the graph's names with those of the rows
  datasets::NameMatches relations;
  std::vector<std::string> entity_names;  ///< of the whole graph: what was asked
  std::vector<std::string> relation_names;
};

/// `entities` says how the graph's names met those of all rows of the file, where the embedding
/// holds some of them alone; nothing: as they meet the embedding's.
///
/// Throws InputError: unreadable at `place` for rows without names, usage for too few matches.
[[nodiscard]] AlignedData aligned_data(datasets::Dataset data,
                                       const models::ForeignEmbedding& embedding,
                                       const AlignOptions& options, const std::string& place,
                                       std::optional<datasets::NameMatches> entities = {});

}  // namespace kgaudit::run
