#include "models/embedding/foreign/name_search.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "models/embedding/foreign/name_map.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNamesOrder = "names-order";

/// For names that are one more than the rows; empty if none of them is unlike the others.
std::string advice_on_lines(std::span<const std::string> names, std::uint64_t rows) {
  if (names.size() != rows + 1) return "";
  if (looks_like_a_head(names.front())) {
    return fmt::format("; the first, '{}', may be a head line: take it out",
                       printable(trimmed(names.front(), " \t\r"), 40));
  }
  if (parse_uint(names.front()) == rows) {
    return fmt::format("; the first, '{}', may count the others: take it out", names.front());
  }
  return names.back().empty() ? "; the last is empty: take it out" : "";
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
                               advice_on_lines(names, rows)),
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

/// The lists that may name a file's rows because of its own name.
std::vector<std::string> lists_of_the_same_name(const ForeignPath& path) {
  fs::path file = path.file_name();
  for (const char* packed : {".gz", ".zst", ".bz2"}) {
    if (file.extension() == packed) file = file.stem();
  }
  const std::string stem = file.stem().string();
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kOwn = {
      {{"embeddings", "ids"},
       {"embeddings", "names"},
       {"embedding", "ids"},
       {"embedding", "names"},
       {"vectors", "names"},
       {"vectors", "ids"},
       {"2vec", "2id"},
       {"embeddings", "labels"}}};
  std::vector<std::string> files;
  for (const auto& [from, to] : kOwn) {
    const std::size_t at = stem.rfind(from);
    if (at == std::string::npos) continue;
    std::string own = stem;
    own.replace(at, from.size(), to);
    for (const std::string_view ending : {".json", ".txt", ".tsv", ".csv", ".json.gz"}) {
      files.push_back(own + std::string(ending));
    }
  }
  return files;
}

/// Lists that hold names by nobody's usage in particular.
std::vector<std::string> lists_of_usual_names(bool entities) {
  static constexpr std::array<std::string_view, 7> kEntities = {
      "entity2id.txt",     "entities.dict",  "entities.tsv",   "entity_to_id.tsv.gz",
      "entity_to_id.json", "entity_ids.del", "entity_ids.json"};
  static constexpr std::array<std::string_view, 7> kRelations = {
      "relation2id.txt",     "relations.dict",   "relations.tsv",    "relation_to_id.tsv.gz",
      "relation_to_id.json", "relation_ids.del", "relation_ids.json"};
  std::vector<std::string> files;
  for (const std::string_view folder : {"", "data/", "entities/", "training_triples/"}) {
    for (const std::string_view name : entities ? kEntities : kRelations) {
      files.push_back(fmt::format("{}{}", folder, name));
    }
  }
  static constexpr std::array<std::string_view, 3> kEntityLists = {"names", "entity_names",
                                                                   "entities"};
  static constexpr std::array<std::string_view, 2> kRelationLists = {"relation_names", "relations"};
  for (const std::string_view name : entities ? std::span<const std::string_view>(kEntityLists)
                                              : std::span<const std::string_view>(kRelationLists)) {
    for (const std::string_view ending : {".txt", ".csv", ".tsv", ".json"}) {
      std::string file = fmt::format("{}{}", name, ending);
      if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
    }
  }
  return files;
}

/// How another list of as many names stands to the one that was taken.
struct Comparison {
  std::uint64_t moved = 0;  ///< names that both have, in other rows
  std::uint64_t row = 0;    ///< the first row with such a name
  bool same = false;
};

Comparison compared(std::span<const std::string> taken, std::span<const std::string> other) {
  Comparison result;
  result.same = std::ranges::equal(taken, other);
  if (result.same) return result;
  const std::unordered_set<std::string_view> known(taken.begin(), taken.end());
  for (std::uint64_t row = 0; row < taken.size(); ++row) {
    if (taken[row] == other[row] || !known.contains(other[row])) continue;
    if (result.moved++ == 0) result.row = row;
  }
  return result;
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
    for (const bool entities : {true, false}) {
      if (wanted(entities)) beside(usage, entities);
    }
    if (embedding_.entity_names.empty() && embedding_.finding("names-and-rows") == nullptr &&
        embedding_.finding(kNamesOrder) == nullptr) {
      nearby();
    }
  }

 private:
  /// A list beside the rows, as it was read.
  struct Found {
    std::string file;
    NameMap map;
    std::uint64_t bytes = 0;  ///< of the budget
  };

  [[nodiscard]] bool wanted(bool entities) const {
    if (entities) return embedding_.entity_names.empty() && path_.options().entities.empty();
    return !embedding_.relations.empty() && embedding_.relation_names.empty() &&
           path_.options().relations.empty();
  }
  [[nodiscard]] std::uint64_t rows(bool entities) const {
    return entities ? embedding_.entities.rows() : embedding_.relation_count();
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
    std::string& why = embedding_.conclusions.back().why;
    if (certainty == Certainty::kGuessed) why = "the count fits: " + why;
    why += fmt::format("; {}", map.form);
    return true;
  }

  /// The list, if it is there and can be read. Nobody has named it: what is wrong with it is a
  /// finding, and of little weight where the rows have names without it.
  std::optional<Found> found(const std::string& file, bool needed) {
    if (!path_.has(file)) return std::nullopt;
    try {
      const auto opened = path_.look_at(file);
      if (!path_.is_folder() && opened == path_.file()) return std::nullopt;
      MemoryBudget own(path_.budget().left());
      NameMap map = read_name_map(opened->bytes(), opened->path().string(), own);
      return Found{file, std::move(map), own.limit() - own.left()};
    } catch (const InputError& error) {
      if (error.code() != ExitCode::kUnreadable) throw;
      embedding_.note("names-unreadable",
                      fmt::format("{} beside the rows is not read as their names: {}", file,
                                  error.complaint().got),
                      needed ? Finding::Weight::kWarning : Finding::Weight::kNote);
    }
    return std::nullopt;
  }

  void take_found(Found list, Certainty certainty, bool entities) {
    const auto opened = path_.open(list.file);
    path_.budget().take(list.bytes, opened->path().string(), "names");
    take(std::move(list.map), list.file, certainty, entities);
  }

  /// Of the files of a tool's usage and of those that the file's own name calls for, the first
  /// that is there decides, whether it fits or not; of others, the first that fits.
  void beside(const NameFiles& usage, bool entities) {
    const auto& of_tool = entities ? usage.entities : usage.relations;
    std::vector<std::string> files = of_tool;
    if (entities) std::ranges::move(lists_of_the_same_name(path_), std::back_inserter(files));
    const std::size_t likely = files.size();
    std::ranges::move(lists_of_usual_names(entities), std::back_inserter(files));
    std::optional<Found> taken;
    std::optional<Found> misfit;
    Certainty certainty = Certainty::kGuessed;
    bool likelier = false;
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!seen.insert(files[i]).second) continue;
      std::optional<Found> list = found(files[i], !taken);
      if (!list) continue;
      const bool fits = list->map.names.size() == rows(entities);
      if (taken) {
        if (fits && !compare(*taken, *list, likelier, entities)) return;
      } else if (fits) {
        taken = std::move(list);
        likelier = i < likely;
        if (i < of_tool.size()) certainty = usage.certainty;
      } else {
        if (!misfit) misfit = std::move(list);
        if (i < likely) break;
      }
      if (certainty == Certainty::kStated) break;
    }
    if (taken) {
      take_found(*std::move(taken), certainty, entities);
    } else if (misfit) {
      take_found(*std::move(misfit), certainty, entities);
    }
  }

  /// Says how another list differs. False where nothing tells which of the two belongs to the rows.
  bool compare(const Found& taken, const Found& other, bool likelier, bool entities) {
    const Comparison result = compared(taken.map.names, other.map.names);
    if (result.same) return true;
    const std::string option = entities ? "--entities" : "--relations";
    if (result.moved == 0) {
      embedding_.note("names-other",
                      fmt::format("{} has as many names, other ones than {}: {} FILE "
                                  "chooses",
                                  other.file, taken.file, option));
      return true;
    }
    embedding_.note(
        kNamesOrder,
        fmt::format("{} and {} have the same names in different orders: row {} is '{}' in the one "
                    "and '{}' in the other; {}, {} FILE chooses",
                    taken.file, other.file, result.row, printable(taken.map.names[result.row], 40),
                    printable(other.map.names[result.row], 40),
                    likelier ? taken.file + " is taken" : "none is paired", option),
        likelier ? Finding::Weight::kWarning : Finding::Weight::kError);
    return likelier;
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

}  // namespace kgaudit::models
