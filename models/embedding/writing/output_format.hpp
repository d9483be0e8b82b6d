#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/row_block.hpp"
#include "suite/base/files/atomic_file.hpp"

namespace kgaudit::models {

/// Where a format keeps the names of rows.
enum class NamePlace {
  kWithRows,  ///< in the file of the numbers
  kBeside,    ///< in a JSON list of their own, in the order of rows
};

/// How many rows of how many numbers a file gets.
struct TableShape {
  std::uint64_t rows = 0;
  std::size_t width = 0;
};

/// A file on its way, row by row: it appears whole with finish(), or not at all. Every function
/// throws InputError (usage) when the disk refuses.
class RowWriter {
 public:
  explicit RowWriter(const std::filesystem::path& file) : out_(file) {}
  virtual ~RowWriter() = default;
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  /// The next row; formats that keep names beside leave its name aside.
  virtual void add(std::string_view name, std::span<const float> row) = 0;
  /// The next row as a line of the format, without its end: of formats of text alone.
  void add_line(std::string_view line) {
    write(line);
    write("\n");
  }
  void finish() { out_.commit(); }

 protected:
  void write(std::string_view bytes) { out_.write(bytes); }

 private:
  AtomicFile out_;
};

/// One roster entry: a form in which a table of rows is written. Floats are kept to the bit: binary
/// formats write the four bytes of each, text the shortest decimal that reads back as the same one.
struct OutputFormat {
  std::string_view id;
  std::string_view title;
  std::string_view description;  ///< what the files hold
  std::string_view source;       ///< who reads such files
  std::string_view pitfalls;
  std::string_view ending;  ///< of the files' names, with its dot
  std::string_view reader;  ///< id of the EmbeddingFormat that brings the rows back
  NamePlace names = NamePlace::kBeside;
  /// Why the format can't hold this name ("a blank"); "" if it can.
  std::string_view (*objection)(std::string_view name);
  /// Begins a file of so many rows, which the reader brings back to the bit.
  std::unique_ptr<RowWriter> (*begin)(const std::filesystem::path& file, const TableShape& shape);
};

/// All output formats in roster order.
[[nodiscard]] std::span<const OutputFormat* const> output_formats();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const OutputFormat& find_output_format(std::string_view id);
/// The formats named in a list such as "npy,tsv", each once. Throws InputError (usage) at `place`
/// for an empty list, and as find_output_format.
[[nodiscard]] std::vector<const OutputFormat*> output_formats_named(
    std::span<const std::string> ids, const std::string& place);

/// Throws InputError (usage) at `place` for the first name that the format can't hold, or that
/// stands twice where names tell rows apart, with a format that holds all of them. `what` is what
/// they name: "entity".
void require_writable_names(const OutputFormat& format, std::span<const std::string> names,
                            std::string_view what, const std::string& place);

/// Writes rows that are in memory. `names` are as many as rows, or none where they stand beside.
void write_rows(const OutputFormat& format, const std::filesystem::path& file,
                std::span<const std::string> names, const RowBlock& rows);

/// The numbers of a row as they lie in memory, little-endian.
[[nodiscard]] inline std::string_view row_bytes(std::span<const float> row) {
  return {reinterpret_cast<const char*>(row.data()), row.size_bytes()};
}

/// Appends the shortest decimal that reads back as the same float, with a point or an exponent: so
/// names that are whole numbers are told from the numbers of a row.
void append_number(std::string& text, float number);

/// Objections that several formats share: "" for a name that holds nothing of the kind.
[[nodiscard]] std::string_view objection_of_utf8(std::string_view name);
/// Control characters, and a mark of byte order at the beginning.
[[nodiscard]] std::string_view objection_of_lines(std::string_view name);
/// Any white space that a program of bytes splits at.
[[nodiscard]] std::string_view objection_of_blanks(std::string_view name);

}  // namespace kgaudit::models
