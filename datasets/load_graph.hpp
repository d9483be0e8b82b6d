#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "datasets/file_role.hpp"
#include "datasets/knowledge_graph.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// The files of one graph, by role (train, valid, test, entities, relations).
using GraphFiles = std::map<FileRole, std::filesystem::path>;

struct LoadedGraph {
  KnowledgeGraph graph;
  const TripleFormatEntry* format = nullptr;
  std::vector<SourceFile> files;
  std::vector<std::string> ignored;  ///< archive entries that are no part of a graph
};

/// Reads a graph from its files. Every fault is an InputError (unreadable) with file:line.
/// Duplicate triples are kept (see check_integrity). Cost: one pass; memory of the triples (12
/// bytes each) and the names.
[[nodiscard]] LoadedGraph load_graph_files(const GraphFiles& files, const TripleFormatEntry& format,
                                           Progress& progress = silent_progress(),
                                           const ReadLimits& limits = {});

/// Reads the folder's files under their usual names. Without `format` (nullptr) the names decide.
[[nodiscard]] LoadedGraph load_graph_directory(const std::filesystem::path& directory,
                                               const TripleFormatEntry* format = nullptr,
                                               Progress& progress = silent_progress(),
                                               const ReadLimits& limits = {});

/// Reads a tar archive that holds the same files, in one folder or at its top (see TarReader).
[[nodiscard]] LoadedGraph load_graph_archive(const std::filesystem::path& archive,
                                             const TripleFormatEntry* format = nullptr,
                                             Progress& progress = silent_progress(),
                                             const ReadLimits& limits = {});

/// The format of a graph whose files have these roles: the one with fewest files that has a place
/// for all of them. Roles that are no part of a graph (labels ...) do not count.
[[nodiscard]] const TripleFormatEntry& triple_format_for(const std::vector<FileRole>& roles);

}  // namespace kgaudit::datasets
