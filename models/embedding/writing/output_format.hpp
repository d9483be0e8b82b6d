#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/row_block.hpp"

namespace kgaudit::models {

/// Where a format keeps the names of rows.
enum class NamePlace {
  kWithRows,  ///< in the file of the numbers
  kBeside,    ///< in a JSON list of their own, in the order of rows
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
  /// Writes rows that the reader brings back to the bit; `names` are as many as rows, or none where
  /// they stand beside. The file appears whole or not at all. Throws InputError (unreadable) when
  /// the disk refuses.
  void (*write)(const std::filesystem::path& file, std::span<const std::string> names,
                const RowBlock& rows);
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

/// The numbers of row i as they lie in memory, little-endian.
[[nodiscard]] inline std::string_view row_bytes(const RowBlock& rows, std::size_t i) {
  return {reinterpret_cast<const char*>(rows.row(i)), rows.width * sizeof(float)};
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
