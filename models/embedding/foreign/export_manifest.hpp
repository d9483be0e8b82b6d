#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "models/embedding/foreign/foreign_embedding.hpp"

namespace kgaudit::models {

/// The file in a folder of ours that says what the other files are and how rows are scored.
inline constexpr std::string_view kManifestFile = "kgaudit_embedding.json";

/// Where the tables of one output format lie, relative to the folder.
struct FormatFiles {
  std::string format;  ///< id of an output format
  std::string reader;  ///< id of the embedding format that reads the files
  std::string entities;
  std::vector<std::string> relations;          ///< in the order of ForeignEmbedding::relations
  std::vector<std::string> attribute_vectors;  ///< the same of attribute_vectors
};

/// What a manifest says: an embedding without its numbers and names, and where these lie.
struct ExportManifest {
  ForeignEmbedding facts;  ///< tables have a shape and no bytes; no names
  bool entity_names = false;
  bool relation_names = false;
  std::vector<FormatFiles> formats;  ///< one or more; all hold the same numbers
  /// SHA-256 (hex) by name of every other file that was written. Empty for folders of versions that
  /// did not write it.
  std::map<std::string, std::string> sha256;
};

/// "{...}", over lines, for people too.
[[nodiscard]] std::string manifest_text(const ExportManifest& manifest);
/// Throws InputError (unreadable) at `place` for what is no manifest of this version.
[[nodiscard]] ExportManifest parse_manifest(std::string_view text, const std::string& place);

/// Throws InputError (unreadable), with the folder of the manifest in front of names, for the first
/// of these files whose bytes are not those that were written. Files that it does not list pass.
void require_as_written(const ExportManifest& manifest, std::span<const SourceFile> files,
                        const std::filesystem::path& folder);

/// Hashes the files that lie beside the manifest in this folder of ours, and asks the same.
void require_as_written(const std::filesystem::path& folder);

/// The run that a folder of ours comes from; nothing for every other file or folder. Throws as
/// parse_manifest.
[[nodiscard]] std::optional<RunOrigin> origin_of(const std::filesystem::path& path);

/// The names of the rows of a relation table: inverse relations have rows of their own, which are
/// named after the relation.
[[nodiscard]] std::vector<std::string> relation_row_names(const std::vector<std::string>& relations,
                                                          InverseLayout layout);
/// The way back: the names of the real relations.
[[nodiscard]] std::vector<std::string> real_relation_names(std::vector<std::string> rows,
                                                           InverseLayout layout);

}  // namespace kgaudit::models
