#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

struct CsvLayout {
  char separator = ',';
  bool header = false;
  bool names = false;     ///< the first column holds names
  std::size_t width = 0;  ///< numbers in a row
  bool counting = false;  ///< the first row counts its columns, and may be a header
};

/// One record of a table whose fields may stand in quotes; a quoted field does not go over lines.
std::vector<std::string> fields_of(std::string_view line, char separator) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

/// A row of the table: its name, and its numbers with a separator between them.
struct CsvLine {
  CsvLine(const ByteLines& lines, const CsvLayout& layout) : separator(layout.separator) {
    std::string_view line = lines.line();
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool plain = line.find('"') == std::string_view::npos;
    std::vector<std::string> fields;
    if (!plain) fields = fields_of(line, separator);
    const std::size_t count = plain ? separators_in(line, separator) + 1 : fields.size();
    if (count != layout.width + (layout.names ? 1 : 0)) {
      throw lines.error(
          fmt::format("{} fields", count),
          fmt::format("{}{} numbers", layout.names ? "a name and " : "", layout.width));
    }
    if (plain) {
      const std::size_t end = layout.names ? line.find(separator) : 0;
      name = line.substr(0, end);
      numbers = line.substr(layout.names ? end + 1 : 0);
    } else {
      unquoted_ = fmt::format("{}", fmt::join(fields, "\t"));
      const std::size_t end = layout.names ? fields[0].size() : 0;
      name = std::string_view(unquoted_).substr(0, end);
      numbers = std::string_view(unquoted_).substr(layout.names ? end + 1 : 0);
      separator = '\t';
    }
    if (numbers.empty() || numbers.ends_with(separator)) {
      throw lines.error("an empty field", "numbers");
    }
  }
  CsvLine(const CsvLine&) = delete;
  CsvLine& operator=(const CsvLine&) = delete;

  std::string_view name;
  std::string_view numbers;
  char separator;

 private:
  std::string unquoted_;
};

std::size_t numbers_in(const std::vector<std::string>& fields, std::size_t from) {
  return static_cast<std::size_t>(
      std::count_if(fields.begin() + static_cast<std::ptrdiff_t>(from), fields.end(),
                    [](const std::string& field) { return float_from(field).has_value(); }));
}

/// pandas heads columns of numbers with 0, 1, 2 ..., and the column of names with nothing or with
/// the name of its index.
bool counts_columns(const std::vector<std::string>& fields) {
  const auto first = parse_uint(fields[1]);
  if (!first || *first > 1) return false;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    if (parse_uint(fields[i]) != *first + i - 1) return false;
  }
  return true;
}

/// So few columns that they may be a row of numbers are counted by a header only below nothing, or
/// below a word such as "name".
bool is_counting_header(const std::vector<std::string>& fields) {
  constexpr std::size_t kTellingColumns = 8;
  return counts_columns(fields) &&
         (fields[0].empty() || fields.size() > kTellingColumns || looks_like_a_head(fields[0]));
}

std::optional<CsvLayout> csv_layout_of(std::string_view head) {
  if (head.find('\0') != std::string_view::npos) return std::nullopt;
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const auto lines = head_lines(head);
  if (lines.size() < 2) return std::nullopt;
  for (const char separator : {',', '\t', ';'}) {
    const auto first = fields_of(lines[0], separator);
    const auto second = fields_of(lines[1], separator);
    if (first.size() < 3 || second.size() != first.size()) continue;
    const std::size_t numbers = numbers_in(second, 1);
    if (numbers != second.size() - 1) continue;
    const bool header =
        numbers_in(first, 1) == 0 || (!float_from(first[0]) && is_counting_header(first));
    const bool names = !float_from(second[0]).has_value() || header;
    if (separator == '\t' && !header) continue;
    const bool counting = !header && names && counts_columns(first);
    return CsvLayout{separator, header, names, names ? numbers : second.size(), counting};
  }
  return std::nullopt;
}

bool sniff_csv(ForeignPath& path) {
  if (path.is_folder()) return false;
  return csv_layout_of(unpacked_head(path.file()->bytes(), path.place())).has_value();
}

ForeignEmbedding read_csv(ForeignPath& path) {
  const auto layout = csv_layout_of(unpacked_head(path.file()->bytes(), path.place()));
  if (!layout) {
    throw InputError::unreadable(path.place(), fmt::format("'{}'", printable(path.head(), 40)),
                                 "a table with a header");
  }
  ByteLines lines(path, *path.file());
  std::vector<std::string> names;
  GrowingRows rows(path);
  std::uint64_t seen = 0;
  if (layout->header) lines.next();
  while (lines.next()) {
    if (lines.line().empty() || lines.line() == "\r") continue;
    const CsvLine line(lines, *layout);
    ++seen;
    if (layout->names) {
      if (path.options().keep && !path.options().keep(line.name)) continue;
      path.budget().take(line.name.size() + 48, path.place(), "names");
      names.emplace_back(line.name);
    }
    rows.add(line.numbers, line.separator, lines);
  }
  ForeignEmbedding embedding;
  count_rows_left(embedding, rows.rows(), seen);
  embedding.entities = std::move(rows).take("", layout->width);
  embedding.conclude("header", layout->header ? "names of columns" : "none",
                     layout->header ? "the first line heads columns" : "it holds numbers",
                     Certainty::kDerived);
  if (layout->counting) {
    embedding.note("row-counts-columns",
                   "the first line has a name and 0, 1, 2 ... and is taken as a row; if it is a "
                   "header, it is an entity too many: take it out",
                   Finding::Weight::kWarning);
  }
  if (layout->names) {
    attach_entity_names(embedding, std::move(names), "the first column",
                        layout->header ? Certainty::kGuessed : Certainty::kDerived);
  }
  if (embedding.rows_left == 0) attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat csv;
constinit const EmbeddingFormat csv = {
    .id = "csv",
    .title = "CSV with a header",
    .description =
        "A table with a header, separated by commas, tabs or semicolons: names in the first "
        "column, "
        "numbers in all others; fields may stand in quotes",
    .source = "pandas.DataFrame.to_csv, spreadsheets",
    .pitfalls =
        "A first column of row numbers is read as names. A field in quotes does not go over lines.",
    .sniff = &sniff_csv,
    .read = &read_csv,
    .reads_unsniffed = true,
};

}  // namespace kgaudit::models::embedding_formats_roster
