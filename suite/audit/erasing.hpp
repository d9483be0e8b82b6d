#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "metrics/metric.hpp"
#include "models/embedding/foreign/foreign_path.hpp"
#include "models/embedding/writing/embedding_writer.hpp"
#include "reports/tables/table.hpp"
#include "suite/audit/persons_of_rows.hpp"
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
  PersonSources persons = {};    ///< who says who is behind the rows
  /// Refuse where a person with a known value has no row: nothing would be erased from them.
  bool every_person = true;
};

/// The rows of one view of a post-hoc system, and what probes still read from them.
struct ErasedFile {
  std::string system;
  std::string view;              ///< "a", "s:gender"
  std::filesystem::path folder;  ///< as write_embedding makes it
  models::WrittenEmbedding written;
  std::vector<metrics::Fact> leakage;
};

/// What erase_embeddings did.
struct Erasing {
  SourceFile source;  ///< the embeddings as read
  std::size_t rows = 0;
  std::size_t width = 0;
  std::size_t in_graph = 0;            ///< rows whose name is an entity of the data set
  std::vector<std::string> matched;    ///< how the names met, sentences
  std::vector<std::string> left_out;   ///< sentences about persons without a row
  std::uint64_t rounded = 0;           ///< numbers that do not fit a float, as of float64
  std::size_t persons = 0;             ///< rows of persons, which may differ
  std::vector<metrics::Fact> leakage;  ///< of the rows as read
  std::vector<ErasedFile> files;
};

/// An attribute that the strongest probe reads better from erased rows than from the rows as they
/// came. The figure is its AUC where persons have two values, else its balanced accuracy less
/// chance. What lies below the neutral value tells nothing and counts as neutral. A rise counts
/// beyond 1.645 standard errors, both figures taken as independent: they are of the same persons,
/// so chance alone makes it in less than 5 % of cases.
struct WorseReading {
  std::string system;
  std::string view;
  std::string attribute;
  std::string probe;   ///< the strongest of the erased rows
  std::string figure;  ///< "auc" or "excess_balanced_accuracy"
  double before = 0.0;
  double after = 0.0;
  bool within_chance = false;  ///< a rise of at least .05 that chance alone may give
};

/// Applies the plan's systems, which must be post-hoc, to embeddings that were not trained here:
/// reads the embeddings (models/embedding/foreign/embedding_format.hpp), finds the persons among
/// their rows as an audit does (persons_of_rows), erases with the plan's first seed, and writes a
/// folder for each view ("leace.a", "leace.s-gender"): the same names in the same order and the
/// same relations, persons' rows changed, every other row as it was to the bit, and, from text to
/// text of the same form, to the byte (CopiedRows). Attribute vectors are left out: they state what
/// was erased. Leakage is measured before and after, with the plan's parameters. A person counts as
/// one by the data set's train triples or by the file about people; rows of others stay as they
/// are. A person without a row is refused, or left out and told of (`every_person`).
///
/// Throws InputError: usage for a system that is not post-hoc, for rows that would be overwritten,
/// for names that a format can't hold (before anything is computed), and as persons_of_rows;
/// unreadable as EmbeddingFormat::read, and for a person without a row.
[[nodiscard]] Erasing erase_embeddings(const Plan& plan, const ErasingRequest& request,
                                       Progress& progress);

/// Whether the strongest probe has a value of any attribute, before or after.
[[nodiscard]] bool anything_read(const Erasing& erasing);

/// What is read better after erasing than before.
[[nodiscard]] std::vector<WorseReading> worse_readings(const Erasing& erasing);

/// A row for the embeddings as read and for each view: what the strongest probe reads of each
/// attribute.
[[nodiscard]] reports::Table erasing_table(const Erasing& erasing);

}  // namespace kgaudit::run
