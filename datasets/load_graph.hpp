#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/dataset_card.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// What a reader refuses, so that a hostile or mistaken file cannot fill the memory.
struct ReadLimits {
  std::size_t line_bytes = kLineBytes;
  std::uint64_t archive_bytes = std::uint64_t{8} << 30U;  ///< of all unpacked entries together
};

/// The files of one graph, by role (train, valid, test, entities, relations).
using GraphFiles = std::map<FileRole, std::filesystem::path>;

struct LoadedGraph {
  KnowledgeGraph graph;
  TripleFormat format = TripleFormat::kTabSeparated;
  std::vector<SourceFile> files;
  std::vector<std::string> ignored;  ///< archive entries that are no part of a graph
};

/// Reads a graph from its files.
///
/// Tab-separated: train.txt, valid.txt, test.txt; ids are given in order of first appearance, heads
/// before tails, train before valid before test. OpenKE: entity2id.txt, relation2id.txt,
/// train2id.txt, valid2id.txt, test2id.txt with their own ids, which must be 0 .. count - 1.
/// Every fault is an InputError (unreadable) with file:line. Duplicate triples are kept (see
/// check_integrity).
/// Cost: one pass; memory of the triples (12 bytes each) and the names.
[[nodiscard]] LoadedGraph load_graph_files(const GraphFiles& files, TripleFormat format,
                                           Progress* progress = nullptr,
                                           const ReadLimits& limits = {});

/// Reads the folder's files under their usual names. Without `format` the names decide.
[[nodiscard]] LoadedGraph load_graph_directory(const std::filesystem::path& directory,
                                               std::optional<TripleFormat> format = std::nullopt,
                                               Progress* progress = nullptr,
                                               const ReadLimits& limits = {});

/// Reads a tar archive (plain or packed with gzip, bzip2, xz or zstd) that holds the same files, in
/// one folder or at its top. Nothing is written to disk. An entry whose path is absolute or climbs
/// with "..", a link or a device is InputError (unsafe); a truncated archive and one that unpacks
/// to more than the limit are InputError (unreadable).
[[nodiscard]] LoadedGraph load_graph_archive(const std::filesystem::path& archive,
                                             std::optional<TripleFormat> format = std::nullopt,
                                             Progress* progress = nullptr,
                                             const ReadLimits& limits = {});

}  // namespace kgaudit::datasets
