#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/foreign/foreign_path.hpp"
#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// The names of rows. Names are bytes: nothing is trimmed, folded or unquoted that the form of the
/// file does not call for.
struct NameMap {
  std::vector<std::string> names;  ///< in the order of rows; "" where the file has null
  std::string form;                ///< what the file turned out to be, for people
  std::vector<Finding> findings;
};

/// Reads a map of names and row numbers, packed with gzip, zstd or bzip2 or not:
/// - lines of a name and a number or a number and a name, separated by a tab, blank or comma, with
///   or without a first line that counts them; the column of numbers is the one that holds each of
///   0 .. n-1 once;
/// - PyKEEN's table with the header "id, label", where quotes are pandas' own;
/// - JSON: a list of names, or an object of names and numbers;
/// - names alone, one a line; a first one such as "name" is a finding, and a name all the same.
/// A carriage return that ends every line is no part of a name. Throws InputError (unreadable) at
/// `place` for numbers that are not 0 .. n-1, and for what is none of these.
[[nodiscard]] NameMap read_name_map(std::string_view bytes, const std::string& place,
                                    MemoryBudget& budget);

/// Where names may be found, by the usage of a tool.
struct NameFiles {
  std::vector<std::string> entities;  ///< relative to the folder, the likeliest first
  std::vector<std::string> relations;
};

/// Files that hold names by nobody's usage in particular: "entity2id.txt", "entities.dict" ...,
/// beside the file, and those whose name follows from its own ("x_embeddings.npy": "x_ids.json").
[[nodiscard]] NameFiles usual_name_files(const ForeignPath& path);

/// Gives names to the rows of `embedding`: from the files that the options name, else from the
/// first of `files` that are there, then from usual_name_files, then from a folder of data nearby
/// ("benchmarks/FB15K" beside the folder's parent) whose entities and relations both count as many
/// as the rows. Names that are not as many as the rows are a finding and are never paired with
/// them.
void attach_names(ForeignPath& path, ForeignEmbedding& embedding, const NameFiles& files = {});

/// The same for names that a reader has found itself; `source` says where. Returns whether they fit
/// the rows.
bool attach_entity_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                         const std::string& source, Certainty certainty = Certainty::kStated);
bool attach_relation_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                           const std::string& source, Certainty certainty = Certainty::kStated);

/// Names in the order of their numbers. Throws InputError (unreadable) at `place` unless the
/// numbers are 0 .. n-1, each once.
[[nodiscard]] std::vector<std::string> ordered_names(std::vector<std::string> names,
                                                     const std::vector<std::int64_t>& ids,
                                                     const std::string& place);
/// The same of a pickled dict from names to row numbers.
[[nodiscard]] std::vector<std::string> names_by_row(const PickleValue& map,
                                                    const std::string& place);

}  // namespace kgaudit::models
