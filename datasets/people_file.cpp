#include "datasets/people_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/value_checks.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/csv_reader.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/shell_word.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

namespace fs = std::filesystem;

/// A column with this share of numbers was meant to be one of numbers.
constexpr double kMostlyNumbers = 0.9;

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool same_but_for_capitals(std::string_view a, std::string_view b) {
  return ascii_small(a) == ascii_small(b);
}

/// The column that has the names where none is called so: the one that differs in capitals alone,
/// else one with a usual word for it, else the nearest, else the first.
std::string likely_name_column(const std::vector<std::string>& heads, std::string_view wanted) {
  constexpr std::array<std::string_view, 9> kUsual = {
      "name", "person", "people", "full name", "fullname", "entity", "label", "id", "who"};
  const auto called = [&](std::string_view word) {
    return std::ranges::find_if(
        heads, [&](const std::string& head) { return same_but_for_capitals(head, word); });
  };
  auto found = called(wanted);
  for (const std::string_view word : kUsual) {
    if (found == heads.end()) found = called(word);
  }
  if (found != heads.end()) return *found;
  const std::vector<std::string_view> known(heads.begin(), heads.end());
  return nearest_word(wanted, known).value_or(heads.front());
}

/// Blanks around a head do not count.
std::vector<std::string> heads_of(const std::vector<std::string>& fields) {
  std::vector<std::string> heads;
  for (const std::string& field : fields) heads.emplace_back(without_blanks(field));
  return heads;
}

/// A number, or the year of a date such as 1815-12-10 or +1815-12-10T00:00:00Z.
std::optional<double> number_or_year(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (const auto number = parse_double(text)) {
    // "NAN" and "Infinity" parse, and belong to no bin.
    return std::isfinite(*number) ? number : std::nullopt;
  }
  const bool before_christ = text.starts_with('-');
  if (before_christ) text.remove_prefix(1);
  const auto digits = [&](std::size_t at, std::size_t count) {
    return std::ranges::all_of(text.substr(at, count), [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::size_t year = std::min(text.find('-'), text.size());
  if (year < 4 || text.size() < year + 6 || text[year + 3] != '-' || !digits(0, year) ||
      !digits(year + 1, 2) || !digits(year + 4, 2) ||
      (text.size() > year + 6 && text[year + 6] != 'T')) {
    return std::nullopt;
  }
  const auto number = parse_double(text.substr(0, year));
  return number && before_christ ? -*number : number;
}

/// The values of one cell; `placeholder` tells that a word for "unknown" stood there.
std::vector<std::string_view> cell_values(std::string_view cell, const PeopleOptions& options,
                                          bool& placeholder) {
  std::vector<std::string_view> values;
  for (;;) {
    const std::size_t end = options.value_separator.empty() ? std::string_view::npos
                                                            : cell.find(options.value_separator);
    const std::string_view value = without_blanks(cell.substr(0, end));
    if (is_unknown_value(value, options)) {
      placeholder = placeholder || !value.empty();
    } else {
      values.push_back(value);
    }
    if (end == std::string_view::npos) return values;
    cell.remove_prefix(end + options.value_separator.size());
  }
}

/// Three inner edges at the quartiles, fewer where they coincide.
std::vector<double> quartile_edges(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  std::vector<double> edges;
  for (std::size_t q = 1; q < 4; ++q) {
    const double edge = numbers[numbers.size() * q / 4];
    // The first bin must hold something.
    if (edge > numbers.front() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

std::string bin_name(std::span<const double> edges, std::size_t bin) {
  if (edges.empty()) return "all numbers";
  if (bin == 0) return "below " + number_text(edges.front());
  if (bin == edges.size()) return number_text(edges.back()) + " and above";
  return fmt::format("{} to below {}", number_text(edges[bin - 1]), number_text(edges[bin]));
}

/// Puts a column of numbers into bins, if it is one that asks for them.
class Bins {
 public:
  Bins(PeopleTable& table, const PeopleOptions& options) : table_(table), options_(options) {}

  void put(PeopleColumn& column) {
    const auto wanted = options_.bins.find(column.id);
    std::vector<double> numbers;
    for (const std::string& value : column.values) {
      const auto number = number_or_year(value);
      if (!number) {
        if (wanted == options_.bins.end()) {
          note_words(column);
          return;
        }
        throw InputError::usage(fmt::format("--bins {}", column.id),
                                fmt::format("the value '{}'", printable(value)),
                                "a column of numbers or dates");
      }
      numbers.push_back(*number);
    }
    if (wanted == options_.bins.end()) {
      const std::set<double> different(numbers.begin(), numbers.end());
      if (different.size() <= options_.most_numbers) return;
      std::vector<double> of_persons;
      for (const auto& own : column.of_person) {
        for (const std::uint32_t v : own) of_persons.push_back(numbers[v]);
      }
      column.bin_edges = quartile_edges(std::move(of_persons));
    } else {
      column.bin_edges = wanted->second;
    }
    replace(column, numbers);
    table_.findings.push_back(
        {"numbers_in_bins", column.id, column.values.size(),
         fmt::format("Numbers were put into bins, cut at {}{}.", fmt::join(column.bin_edges, ", "),
                     wanted == options_.bins.end() ? " (quartiles)" : "")});
  }

 private:
  /// One "c. 1900" makes a column of years text, and most of its groups too small to be measured.
  void note_words(const PeopleColumn& column) {
    std::vector<bool> is_number;
    std::set<double> different;
    for (const std::string& value : column.values) {
      const auto number = number_or_year(value);
      is_number.push_back(number.has_value());
      if (number) different.insert(*number);
    }
    // As many would be values as they stand, with words among them or without.
    if (different.size() <= options_.most_numbers) return;
    if (!are_mostly_numbers(column, is_number)) return;
    const auto first = std::ranges::find(is_number, false) - is_number.begin();
    const auto words = static_cast<std::uint64_t>(std::ranges::count(is_number, false));
    table_.findings.push_back(
        {"numbers_with_words", column.id, words,
         fmt::format("Of {} different values these are no numbers, the first is {}; so each value "
                     "is a group, and none goes into a bin. Write them as numbers or leave their "
                     "cells empty.",
                     with_thousands(column.values.size()),
                     spelled_out(column.values[static_cast<std::size_t>(first)]))});
  }

  /// By the different values or by the cells: many words that few persons have are slips, too.
  static bool are_mostly_numbers(const PeopleColumn& column, const std::vector<bool>& is_number) {
    std::size_t cells = 0;
    std::size_t number_cells = 0;
    for (const auto& own : column.of_person) {
      cells += own.size();
      for (const std::uint32_t v : own) number_cells += is_number[v] ? 1U : 0U;
    }
    const auto enough = [](std::size_t numbers, std::size_t all) {
      return static_cast<double>(numbers) >= kMostlyNumbers * static_cast<double>(all);
    };
    const auto numbers = static_cast<std::size_t>(std::ranges::count(is_number, true));
    return enough(numbers, is_number.size()) || enough(number_cells, cells);
  }

  static void replace(PeopleColumn& column, std::span<const double> numbers) {
    std::vector<std::uint32_t> bin_of;
    for (const double number : numbers) {
      bin_of.push_back(static_cast<std::uint32_t>(
          std::ranges::upper_bound(column.bin_edges, number) - column.bin_edges.begin()));
    }
    column.values.clear();
    for (std::size_t bin = 0; bin <= column.bin_edges.size(); ++bin) {
      column.values.push_back(bin_name(column.bin_edges, bin));
    }
    for (std::vector<std::uint32_t>& own : column.of_person) {
      for (std::uint32_t& value : own) value = bin_of[value];
      std::ranges::sort(own);
      own.erase(std::unique(own.begin(), own.end()), own.end());
    }
  }

  PeopleTable& table_;
  const PeopleOptions& options_;
};

void note_alike_values(PeopleTable& table, const PeopleColumn& column) {
  AlikeValues alike;
  for (const std::string& value : column.values) alike.add(value);
  if (alike.count() == 0) return;
  table.findings.push_back({"values_alike", column.id, alike.count(), alike.in_words()});
}

/// Of the words for "unknown", those that the options do not name became values.
void note_placeholders(PeopleTable& table, const PeopleColumn& column) {
  std::vector<bool> is_word;
  for (const std::string& value : column.values) is_word.push_back(is_placeholder(value));
  const auto first = std::ranges::find(is_word, true);
  if (first == is_word.end()) return;
  const auto persons = std::ranges::count_if(column.of_person, [&](const auto& own) {
    return std::ranges::any_of(own, [&](std::uint32_t v) { return is_word[v]; });
  });
  table.findings.push_back(
      {"placeholder_values", column.id, static_cast<std::uint64_t>(persons),
       fmt::format(
           "Values of {} that persons have and that look like placeholders for an unknown "
           "value, e.g. {}; they count as values. Leave these cells empty if they are none.",
           column.id,
           spelled_out(column.values[static_cast<std::size_t>(first - is_word.begin())]))});
}

/// Reads one file of people. It lives for one call of read_people.
class PeopleReader {
 public:
  PeopleReader(CsvReader& csv, const PeopleOptions& options) : csv_(csv), options_(options) {}

  PeopleTable operator()(const std::string& place) {
    read_head(place);
    while (csv_.next()) read_person();
    if (table_.names.empty()) {
      throw csv_.error("a head line and no person", "one person a line below it");
    }
    for (std::size_t c = 0; c < table_.columns.size(); ++c) finish(table_.columns[c]);
    std::erase_if(table_.columns, [](const PeopleColumn& column) { return column.values.empty(); });
    if (table_.columns.empty()) {
      throw InputError::unreadable(place, "nobody has a value in any column",
                                   "a value of at least one attribute",
                                   "words other than those for an unknown value");
    }
    return std::move(table_);
  }

 private:
  void read_head(const std::string& place) {
    if (!csv_.next()) {
      throw InputError::unreadable(place, "an empty file", "a head line such as name,gender");
    }
    const std::vector<std::string> heads = heads_of(csv_.fields());
    const std::set<std::string> different(heads.begin(), heads.end());
    const auto name = std::ranges::find(heads, options_.name_column);
    if (name == heads.end()) {
      throw csv_.error(
          heads.size() == 1 ? fmt::format("one column, {}", heads.front())
                            : fmt::format("the columns {}", fmt::join(heads, ", ")),
          fmt::format("a column '{}' in the first line", options_.name_column),
          heads.size() == 1
              ? "commas, semicolons or tabs between the columns, such as name,gender"
              : fmt::format(
                    "--name-column {}, if that column has the persons' names",
                    shell_word(printable(likely_name_column(heads, options_.name_column)))));
    }
    if (different.size() < heads.size() || different.contains("")) {
      throw csv_.error(fmt::format("the columns {}", fmt::join(heads, ", ")),
                       "a name for every column, each once");
    }
    for (const std::string& wanted : options_.attributes) {
      if (std::ranges::find(heads, wanted) == heads.end()) {
        throw InputError::unknown(csv_.where(), "column", wanted, heads);
      }
    }
    for (const auto& [binned, edges] : options_.bins) {
      if (std::ranges::find(heads, binned) == heads.end()) {
        throw InputError::unknown("--bins", "column", binned, heads);
      }
      if (edges.empty() ||
          std::ranges::adjacent_find(edges, std::greater_equal<>()) != edges.end()) {
        throw InputError::usage(fmt::format("--bins {}", binned),
                                fmt::format("the edges {}", fmt::join(edges, ", ")),
                                "one edge or more, each greater than the one before");
      }
    }
    fields_ = heads.size();
    name_field_ = static_cast<std::size_t>(name - heads.begin());
    for (std::size_t f = 0; f < heads.size(); ++f) {
      const bool wanted =
          options_.attributes.empty() ||
          std::ranges::find(options_.attributes, heads[f]) != options_.attributes.end();
      if (f == name_field_ || !wanted) continue;
      table_.columns.emplace_back().id = heads[f];
      column_fields_.push_back(f);
    }
    if (table_.columns.empty()) {
      throw csv_.error(fmt::format("the column '{}' alone", options_.name_column),
                       "a column for each attribute beside it",
                       "a head line such as name,gender, with each person's value below it");
    }
    indices_.resize(table_.columns.size());
  }

  void read_person() {
    const std::vector<std::string>& fields = csv_.fields();
    if (fields.size() != fields_) {
      throw csv_.error(fmt::format("{} fields", fields.size()),
                       fmt::format("{}, as in the head", fields_),
                       "quotes around a field that holds the separator");
    }
    std::string name(without_blanks(fields[name_field_]));
    if (name.empty()) throw csv_.error("an empty name", "the name of a person");
    const auto [line, is_new] = line_of_.try_emplace(name, csv_.where());
    if (!is_new) {
      throw csv_.error(fmt::format("'{}' again (first: {})", printable(name), line->second),
                       "one line a person",
                       fmt::format("several values of one person in one cell, with {} between them",
                                   options_.value_separator));
    }
    table_.names.push_back(std::move(name));
    for (std::size_t c = 0; c < table_.columns.size(); ++c) add(c, fields[column_fields_[c]]);
  }

  void add(std::size_t c, std::string_view cell) {
    PeopleColumn& column = table_.columns[c];
    std::vector<std::uint32_t>& own = column.of_person.emplace_back();
    bool placeholder = false;
    for (const std::string_view value : cell_values(cell, options_, placeholder)) {
      const auto [index, is_new] = indices_[c].try_emplace(
          std::string(value), static_cast<std::uint32_t>(column.values.size()));
      if (is_new) column.values.emplace_back(value);
      own.push_back(index->second);
    }
    std::ranges::sort(own);
    own.erase(std::unique(own.begin(), own.end()), own.end());
    if (own.empty() && placeholder) ++column.placeholders;
  }

  void finish(PeopleColumn& column) {
    if (column.values.empty()) {
      table_.findings.push_back({"empty_column", column.id, table_.names.size(),
                                 "Nobody has a value, so the column is left out."});
      return;
    }
    Bins(table_, options_).put(column);
    note_alike_values(table_, column);
    note_placeholders(table_, column);
    for (const std::vector<std::uint32_t>& own : column.of_person) {
      if (own.empty()) ++column.unknown;
      if (own.size() > 1) ++column.several;
    }
  }

  CsvReader& csv_;
  const PeopleOptions& options_;
  PeopleTable table_;
  std::size_t fields_ = 0;
  std::size_t name_field_ = 0;
  std::vector<std::size_t> column_fields_;
  std::vector<std::unordered_map<std::string, std::uint32_t>> indices_;  ///< of values, by column
  std::unordered_map<std::string, std::string> line_of_;                 ///< by name
};

/// The heads of the columns if `separator` stands between them; none where they cannot be read,
/// which is for the reading of the whole file to say.
std::vector<std::string> heads_with(const fs::path& file, char separator) {
  try {
    FileSource source(file);
    DecompressedSource bytes(source, file.string());
    CsvReader csv(bytes, file.string(), separator);
    return csv.next() ? heads_of(csv.fields()) : std::vector<std::string>();
  } catch (const InputError&) {
    return {};
  }
}

/// What stands between fields: what the file's ending says, unless only another separator gives a
/// head line with the column of names, or any columns at all.
char separator_of(const fs::path& file, const std::string& name_column) {
  FileSource source(file);
  const bool packed = DecompressedSource(source, file.string()).compression() != Compression::kNone;
  const fs::path ending = packed ? file.stem().extension() : file.extension();
  std::vector<char> separators = {',', ';', '\t'};
  if (ending == ".tsv" || ending == ".tab") {
    std::rotate(separators.begin(), separators.end() - 1, separators.end());
  }
  std::optional<char> with_columns;
  for (const char separator : separators) {
    const std::vector<std::string> heads = heads_with(file, separator);
    if (heads.size() < 2) continue;
    if (std::ranges::find(heads, name_column) != heads.end()) return separator;
    if (!with_columns) with_columns = separator;
  }
  return with_columns.value_or(separators.front());
}

}  // namespace

bool is_blank_node(std::string_view name) {
  return name.starts_with("_:") || name.find("/.well-known/genid/") != std::string_view::npos;
}

bool is_unknown_value(std::string_view text, const PeopleOptions& options) {
  return text.empty() || is_blank_node(text) ||
         std::ranges::find(options.unknown_words, text) != options.unknown_words.end();
}

PeopleTable read_people(const fs::path& file, const PeopleOptions& options) {
  HashedFileSource source(file);
  DecompressedSource bytes(source, file.string());
  CsvReader csv(bytes, file.string(), separator_of(file, options.name_column));
  PeopleTable table = PeopleReader(csv, options)(file.string());
  table.file = source.identity();
  return table;
}

}  // namespace kgaudit::datasets
