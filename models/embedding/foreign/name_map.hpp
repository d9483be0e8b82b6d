#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// The names of rows. Names are bytes: nothing is trimmed, folded or unquoted that the form of the
/// file does not call for.
struct NameMap {
  std::vector<std::string> names;  ///< in the order of rows; "" where the file has null
  std::string form;                ///< what the file turned out to be, for people
  bool numbered = false;           ///< the file says the rows' numbers itself
  std::vector<Finding> findings;
};

/// Reads a map of names and row numbers, packed with gzip, zstd or bzip2 or not:
/// - lines of a name and a number or a number and a name, separated by a tab, blank or comma, with
///   or without a first line that counts them or heads them ("entity", "id"); the column of numbers
///   is the one that holds each of 0 .. n-1 once. Blanks and commas separate only where the names
///   that come out are different ones: "Person 0" and "Person 1" are whole names;
/// - a table with a head line, one column of which is called name, label, entity or the like, and
///   perhaps one id or index; quotes are pandas' own. PyKEEN writes "id, label";
/// - JSON: a list of names, an object of names and numbers or of numbers and names;
/// - names alone, one a line; a first one such as "name" is a finding, and a name all the same.
/// A carriage return that ends every line is no part of a name. Throws InputError (unreadable) at
/// `place` for numbers that are not 0 .. n-1, and for what is none of these.
[[nodiscard]] NameMap read_name_map(std::string_view bytes, const std::string& place,
                                    MemoryBudget& budget);

/// Whether a line is what people write above names: "name", "entity,id". It may be a name, too.
[[nodiscard]] bool looks_like_a_head(std::string_view line);

/// Names in the order of their numbers. Throws InputError (unreadable) at `place` unless the
/// numbers are 0 .. n-1, each once.
[[nodiscard]] std::vector<std::string> ordered_names(std::vector<std::string> names,
                                                     const std::vector<std::int64_t>& ids,
                                                     const std::string& place);
/// The same of a pickled dict from names to row numbers.
[[nodiscard]] std::vector<std::string> names_by_row(const PickleValue& map,
                                                    const std::string& place);

}  // namespace kgaudit::models
