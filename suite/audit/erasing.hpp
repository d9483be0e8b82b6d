#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/metric.hpp"
#include "reports/tables/table.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// The rows of one view of a post-hoc system, and what probes still read from them.
struct ErasedFile {
  std::string system;
  std::string view;            ///< "a", "s:gender"
  std::filesystem::path file;  ///< rows of text, whatever was read
  std::vector<metrics::Fact> leakage;
};

/// What erase_embeddings did.
struct Erasing {
  SourceFile source;  ///< the embeddings as read
  std::size_t rows = 0;
  std::size_t width = 0;
  std::size_t in_graph = 0;            ///< rows whose name is an entity of the graph
  std::size_t persons = 0;             ///< of those, persons: the rows that may differ
  std::vector<metrics::Fact> leakage;  ///< of the rows as read
  std::vector<ErasedFile> files;
};

/// Applies the plan's systems, which must be post-hoc, to embeddings that were not trained here:
/// reads `embeddings` (models/embedding/foreign/embedding_format.hpp), aligns its names with the
/// entities of the plan's dataset, erases with the plan's first seed, and writes a file for each
/// view into `folder`
/// ("leace.a.tsv", "leace.s-gender.tsv"): the same names in the same order, persons' rows changed.
/// Leakage is measured before and after, with the plan's parameters. A person counts as one by the
/// dataset's train triples; names that the graph does not know stay as they are.
///
/// Throws InputError: usage for a system that is not post-hoc, for a file that would be
/// overwritten, and where names and graph do not fit (a person with a stated value has no row);
/// unreadable as EmbeddingFormat::read.
[[nodiscard]] Erasing erase_embeddings(const Plan& plan, const std::filesystem::path& embeddings,
                                       const std::filesystem::path& folder,
                                       const std::string& mirror, Progress& progress);

/// A row for the embeddings as read and for each view: the accuracy of the probes by attribute,
/// beside the majority guess.
[[nodiscard]] reports::Table erasing_table(const Erasing& erasing);

}  // namespace kgaudit::run
