#include "models/embedding/foreign/name_map.hpp"

#include <algorithm>
#include <array>
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

namespace fs = std::filesystem;

constexpr std::uint64_t kLineCost = 64;
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
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
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

NameMap from_columns(std::span<const std::string_view> lines, Columns columns, bool counted) {
  NameMap map;
  map.names.resize(lines.size());
  for (const std::string_view line : lines) {
    const auto split = split_line(line, columns);
    map.names[*parse_uint(split->number)] = split->name;
  }
  map.form = fmt::format(
      "{}, separated by {}{}", columns.number_first ? "numbers and names" : "names and numbers",
      delimiter_name(columns.delimiter), counted ? ", after a line that counts them" : "");
  return map;
}

/// PyKEEN's table: fields in quotes may hold tabs and line ends, and "" is a quote.
NameMap from_pandas(std::string_view text, char delimiter, const std::string& place) {
  std::vector<std::string> names;
  std::vector<std::int64_t> ids;
  std::string field;
  std::vector<std::string> row;
  bool quoted = false;
  bool was_quoted = false;
  std::size_t rows = 0;
  const auto end_row = [&] {
    row.push_back(std::move(field));
    field.clear();
    was_quoted = false;
    if (rows++ > 0) {
      const auto id = parse_int(row.front());
      if (row.size() != 2 || !id) {
        throw InputError::unreadable(
            fmt::format("{}: row {}", place, rows),
            fmt::format("{} fields, the first '{}'", row.size(), printable(row.front(), 20)),
            "a number and a label");
      }
      ids.push_back(*id);
      names.push_back(std::move(row[1]));
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
  map.names = ordered_names(std::move(names), ids, place);
  map.form = "a table of ids and labels, as PyKEEN writes it";
  return map;
}

NameMap from_json(std::string_view text, const std::string& place, MemoryBudget& budget) {
  JsonTables tables = read_json_tables(text, place, budget);
  NameMap map;
  if (tables.kind == JsonTables::Kind::kIds) {
    map.names = ordered_names(std::move(tables.names), tables.ids, place);
    map.form = "a JSON object of names and row numbers";
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

/// What people write above a column of names. It may be a name, too.
bool looks_like_a_head(std::string_view name) {
  constexpr std::array<std::string_view, 4> kHeads = {"name", "entity", "entities", "id"};
  return std::ranges::find(kHeads, case_folded(without_blanks(name))) != kHeads.end();
}

NameMap from_lines(std::string_view text, const std::string& place, MemoryBudget& budget) {
  const std::vector<std::string_view> all = lines_of(text, place, budget);
  if (all.empty()) throw InputError::unreadable(place, "no line", std::string(kMapForm));
  std::span<const std::string_view> lines = all;
  const auto count = parse_uint(without_blanks(lines.front()));
  const bool counted = count && lines.size() > 1 && *count == lines.size() - 1;
  const bool wrong_count = count && lines.size() > 1 && !counted &&
                           lines[1].find_first_of("\t ,") != std::string_view::npos;
  if (counted || wrong_count) lines = lines.subspan(1);
  const auto with_count_finding = [&](NameMap map) {
    if (wrong_count) {
      map.findings.push_back({Finding::Weight::kWarning, "count-line",
                              fmt::format("the first line of {} counts {} names; it has {}", place,
                                          with_thousands(*count), with_thousands(lines.size()))});
    }
    return map;
  };
  for (const char delimiter : {'\t', ' ', ','}) {
    const bool last = is_permutation_of_rows(lines, {delimiter, false});
    const bool first = is_permutation_of_rows(lines, {delimiter, true});
    if (!first && !last) continue;
    const bool number_first = first && (!last || place.ends_with(".dict"));
    NameMap map = from_columns(lines, {delimiter, number_first}, counted || wrong_count);
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
          fmt::format("{}:{}", place, i + 1 + (counted || wrong_count ? 1 : 0)),
          fmt::format("row number {} for '{}', {}", split->number, printable(split->name, 40),
                      number && *number < seen.size() ? "which an earlier line has"
                                                      : "which is none of 0 to n-1"),
          std::string(kMapForm));
    }
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

bool is_pandas_header(std::string_view line, char delimiter) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line == fmt::format("id{}label", delimiter);
}

/// For names that are one more than the rows; empty if the first of them is a name like others.
std::string advice_on_head(std::span<const std::string> names, std::uint64_t rows) {
  if (names.size() != rows + 1 || !looks_like_a_head(names.front())) return "";
  return fmt::format("; the first, '{}', may be a head line: take it out",
                     without_blanks(names.front()));
}

/// Puts names beside rows if they are as many; otherwise says so. `option` can name another source;
/// empty where the rows bring names of their own.
bool pair_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                const std::string& source, Certainty certainty, bool entities,
                const std::string& option) {
  const std::uint64_t rows = entities ? embedding.entities.rows() : embedding.relation_count();
  const std::string what = entities ? "entity names" : "relation names";
  if (names.size() != rows) {
    embedding.note(entities ? "names-and-rows" : "relation-names-and-rows",
                   fmt::format("{} names in {} for {} rows: these names do not belong to these "
                               "rows, and none is paired{}",
                               with_thousands(names.size()), source, with_thousands(rows),
                               advice_on_head(names, rows)),
                   Finding::Weight::kError);
    return false;
  }
  std::unordered_set<std::string_view> seen;
  std::uint64_t again = 0;
  std::uint64_t empty = 0;
  for (const std::string& name : names) {
    if (name.empty()) {
      ++empty;
    } else if (!seen.insert(name).second) {
      ++again;
    }
  }
  if (again > 0) {
    embedding.note(
        entities ? "names-repeated" : "relation-names-repeated",
        fmt::format("{} names in {} stand more than once", with_thousands(again), source),
        Finding::Weight::kWarning);
  }
  if (empty > 0) {
    embedding.note(entities ? "names-empty" : "relation-names-empty",
                   fmt::format("{} rows have no name in {}", with_thousands(empty), source),
                   Finding::Weight::kWarning);
  }
  embedding.conclude(
      what, source,
      fmt::format("{} names for {} rows", with_thousands(names.size()), with_thousands(rows)),
      certainty, option);
  (entities ? embedding.entity_names : embedding.relation_names) = std::move(names);
  return true;
}

/// One way to look for names: entities or relations, in files of these names.
class NameSearch {
 public:
  NameSearch(ForeignPath& path, ForeignEmbedding& embedding) : path_(path), embedding_(embedding) {}

  void run(const NameFiles& usage) {
    if (embedding_.entity_names.empty()) from_option(path_.options().entities, true);
    if (!embedding_.relations.empty() && embedding_.relation_names.empty()) {
      from_option(path_.options().relations, false);
    }
    const NameFiles usual = usual_name_files(path_);
    for (const bool entities : {true, false}) {
      if (!wanted(entities)) continue;
      const auto& own = entities ? usage.entities : usage.relations;
      if (beside(own, entities)) continue;
      if (!wanted(entities)) continue;
      beside(entities ? usual.entities : usual.relations, entities);
    }
    if (embedding_.entity_names.empty() && embedding_.finding("names-and-rows") == nullptr) {
      nearby();
    }
  }

 private:
  [[nodiscard]] bool wanted(bool entities) const {
    if (entities) return embedding_.entity_names.empty() && path_.options().entities.empty();
    return !embedding_.relations.empty() && embedding_.relation_names.empty() &&
           path_.options().relations.empty();
  }

  void from_option(const fs::path& file, bool entities) {
    if (file.empty()) return;
    const auto opened = path_.open_named(file);
    NameMap map = read_name_map(opened->bytes(), file.string(), path_.budget());
    take(std::move(map), file.string(), Certainty::kStated, entities);
  }

  bool take(NameMap map, const std::string& source, Certainty certainty, bool entities) {
    if (!pair_names(embedding_, std::move(map.names), source, certainty, entities,
                    entities ? "--entities" : "--relations")) {
      return false;
    }
    for (Finding& finding : map.findings) embedding_.findings.push_back(std::move(finding));
    embedding_.conclusions.back().why += fmt::format("; {}", map.form);
    return true;
  }

  /// The first of the files that is there decides; whether it fits or not.
  bool beside(const std::vector<std::string>& files, bool entities) {
    for (const std::string& file : files) {
      if (!path_.has(file)) continue;
      const auto opened = path_.open(file);
      if (path_.is_folder() == false && opened == path_.file()) continue;
      NameMap map = read_name_map(opened->bytes(), opened->path().string(), path_.budget());
      take(std::move(map), file, Certainty::kStated, entities);
      return true;
    }
    return false;
  }

  /// Folders of data that usually stand near: both counts must fit, and in one folder only.
  void nearby() {
    std::vector<fs::path> fitting;
    std::error_code failure;
    fs::path up = fs::weakly_canonical(path_.folder(), failure);
    for (int levels = 0; levels < 2 && up.has_relative_path(); ++levels) {
      up = up.parent_path();
      for (const std::string_view name : {"benchmarks", "data", "datasets"}) {
        for (fs::directory_iterator at(up / name, failure), end; !failure && at != end;
             at.increment(failure)) {
          std::error_code inner;
          if (at->is_symlink(inner) || !at->is_directory(inner)) continue;
          if (fits(at->path())) fitting.push_back(at->path());
        }
        failure.clear();
      }
    }
    if (fitting.size() != 1) {
      for (const fs::path& folder : fitting) {
        embedding_.note("names-nearby",
                        fmt::format("{} has as many names as there are rows; so have others: "
                                    "--entities and --relations choose",
                                    folder.string()));
      }
      return;
    }
    for (const bool entities : {true, false}) {
      if (!wanted(entities)) continue;
      const fs::path file = nearby_file(fitting.front(), entities);
      const auto opened = path_.open_named(file);
      take(read_name_map(opened->bytes(), file.string(), path_.budget()), file.string(),
           Certainty::kGuessed, entities);
    }
  }
  static fs::path nearby_file(const fs::path& folder, bool entities) {
    std::error_code failure;
    for (const std::string_view name : {entities ? "entity2id.txt" : "relation2id.txt",
                                        entities ? "entities.dict" : "relations.dict"}) {
      fs::path file = folder / name;
      if (fs::is_regular_file(file, failure) && !fs::is_symlink(file, failure)) return file;
    }
    return {};
  }
  bool fits(const fs::path& folder) {
    for (const bool entities : {true, false}) {
      const fs::path file = nearby_file(folder, entities);
      if (file.empty()) return false;
      try {
        const MappedFile opened(file);
        MemoryBudget budget(path_.budget().left());
        const NameMap map = read_name_map(opened.bytes(), file.string(), budget);
        const std::uint64_t rows =
            entities ? embedding_.entities.rows() : embedding_.relation_count();
        if (map.names.size() != rows) return false;
      } catch (const InputError&) {
        return false;  // it was only a guess
      }
    }
    return true;
  }

  ForeignPath& path_;
  ForeignEmbedding& embedding_;
};

}  // namespace

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
  const std::string_view text = unpacked_bytes(bytes, place, budget, own);
  budget.take(text.size(), 2, place, "names");
  if (text.find('\0') != std::string_view::npos) {
    throw InputError::unreadable(place, "binary data", std::string(kMapForm));
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '[' || text[first] == '{')) {
    return from_json(text, place, budget);
  }
  for (const char delimiter : {'\t', ','}) {
    if (is_pandas_header(text.substr(0, text.find('\n')), delimiter)) {
      return from_pandas(text, delimiter, place);
    }
  }
  return from_lines(text, place, budget);
}

NameFiles usual_name_files(const ForeignPath& path) {
  NameFiles files;
  const std::string stem = fs::path(path.file_name()).stem().string();
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kOwn = {
      {{"embeddings", "ids"},
       {"embeddings", "names"},
       {"embedding", "ids"},
       {"embedding", "names"},
       {"vectors", "names"},
       {"vectors", "ids"},
       {"2vec", "2id"},
       {"embeddings", "labels"}}};
  for (const auto& [from, to] : kOwn) {
    const std::size_t at = stem.rfind(from);
    if (at == std::string::npos) continue;
    std::string own = stem;
    own.replace(at, from.size(), to);
    for (const std::string_view ending : {".json", ".txt", ".tsv", ".json.gz"}) {
      files.entities.push_back(own + std::string(ending));
    }
  }
  for (const std::string_view folder : {"", "data/", "entities/", "training_triples/"}) {
    for (const std::string_view name :
         {"entity2id.txt", "entities.dict", "entities.tsv", "entity_to_id.tsv.gz",
          "entity_to_id.json", "entity_ids.del", "entity_ids.json"}) {
      // A name that says whose rows it numbers is not for other files of the same folder.
      files.entities.push_back(fmt::format("{}{}", folder, name));
    }
    for (const std::string_view name :
         {"relation2id.txt", "relations.dict", "relations.tsv", "relation_to_id.tsv.gz",
          "relation_to_id.json", "relation_ids.del", "relation_ids.json"}) {
      files.relations.push_back(fmt::format("{}{}", folder, name));
    }
  }
  return files;
}

void attach_names(ForeignPath& path, ForeignEmbedding& embedding, const NameFiles& files) {
  NameSearch(path, embedding).run(files);
}

bool attach_entity_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                         const std::string& source, Certainty certainty) {
  return pair_names(embedding, std::move(names), source, certainty, true, "");
}

bool attach_relation_names(ForeignEmbedding& embedding, std::vector<std::string> names,
                           const std::string& source, Certainty certainty) {
  return pair_names(embedding, std::move(names), source, certainty, false, "");
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
