#include "models/embedding/foreign/embedding_format.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/unsupported_files.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFilesTried = 200;
constexpr std::size_t kMostListed = 8;
/// Progress is shown in units of 2^20 bytes.
constexpr unsigned kMebibyte = 20;
constexpr std::string_view kEntityTable = "an entity table";

const EmbeddingFormat* sniffed(ForeignPath& path) {
  for (const EmbeddingFormat* format : embedding_formats()) {
    if (format->sniff(path)) return format;
  }
  return nullptr;
}

/// Up to three fields without a point: a row number and a name, or a triple of numbers.
bool is_line_of_ids(std::string_view line) {
  constexpr std::string_view kSeparators = "\t ,";
  const auto separators = std::ranges::count_if(
      line, [&](char c) { return kSeparators.find(c) != std::string_view::npos; });
  return separators <= 2 && line.find('.') == std::string_view::npos;
}

/// Whether a file of text in a folder may be meant: what is taken for rows of text only because it
/// is text is not, unless its lines look like rows.
bool may_hold_rows(ForeignPath& file, const EmbeddingFormat& format) {
  const std::string head = unpacked_head(file.file()->bytes(), file.place());
  const auto lines = head_lines(head);
  if (lines.empty()) return false;
  if (lines.size() > 1 && std::ranges::all_of(lines, is_line_of_ids)) return false;
  if (!format.takes_any_text) return true;
  return std::ranges::all_of(lines, [](std::string_view line) {
    line = trimmed(line, "\t\r");
    const std::size_t numbers = numbers_at_end(line, '\t');
    return numbers >= 2 && separators_in(line, '\t') == numbers;
  });
}

/// The files of a folder that may hold embeddings, by name: those that begin as binary ones do, or,
/// where none does, those of text.
std::vector<std::string> candidates_in(ForeignPath& folder) {
  std::vector<std::string> binary;
  std::vector<std::string> text;
  std::size_t tried = 0;
  for (const std::string& name : folder.entries()) {
    if (!folder.has(name) || ++tried > kMostFilesTried) continue;
    const auto opened = folder.look_at(name);
    const std::string_view bytes = opened->bytes();
    const bool packed = compression_of(bytes.substr(0, 16)) != Compression::kNone;
    const std::string_view begin = bytes.substr(0, ForeignPath::kHeadBytes);
    const bool is_binary =
        !packed && (begin.find('\0') != std::string_view::npos || bytes.starts_with("\x80"));
    ForeignPath file(folder.path() / name, folder.options());
    try {
      const EmbeddingFormat* format = sniffed(file);
      if (format == nullptr || (!is_binary && !may_hold_rows(file, *format))) continue;
    } catch (const InputError&) {
      // Reading it will say what is wrong, where it is the only one.
      if (!is_binary) continue;
    }
    (is_binary ? binary : text).push_back(name);
  }
  std::vector<std::string> fitting = binary.empty() ? std::move(text) : std::move(binary);
  // The reader of the entities takes the relations' file, too.
  const std::vector<std::string> all = fitting;
  std::erase_if(fitting, [&](const std::string& name) {
    return std::ranges::any_of(
        all, [&](const std::string& other) { return relation_file_of(other) == name; });
  });
  return fitting;
}

/// The one file of a folder that may hold an embedding.
fs::path only_file_in(ForeignPath& folder) {
  const std::vector<std::string> fitting = candidates_in(folder);
  if (fitting.size() == 1) return folder.path() / fitting.front();
  if (fitting.size() > 1) {
    throw InputError::usage(folder.place(),
                            fmt::format("{} files that may hold embeddings: {}", fitting.size(),
                                        fmt::join(fitting, ", ")),
                            "one embedding",
                            "the path of the file that holds the entities; a tool's own folder is "
                            "read as a whole only under the names that the tool gave its files");
  }
  return {};
}

/// What may be meant by a folder whose own files are none: one level down, as paths below it.
std::vector<std::string> candidates_below(ForeignPath& folder) {
  std::vector<std::string> found;
  for (const std::string& name : folder.entries()) {
    std::error_code failure;
    const fs::path below = folder.path() / name;
    if (found.size() > kMostListed || !fs::is_directory(below, failure) ||
        fs::is_symlink(below, failure)) {
      continue;
    }
    try {
      ForeignPath inner(below, folder.options());
      if (sniffed(inner) != nullptr) {
        found.push_back(name + "/");
        continue;
      }
      for (const std::string& file : candidates_in(inner))
        found.push_back(fmt::format("{}/{}", name, file));
    } catch (const InputError&) {
      continue;  // it was not asked for
    }
  }
  return found;
}

std::string count_text(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", with_thousands(count), what, count == 1 ? "" : "s");
}

std::string what_it_is(ForeignPath& path) {
  if (!path.is_folder()) {
    return fmt::format("a file that begins with '{}'", printable(path.head(), 20));
  }
  const auto& entries = path.entries();
  if (entries.empty()) return "a folder with nothing in it";
  const auto files = static_cast<std::size_t>(
      std::ranges::count_if(entries, [&](const std::string& name) { return path.has(name); }));
  return fmt::format("a folder with {} and {}, none of that kind", count_text(files, "file"),
                     count_text(entries.size() - files, "folder"));
}

InputError nothing_fits(ForeignPath& path) {
  std::vector<std::string_view> titles;
  for (const EmbeddingFormat* format : embedding_formats()) titles.push_back(format->title);
  std::string advice = "another file; 'kgaudit list embedding-formats' says what each looks like";
  if (path.is_folder()) {
    advice = "the path of the file that holds the entities";
    std::vector<std::string> below = candidates_below(path);
    const bool more = below.size() > kMostListed;
    if (more) below.resize(kMostListed);
    if (!below.empty()) {
      advice =
          fmt::format("one of these below it: {}{}", fmt::join(below, ", "), more ? " ..." : "");
    }
  }
  return InputError::unreadable(path.place(), what_it_is(path),
                                fmt::format("embeddings as one of: {}", fmt::join(titles, ", ")),
                                advice);
}

void replace_conclusion(ForeignEmbedding& embedding, const std::string& what, std::string value,
                        const std::string& option) {
  std::string before;
  std::erase_if(embedding.conclusions, [&](const Conclusion& conclusion) {
    if (conclusion.what != what) return false;
    before = conclusion.value;
    return true;
  });
  const bool differs = !before.empty() && before != value;
  embedding.conclude(what, std::move(value),
                     differs ? fmt::format("{} says so; the files: {}", option, before)
                             : fmt::format("{} says so", option),
                     Certainty::kStated, option);
}

void apply_options(ForeignEmbedding& embedding, const ReadOptions& options) {
  const bool another_score = !options.model.empty() || options.norm || options.normalise ||
                             !options.complex_layout.empty();
  if (another_score) embedding.score.clear();
  if (!options.model.empty()) {
    embedding.model = options.model;
    replace_conclusion(embedding, "model", options.model, "--model");
  }
  if (options.norm) {
    embedding.norm = options.norm;
    replace_conclusion(embedding, "norm", fmt::format("{}", *options.norm), "--norm");
  }
  if (options.normalise) {
    embedding.normalise = options.normalise;
    replace_conclusion(embedding, "normalised before scoring", *options.normalise ? "yes" : "no",
                       "--normalise");
  }
  if (!options.complex_layout.empty()) {
    const bool halves = options.complex_layout == "halves";
    if (!halves && options.complex_layout != "interleaved") {
      static constexpr std::string_view kLayouts[] = {"halves", "interleaved"};
      throw InputError::unknown("--layout", "layout", options.complex_layout,
                                std::span<const std::string_view>(kLayouts));
    }
    embedding.complex_layout = halves ? ComplexLayout::kHalves : ComplexLayout::kInterleaved;
    replace_conclusion(embedding, "complex layout", options.complex_layout, "--layout");
  }
}

/// Before the rows are read, which may take long.
void require_name_files(const ReadOptions& options) {
  for (const fs::path& file : {options.entities, options.relations}) {
    std::error_code failure;
    if (file.empty() || fs::exists(file, failure)) continue;
    throw InputError::unreadable(file.string(), "no such file", "a file with names");
  }
}

/// A file of names that changed nothing is refused: the user takes the rows to have these names.
void require_names_used(const ForeignEmbedding& embedding, const fs::path& file, bool entities,
                        const std::string& place) {
  if (file.empty()) return;
  const std::string what = entities ? "entity names" : "relation names";
  const bool used = std::ranges::any_of(embedding.conclusions, [&](const Conclusion& one) {
    return one.what == what && one.value == file.string();
  });
  const char* misfit = entities ? "names-and-rows" : "relation-names-and-rows";
  if (used || embedding.finding(misfit) != nullptr) return;
  const std::string option = entities ? "--entities" : "--relations";
  throw InputError::usage(
      option, file.string(),
      fmt::format("{} without names of their own: {} has {}", entities ? "rows" : "relation rows",
                  place, !entities && embedding.relations.empty() ? "no relations" : "its names"),
      fmt::format("the same without {}; for other names, kgaudit convert to npy, and {} with that",
                  option, option));
}

/// A width that the file does not have would be passed over without a word.
void require_dimension(const ForeignEmbedding& embedding, const ReadOptions& options,
                       const std::string& place) {
  const std::uint64_t width = embedding.entities.width();
  if (!options.dimension || *options.dimension == width) return;
  throw InputError::usage("--dimension", fmt::format("{}", *options.dimension),
                          fmt::format("{}, the numbers in a row of {}", width, place),
                          "the same without --dimension, which is for files without a header");
}

void check_tables(const ForeignEmbedding& embedding, const std::string& place) {
  const auto check = [&](const TensorView& table, std::string_view what) {
    const bool none_wanted = what == kEntityTable && embedding.rows_left > 0;
    if (table.is_matrix() && (table.rows() > 0 || none_wanted) && table.width() > 0) return;
    throw InputError::unreadable(place, fmt::format("{} of {}", what, table.shape_text()),
                                 "a row of numbers for each name");
  };
  check(embedding.entities, kEntityTable);
  for (const RelationTable& table : embedding.relations) check(table.rows, "a relation table");
}

}  // namespace

const EmbeddingFormat& embedding_format_of(ForeignPath& path) {
  if (!path.options().format.empty()) {
    const EmbeddingFormat& named = find_embedding_format(path.options().format);
    if (named.reads_unsniffed ? !path.is_folder() : named.sniff(path)) return named;
    throw InputError::unreadable(path.place(), what_it_is(path),
                                 fmt::format("{}: {}", named.title, named.description),
                                 "leave --format out to have the kind found out");
  }
  refuse_unsupported_files(path);
  if (const EmbeddingFormat* format = sniffed(path)) return *format;
  throw nothing_fits(path);
}

ForeignEmbedding read_foreign_embedding(const fs::path& path, const ReadOptions& options) {
  ForeignPath given(path, options);
  require_name_files(options);
  if (given.is_folder() && options.format.empty()) {
    refuse_unsupported_files(given);
    if (sniffed(given) == nullptr) {
      const fs::path file = only_file_in(given);
      if (file.empty()) throw nothing_fits(given);
      ForeignEmbedding embedding = read_foreign_embedding(file, options);
      const std::string relations = relation_file_of(file.filename().string());
      if (embedding.relations.empty() && !relations.empty() && given.has(relations)) {
        embedding.note(
            "relations-left",
            fmt::format("{} is not read: files of this kind are read by themselves", relations));
      }
      return embedding;
    }
  }
  const EmbeddingFormat& format = embedding_format_of(given);
  ForeignEmbedding embedding = format.read(given);
  if (embedding.format.empty()) embedding.format = format.id;
  check_tables(embedding, given.place());
  require_dimension(embedding, options, given.place());
  require_names_used(embedding, options.entities, true, given.place());
  require_names_used(embedding, options.relations, false, given.place());
  if (embedding.entity_names.empty() && embedding.rows_left == 0 &&
      embedding.finding("names-and-rows") == nullptr) {
    embedding.note("names-none", "entity names: none; --entities FILE gives them");
  }
  apply_options(embedding, options);
  // A reader of a folder may have handed over to the reader of one file in it.
  if (embedding.owner == nullptr) {
    embedding.files = given.sources();
    embedding.owner = given.keep();
  }
  return embedding;
}

ForeignEmbedding read_foreign_embedding(const fs::path& path, ReadOptions options,
                                        Progress& progress) {
  std::error_code failure;
  const std::uintmax_t size = fs::is_regular_file(path, failure) ? fs::file_size(path, failure) : 0;
  Stage stage(progress, "reading embeddings", size >> kMebibyte);
  options.on_read = [&](std::uint64_t done, std::uint64_t of) {
    if (progress.stop_requested()) throw Interrupted();
    // Other files beside it are small.
    if (of == size) stage.advance(done >> kMebibyte, "MiB");
  };
  return read_foreign_embedding(path, options);
}

NamedRows named_rows(ForeignEmbedding embedding, std::string_view place, MemoryBudget& budget) {
  if (embedding.entity_names.empty()) {
    throw InputError::unreadable(std::string(place), embedding.why_without_names(),
                                 "a name for each row", "--entities FILE with the names");
  }
  ConvertedRows converted = take_rows(embedding.entities, place, budget);
  if (converted.not_finite > 0) {
    throw InputError::unreadable(std::string(place),
                                 fmt::format("{} numbers that are infinite or not a number",
                                             with_thousands(converted.not_finite)),
                                 "finite numbers that fit a float");
  }
  return {std::move(embedding.entity_names), std::move(converted.rows),
          embedding.files.empty() ? SourceFile{} : embedding.files.front(), converted.rounded};
}

}  // namespace kgaudit::models
