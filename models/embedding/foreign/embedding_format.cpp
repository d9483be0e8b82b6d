#include "models/embedding/foreign/embedding_format.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/embedding/foreign/unsupported_files.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

namespace fs = std::filesystem;

/// Text takes whatever is not binary; in a folder a README would be embeddings too.
constexpr std::size_t kMostFilesTried = 200;
/// Progress is shown in units of 2^20 bytes.
constexpr unsigned kMebibyte = 20;
constexpr std::string_view kEntityTable = "an entity table";

const EmbeddingFormat* sniffed(ForeignPath& path) {
  for (const EmbeddingFormat* format : embedding_formats()) {
    if (format->sniff(path)) return format;
  }
  return nullptr;
}

/// The one file of a folder that begins as embeddings do; text is not asked.
fs::path only_file_in(ForeignPath& folder) {
  std::vector<std::string> fitting;
  std::size_t tried = 0;
  for (const std::string& name : folder.entries()) {
    if (!folder.has(name) || ++tried > kMostFilesTried) continue;
    const auto opened = folder.open(name);
    if (opened->bytes().substr(0, ForeignPath::kHeadBytes).find('\0') == std::string_view::npos &&
        !opened->bytes().starts_with("\x80")) {
      continue;
    }
    ForeignPath file(folder.path() / name, folder.options());
    try {
      if (sniffed(file) != nullptr) fitting.push_back(name);
    } catch (const InputError&) {
      fitting.push_back(name);  // reading it will say what is wrong
    }
  }
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

std::string what_it_is(ForeignPath& path) {
  if (!path.is_folder()) {
    return fmt::format("a file that begins with '{}'", printable(path.head(), 20));
  }
  return fmt::format("a folder with {}",
                     path.entries().empty()
                         ? std::string("nothing in it")
                         : fmt::format("{} files, none of that kind", path.entries().size()));
}

InputError nothing_fits(ForeignPath& path) {
  std::vector<std::string_view> titles;
  for (const EmbeddingFormat* format : embedding_formats()) titles.push_back(format->title);
  return InputError::unreadable(path.place(), what_it_is(path),
                                fmt::format("embeddings as one of: {}", fmt::join(titles, ", ")));
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
      return read_foreign_embedding(file, options);
    }
  }
  const EmbeddingFormat& format = embedding_format_of(given);
  ForeignEmbedding embedding = format.read(given);
  if (embedding.format.empty()) embedding.format = format.id;
  check_tables(embedding, given.place());
  require_names_used(embedding, options.entities, true, given.place());
  require_names_used(embedding, options.relations, false, given.place());
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
    const Finding* why = embedding.finding("names-and-rows");
    throw InputError::unreadable(std::string(place),
                                 why != nullptr ? why->text : "rows without names",
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
