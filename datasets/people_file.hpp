#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::datasets {

/// One column of a people file: an attribute with its values and who has them.
struct PeopleColumn {
  std::string id;                   ///< the column's head
  std::vector<std::string> values;  ///< by first appearance; of bins: by rising numbers
  /// Per person: indices into `values`, ascending, each once; empty = unknown, several are
  /// possible.
  std::vector<std::vector<std::uint32_t>> of_person;
  /// Where numbers were put into bins: the inner edges, ascending. Bin i holds numbers from edge
  /// i - 1, itself included, to below edge i; the first and the last bin are open.
  std::vector<double> bin_edges;
  std::uint64_t unknown = 0;       ///< persons without a value
  std::uint64_t placeholders = 0;  ///< of these, those for whom the file says so by a word
  std::uint64_t several = 0;       ///< persons with more than one value
};

/// What a people file says.
struct PeopleTable {
  std::vector<std::string> names;  ///< each once
  std::vector<PeopleColumn> columns;
  SourceFile file;
  std::vector<IntegrityFinding> findings;
};

struct PeopleOptions {
  std::string name_column = "name";
  /// The columns that are read; empty = all.
  std::vector<std::string> attributes;
  std::string value_separator = "|";  ///< between several values of one cell; empty = none
  /// Cells, or values of a cell, that say that a value is not known, beside the empty one and blank
  /// nodes ("_:..." and addresses with "/.well-known/genid/").
  std::vector<std::string> unknown_words = {"?",    "-",       "NA",      "N/A",
                                            "n/a",  "NaN",     "nan",     "null",
                                            "NULL", "unknown", "Unknown", "somevalue"};
  /// Per column of numbers: the inner edges of its bins, ascending.
  std::map<std::string, std::vector<double>> bins;
  /// A column of numbers with more different ones than this, and without an entry in `bins`, is cut
  /// at its quartiles. Fewer numbers are values as they stand (0 and 1 for a gender).
  std::size_t most_numbers = 10;
};

/// Reads persons and their attributes: comma-separated values (CsvReader; a file whose name ends in
/// .tsv or .tab has tabs; semicolons or tabs where only they give a head line with the column of
/// names; gzip, bzip2 and zstd are unpacked, and their ending does not count), a head line, one
/// person a line, the column "name" among the columns, any other column an attribute. Blanks around
/// names and values do not count; capitals do. A date (1815-12-10, with or without a time) counts
/// as its year where a column has nothing but numbers and dates.
///
/// `findings` tell of numbers that became bins, of columns of many numbers that a few words keep
/// out of bins, of values that look alike or like a placeholder (value_checks.hpp), and of columns
/// without any value, which are left out. Throws InputError (unreadable) with file:line for
/// a missing head, one without the column of names or without another, two columns of one name, a
/// line with another number of fields than the head, an empty name, a name given twice (two persons
/// are never made one), and a file in which nobody has a value; InputError (usage) for a column of
/// the options that the file lacks, and for bins of a column that is not all numbers.
[[nodiscard]] PeopleTable read_people(const std::filesystem::path& file,
                                      const PeopleOptions& options = {});

/// Whether a cell or an object of a triple stands for a value that nobody knows.
[[nodiscard]] bool is_unknown_value(std::string_view text, const PeopleOptions& options);
/// Blank nodes, also where they were given an address (skolemised).
[[nodiscard]] bool is_blank_node(std::string_view name);

}  // namespace kgaudit::datasets
