#include "models/embedding/foreign/name_map.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "models/embedding/foreign/json_tables.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/text.hpp"
#include "suite/base/unicode.hpp"

namespace kgaudit::models {
namespace {

constexpr std::uint64_t kLineCost = 64;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kMapForm = "names and the numbers of their rows, 0 to n-1, each once";

/// The bytes of a file, unpacked if need be.
std::string_view unpacked_bytes(std::string_view bytes, const std::string& place,
                                MemoryBudget& budget, std::string& own) {
  if (compression_of(bytes.substr(0, 16)) == Compression::kNone) return bytes;
  MemorySource packed(bytes);
  DecompressedSource source(packed, place);
  std::string block(std::size_t{1} << 18U, '\0');
  while (const std::size_t got = source.read(block)) {
    budget.take(got, 2, place, "unpacked names");
    own.append(block, 0, got);
  }
  return own;
}

std::vector<std::string_view> lines_of(std::string_view text, const std::string& place,
                                       MemoryBudget& budget) {
  const auto ends = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  budget.take(ends + 1, kLineCost, place, "lines");
  std::vector<std::string_view> lines;
  lines.reserve(ends + 1);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  // The last line may have no end at all.
  const std::span<std::string_view> ended(lines.data(), std::min<std::size_t>(ends, lines.size()));
  const bool carriage =
      !ended.empty() && std::ranges::all_of(ended, [](auto line) { return line.ends_with('\r'); });
  if (carriage) {
    for (std::string_view& line : ended) line.remove_suffix(1);
  }
  return lines;
}

std::string_view without_blanks(std::string_view text) { return trimmed(text, " \t\r"); }

/// A way to read lines as a name and a number.
struct Columns {
  char delimiter;
  bool number_first;
};

struct SplitLine {
  std::string_view name;
  std::string_view number;
};

std::optional<SplitLine> split_line(std::string_view line, Columns columns) {
  const std::size_t at =
      columns.number_first ? line.find(columns.delimiter) : line.rfind(columns.delimiter);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view left = line.substr(0, at);
  const std::string_view right = line.substr(at + 1);
  return columns.number_first ? SplitLine{right, without_blanks(left)}
                              : SplitLine{left, without_blanks(right)};
}

/// Whether the column of numbers holds 0 .. n-1, each once.
bool is_permutation_of_rows(std::span<const std::string_view> lines, Columns columns) {
  std::vector<bool> seen(lines.size(), false);
  for (const std::string_view line : lines) {
    const auto split = split_line(line, columns);
    if (!split) return false;
    const auto number = parse_uint(split->number);
    if (!number || *number >= seen.size() || seen[*number]) return false;
    seen[*number] = true;
  }
  return true;
}

std::string_view delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tabs" : delimiter == ',' ? "commas" : "blanks";
}

NameMap from_columns(std::span<const std::string_view> lines, Columns columns,
                     std::string_view first_line) {
  NameMap map;
  map.numbered = true;
  map.names.resize(lines.size());
  for (const std::string_view line : lines) {
    const auto split = split_line(line, columns);
    map.names[*parse_uint(split->number)] = split->name;
  }
  map.form = fmt::format("{}, separated by {}{}",
                         columns.number_first ? "numbers and names" : "names and numbers",
                         delimiter_name(columns.delimiter), first_line);
  return map;
}

/// The columns of a table of names, by its head line.
struct TableHead {
  std::size_t columns = 0;
  std::size_t name = 0;
  std::optional<std::size_t> id;  ///< of row numbers; without it rows are in order
  std::string id_word;
};

/// A field without the blanks and quotes around it, in small letters.
std::string head_word(std::string_view field) { return case_folded(trimmed(field, " \t\r\"")); }

bool heads_row_numbers(std::string_view word) {
  // pandas leaves the head of its index empty.
  constexpr std::array<std::string_view, 8> kWords = {"",    "id",     "ids", "index",
                                                      "idx", "number", "row", "entity_id"};
  return std::ranges::find(kWords, word) != kWords.end();
}

bool heads_names(std::string_view word) {
  constexpr std::array<std::string_view, 8> kWords = {
      "name", "names", "label", "labels", "entity", "entities", "relation", "relations"};
  return std::ranges::find(kWords, word) != kWords.end();
}

/// The head of a table of two columns and more, one of which holds names; nothing of another line.
std::optional<TableHead> table_head(std::string_view line, char delimiter) {
  TableHead head;
  bool named = false;
  for (std::string_view rest = line;; ++head.columns) {
    const std::size_t end = rest.find(delimiter);
    const std::string word = head_word(rest.substr(0, end));
    if (heads_names(word)) {
      if (named) return std::nullopt;
      named = true;
      head.name = head.columns;
    } else if (heads_row_numbers(word) && !head.id) {
      head.id = head.columns;
      head.id_word = word;
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  ++head.columns;
  if (!named || head.columns < 2) return std::nullopt;
  return head;
}

/// A table with a head: fields in quotes, as pandas and spreadsheets write them, may hold
/// delimiters and line ends, and "" is a quote.
NameMap from_table(std::string_view text, char delimiter, const TableHead& head,
                   const std::string& place, MemoryBudget& budget) {
  std::vector<std::string> names;
  std::vector<std::int64_t> ids;
  std::string field;
  std::vector<std::string> row;
  bool quoted = false;
  bool was_quoted = false;
  std::size_t rows = 0;
  const auto end_row = [&] {
    const bool blank = row.empty() && field.empty() && !was_quoted;
    row.push_back(std::move(field));
    field.clear();
    was_quoted = false;
    if (rows++ > 0 && !blank) {
      const auto id = head.id && row.size() > *head.id ? parse_int(row[*head.id]) : std::nullopt;
      if (row.size() != head.columns || (head.id && !id)) {
        throw InputError::unreadable(
            fmt::format("{}: row {}", place, rows),
            fmt::format("{} fields, the first '{}'", row.size(), printable(row.front(), 20)),
            head.id ? fmt::format("{} fields, with a row number below '{}'", head.columns,
                                  printable(head.id_word, 20))
                    : fmt::format("{} fields, as in the head line", head.columns));
      }
      budget.take(kLineCost, place, "names");
      if (id) ids.push_back(*id);
      names.push_back(std::move(row[head.name]));
    }
    row.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && field.empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else if (c == delimiter) {
      if (row.size() == head.columns) {
        throw InputError::unreadable(fmt::format("{}: row {}", place, rows + 1),
                                     fmt::format("more than {} fields", head.columns),
                                     "as many as in the head line");
      }
      row.push_back(std::move(field));
      field.clear();
      was_quoted = false;
    } else if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
      if (c == '\r') ++i;
      end_row();
    } else {
      field += c;
    }
  }
  if (quoted) {
    throw InputError::unreadable(place, "a quote that does not end", "whole fields in quotes");
  }
  if (!field.empty() || !row.empty()) end_row();
  NameMap map;
  map.numbered = head.id.has_value();
  map.names = head.id ? ordered_names(std::move(names), ids, place) : std::move(names);
  map.form = head.id ? "a table of row numbers and names, with a head line"
                     : "a column of a table with a head line, in the order of rows";
  return map;
}

/// The keys of an object of texts.
std::vector<std::int64_t> row_numbers(const std::vector<std::string>& keys,
                                      const std::string& place) {
  std::vector<std::int64_t> numbers;
  for (const std::string& key : keys) {
    const auto number = parse_int(key);
    if (!number) {
      throw InputError::unreadable(
          place, fmt::format("JSON of texts with the key '{}'", printable(key, 40)),
          std::string(kMapForm));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

NameMap from_json(std::string_view text, const std::string& place, MemoryBudget& budget) {
  JsonTables tables = read_json_tables(text, place, budget);
  NameMap map;
  map.numbered = tables.kind != JsonTables::Kind::kNames;
  if (tables.kind == JsonTables::Kind::kIds) {
    map.names = ordered_names(std::move(tables.names), tables.ids, place);
    map.form = "a JSON object of names and row numbers";
  } else if (tables.kind == JsonTables::Kind::kTexts) {
    map.names = ordered_names(std::move(tables.texts), row_numbers(tables.names, place), place);
    map.form = "a JSON object of row numbers and names";
  } else if (tables.kind == JsonTables::Kind::kNames) {
    map.names = std::move(tables.names);
    map.form = "a JSON list of names in the order of rows";
    if (tables.nulls > 0) {
      map.findings.push_back(
          {Finding::Weight::kWarning, "names-null",
           fmt::format("{} of the {} names in {} are null", with_thousands(tables.nulls),
                       with_thousands(map.names.size()), place)});
    }
  } else {
    throw InputError::unreadable(place, "JSON of vectors", std::string(kMapForm));
  }
  return map;
}

bool is_pandas_header(std::string_view line, char delimiter) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line == fmt::format("id{}label", delimiter);
}

/// Blanks and commas stand within names, too: "Person 0" to "Person 9" are ten names and not one.
bool names_stand_once(std::span<const std::string_view> lines, Columns columns) {
  std::unordered_set<std::string_view> seen;
  return std::ranges::all_of(lines, [&](std::string_view line) {
    return seen.insert(split_line(line, columns)->name).second;
  });
}

bool is_map(std::span<const std::string_view> lines, Columns columns) {
  return is_permutation_of_rows(lines, columns) &&
         (columns.delimiter == '\t' || names_stand_once(lines, columns));
}

/// What separates the words of a line that stands above two columns, of names and of row numbers.
std::optional<char> head_delimiter(std::string_view line) {
  for (const char delimiter : {'\t', ',', ' '}) {
    const auto head = table_head(line, delimiter);
    if (head && head->id && head->columns == 2) return delimiter;
  }
  return std::nullopt;
}

NameMap from_lines(std::string_view text, const std::string& place, MemoryBudget& budget) {
  const std::vector<std::string_view> all = lines_of(text, place, budget);
  if (all.empty()) throw InputError::unreadable(place, "no line", std::string(kMapForm));
  std::span<const std::string_view> lines = all;
  const auto count = parse_uint(without_blanks(lines.front()));
  const bool counted = count && lines.size() > 1 && *count == lines.size() - 1;
  const bool wrong_count = count && lines.size() > 1 && !counted &&
                           lines[1].find_first_of("\t ,") != std::string_view::npos;
  const auto headed = lines.size() > 1 ? head_delimiter(lines.front()) : std::nullopt;
  if (counted || wrong_count || headed) lines = lines.subspan(1);
  const std::string_view first_line = counted || wrong_count ? ", after a line that counts them"
                                      : headed               ? ", after a head line"
                                                             : "";
  const auto with_count_finding = [&](NameMap map) {
    if (wrong_count) {
      map.findings.push_back({Finding::Weight::kWarning, "count-line",
                              fmt::format("the first line of {} counts {} names; it has {}", place,
                                          with_thousands(*count), with_thousands(lines.size()))});
    }
    return map;
  };
  for (const char delimiter : {'\t', ' ', ','}) {
    const bool last = is_map(lines, {delimiter, false});
    const bool first = is_map(lines, {delimiter, true});
    if (!first && !last) continue;
    const bool number_first = first && (!last || place.ends_with(".dict"));
    NameMap map = from_columns(lines, {delimiter, number_first}, first_line);
    if (first && last) {
      map.findings.push_back(
          {Finding::Weight::kWarning, "two-number-columns",
           fmt::format("both columns of {} may number the rows; the {} one is taken", place,
                       number_first ? "first" : "last")});
    }
    return with_count_finding(std::move(map));
  }
  // Numbers that are there but are not 0 .. n-1 are an error; a list of names has none.
  for (const bool number_first : {false, true}) {
    const bool numbered = std::all_of(lines.begin(), lines.end(), [&](std::string_view line) {
      const auto split = split_line(line, {'\t', number_first});
      return split && parse_int(split->number);
    });
    if (!numbered) continue;
    std::vector<bool> seen(lines.size(), false);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto split = split_line(lines[i], {'\t', number_first});
      const auto number = parse_uint(split->number);
      if (number && *number < seen.size() && !seen[*number]) {
        seen[*number] = true;
        continue;
      }
      throw InputError::unreadable(
          fmt::format("{}:{}", place, i + 1 + (first_line.empty() ? 0 : 1)),
          fmt::format("row number {} for '{}', {}", split->number, printable(split->name, 40),
                      number && *number < seen.size() ? "which an earlier line has"
                                                      : "which is none of 0 to n-1"),
          std::string(kMapForm));
    }
  }
  if (headed && *headed != ' ') {
    throw InputError::unreadable(
        fmt::format("{}:2", place),
        fmt::format("'{}' below the head line '{}'", printable(lines.front(), 40),
                    printable(without_blanks(all.front()), 40)),
        std::string(kMapForm), "a list without the numbers, if its lines are in the order of rows");
  }
  NameMap map;
  map.form = "names, one a line, in the order of rows";
  for (const std::string_view line : all) map.names.emplace_back(line);
  if (looks_like_a_head(all.front())) {
    map.findings.push_back(
        {Finding::Weight::kWarning, "names-head",
         fmt::format(
             "the first line of {} is '{}' and is taken as the name of the first row; if it "
             "is a head line, each name stands one row too low: take it out",
             place, without_blanks(all.front()))});
  }
  return map;
}

/// A table that from_lines would not see: of more than two columns, with fields in quotes, or
/// without row numbers, which only the ending of the file's name tells from names with commas.
std::optional<NameMap> from_headed_table(std::string_view text, const std::string& place,
                                         MemoryBudget& budget) {
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string file = std::filesystem::path(place).filename().string();
  for (const char delimiter : {'\t', ','}) {
    const auto head = table_head(first, delimiter);
    if (!head) continue;
    const bool plain = delimiter == '\t' || text.find('"') == std::string_view::npos;
    if (head->id && head->columns == 2 && plain && !is_pandas_header(first, delimiter)) continue;
    if (!head->id && file.find(delimiter == ',' ? ".csv" : ".tsv") == std::string::npos) continue;
    return from_table(text, delimiter, *head, place, budget);
  }
  return std::nullopt;
}

}  // namespace

bool looks_like_a_head(std::string_view line) {
  for (;;) {
    const std::size_t end = line.find_first_of("\t,");
    const std::string word = head_word(line.substr(0, end));
    if (word.empty() || !(heads_names(word) || heads_row_numbers(word))) return false;
    if (end == std::string_view::npos) return true;
    line.remove_prefix(end + 1);
  }
}

std::vector<std::string> ordered_names(std::vector<std::string> names,
                                       const std::vector<std::int64_t>& ids,
                                       const std::string& place) {
  KGA_REQUIRE(names.size() == ids.size(), "{} names, {} numbers", names.size(), ids.size());
  std::vector<std::string> ordered(names.size());
  std::vector<bool> seen(names.size(), false);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto id = static_cast<std::uint64_t>(ids[i]);
    if (ids[i] < 0 || id >= names.size() || seen[id]) {
      throw InputError::unreadable(
          place, fmt::format("row number {} for '{}'", ids[i], printable(names[i], 40)),
          std::string(kMapForm));
    }
    seen[id] = true;
    ordered[id] = std::move(names[i]);
  }
  return ordered;
}

NameMap read_name_map(std::string_view bytes, const std::string& place, MemoryBudget& budget) {
  std::string own;
  std::string_view text = unpacked_bytes(bytes, place, budget, own);
  budget.take(text.size(), 2, place, "names");
  if (text.find('\0') != std::string_view::npos) {
    throw InputError::unreadable(place, "binary data", std::string(kMapForm));
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '[' || text[first] == '{')) {
    return from_json(text, place, budget);
  }
  if (auto map = from_headed_table(text, place, budget)) return *std::move(map);
  return from_lines(text, place, budget);
}

std::vector<std::string> names_by_row(const PickleValue& map, const std::string& place) {
  std::vector<std::string> names;
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < map.pairs(); ++i) {
    const auto [name, id] = map.pair(i);
    names.push_back(pickled_name(name).value_or(""));
    ids.push_back(id.integer().value_or(-1));
  }
  return ordered_names(std::move(names), ids, place);
}

}  // namespace kgaudit::models
