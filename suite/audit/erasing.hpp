#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/metric.hpp"
#include "models/embedding/foreign/foreign_path.hpp"
#include "models/embedding/writing/embedding_writer.hpp"
#include "reports/tables/table.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// Whose embeddings are erased, and how they are written.
struct ErasingRequest {
  std::filesystem::path embeddings;  ///< a file or folder of another tool
  models::ReadOptions reading;       ///< what the user says about it
  std::vector<const models::OutputFormat*> formats;
  std::filesystem::path folder;  ///< for a folder of each view
  std::string mirror;            ///< see JobOptions
};

/// The rows of one view of a post-hoc system, and what probes still read from them.
struct ErasedFile {
  std::string system;
  std::string view;              ///< "a", "s:gender"
  std::filesystem::path folder;  ///< as write_embedding makes it
  models::WrittenEmbedding written;
  std::vector<metrics::Fact> leakage;
  std::vector<metrics::RawSeries> answers;  ///< of each probe: 1 for a person it is right about
};

/// What erase_embeddings did.
struct Erasing {
  SourceFile source;  ///< the embeddings as read
  std::size_t rows = 0;
  std::size_t width = 0;
  std::size_t in_graph = 0;                      ///< rows whose name is an entity of the graph
  std::string matched;                           ///< how the names met, one sentence
  std::uint64_t rounded = 0;                     ///< numbers that do not fit a float, as of float64
  std::size_t persons = 0;                       ///< of those, persons: the rows that may differ
  std::vector<metrics::Fact> leakage;            ///< of the rows as read
  std::vector<metrics::RawSeries> answers = {};  ///< of them, as ErasedFile::answers
  std::vector<ErasedFile> files;
};

/// A probe that reads an attribute better from erased rows than from the rows as they came, and
/// better than the majority guess, which needs no rows, by more than chance alone makes it in 5 %
/// of cases: McNemar's exact test, one-sided, on the persons that it is right about once; where the
/// answers are not of the same persons, a rise above 1.645 sqrt(2 p (1 - p) / n). The probes are
/// those of the table, linear and mlp.
struct WorseReading {
  std::string system;
  std::string view;
  std::string attribute;
  std::string probe;
  double before = 0.0;  ///< accuracy on persons that the probe was not fitted on
  double after = 0.0;
};

/// Applies the plan's systems, which must be post-hoc, to embeddings that were not trained here:
/// reads the embeddings (models/embedding/foreign/embedding_format.hpp), matches their names with
/// the entities of the plan's dataset as an audit does (datasets/name_matching.hpp), erases with
/// the plan's first seed, and writes a folder for each view ("leace.a", "leace.s-gender"): the same
/// names in the same order and the same relations, persons' rows changed, every other row as it was
/// to the bit, and, from text to text of the same form, to the byte (CopiedRows). Attribute vectors
/// are left out: they state what was erased. Leakage is measured before and after, with the plan's
/// parameters. A person counts as one by the dataset's train triples; names that the graph does not
/// know stay as they are.
///
/// Throws InputError: usage for a system that is not post-hoc, for rows that would be overwritten,
/// for names that a format can't hold (before anything is computed), and where names and graph do
/// not fit; unreadable where a person with a stated value has no row, and as EmbeddingFormat::read.
[[nodiscard]] Erasing erase_embeddings(const Plan& plan, const ErasingRequest& request,
                                       Progress& progress);

/// Whether any probe has a value, before or after.
[[nodiscard]] bool anything_read(const Erasing& erasing);

/// What probes read better after erasing than before.
[[nodiscard]] std::vector<WorseReading> worse_readings(const Erasing& erasing);

/// A row for the embeddings as read and for each view: the accuracy of the probes by attribute,
/// beside the majority guess.
[[nodiscard]] reports::Table erasing_table(const Erasing& erasing);

}  // namespace kgaudit::run
