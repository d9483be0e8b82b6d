#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/people_dataset.hpp"
#include "models/embedding/foreign/foreign_embedding.hpp"
#include "suite/audit/aligned_data.hpp"
#include "suite/audit/wanted_rows.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::run {

/// Who says which rows are persons', and what they are: a data set, a file about people, or both.
struct PersonSources {
  AlignOptions align;
  /// Whether the plan's data set says who the persons are; if not, the file about people does.
  bool with_dataset = true;
  /// A file about people, whose columns add attributes to the data set or take the place of its
  /// own; empty = none.
  std::filesystem::path people;
  /// datasets::people_parameters; "intersections" counts without a file, too.
  Parameters people_parameters = Parameters(datasets::people_parameters());
};

/// What `persons_of_rows` starts from.
struct RowsOfPersons {
  const models::ForeignEmbedding& embedding;
  /// Names of the rows that were kept; of all rows where a data set is asked.
  const std::vector<std::string>& names;
  std::optional<datasets::Dataset>
      whole;                     ///< the data set as it was loaded; nothing: none is asked
  datasets::PeopleTable people;  ///< as read_people gives it
  /// Through which the rows went; nullptr where all were kept.
  const WantedRows* wanted = nullptr;
  std::string id;     ///< of the data where there is no data set
  std::string place;  ///< of the embedding, for messages
};

/// A sentence about names, and the check under which a record keeps it.
struct MatchedNames {
  std::string check;
  std::string sentence;
};

/// The persons among rows, and which row is whose.
struct PersonsOfRows {
  datasets::Dataset data;
  std::string graph_hash;  ///< of the data as they were loaded
  /// Per entity of `data`, or kNoRow. Values that only the file about people names have no row:
  /// without a data set they stand here with kNoRow, beside one they are behind the last of these.
  std::vector<std::uint32_t> entity_rows;
  std::vector<std::uint32_t> relation_rows;
  std::vector<MatchedNames> matched;
  std::vector<std::string> replaced;  ///< a sentence for each attribute that a column replaced
  /// Sentences about persons with a known value and without a row: they are left out.
  std::vector<std::string> without_row;
  std::uint64_t in_graph = 0;  ///< rows that are an entity of the data set; 0 without one
};

/// Matches the names of rows with a data set, a file about people, or both, and gives the data
/// whose entities are the rows. Throws InputError as aligned_data, dataset_of_rows and
/// add_people_table do; unreadable for a file about people in which no column is an attribute that
/// can be measured.
[[nodiscard]] PersonsOfRows persons_of_rows(RowsOfPersons rows, const PersonSources& sources);

/// The last part of the path, also of ".", ".." and of one with a slash at its end.
[[nodiscard]] std::string name_of_embedding(const std::filesystem::path& path);

}  // namespace kgaudit::run
