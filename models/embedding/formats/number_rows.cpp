#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

/// Whether the first column holds whole numbers and the others do not: names that are numbers, as
/// WordNet's synsets are.
bool names_are_numbers(const std::vector<std::string_view>& lines, char separator) {
  bool decimals = false;
  for (std::string_view line : lines) {
    // KB2E's lines of numbers alone end so.
    if (line.ends_with(separator)) return false;
    while (separator == ' ' && line.starts_with(' ')) line.remove_prefix(1);
    const std::size_t end = line.find(separator);
    if (line.substr(0, end).find_first_not_of("0123456789") != std::string_view::npos) return false;
    decimals |= end != std::string_view::npos &&
                line.substr(end).find_first_of(".eE") != std::string_view::npos;
  }
  return decimals;
}

/// The separator of lines that are numbers and nothing else.
std::optional<char> separator_of(std::string_view head) {
  if (head.find('\0') != std::string_view::npos) return std::nullopt;
  auto lines = head_lines(head);
  while (!lines.empty() && lines.front().starts_with('#')) lines.erase(lines.begin());
  if (lines.empty()) return std::nullopt;
  for (const char separator : {'\t', ',', ' '}) {
    const bool fits = std::all_of(lines.begin(), lines.end(), [&](std::string_view line) {
      std::size_t end = line.size();
      while (end > 0 && (line[end - 1] == separator || line[end - 1] == '\r')) --end;
      line = line.substr(0, end);
      while (separator == ' ' && line.starts_with(' ')) line.remove_prefix(1);
      const auto fields =
          static_cast<std::size_t>(std::count(line.begin(), line.end(), separator)) + 1;
      return fields >= 2 && numbers_at_end(line, separator) == fields;
    });
    if (fits && !names_are_numbers(lines, separator)) return separator;
  }
  return std::nullopt;
}

bool sniff_number_rows(ForeignPath& path) {
  if (path.is_folder()) return false;
  return separator_of(unpacked_head(path.file()->bytes(), path.place())).has_value();
}

TensorView number_rows_rows_in(ForeignPath& path, const MappedFile& file, char separator,
                               bool& trailing) {
  ByteLines lines(path, file);
  GrowingRows rows(path, file.path().string());
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (line.empty() || line.starts_with('#')) continue;
    trailing |= line.ends_with(separator) || line.ends_with(std::string{separator} + "\r");
    rows.add(line, separator, lines);
  }
  return std::move(rows).take();
}

ForeignEmbedding read_number_rows(ForeignPath& path) {
  const auto separator = separator_of(unpacked_head(path.file()->bytes(), path.place()));
  if (!separator) {
    throw InputError::unreadable(path.place(), fmt::format("'{}'", printable(path.head(), 40)),
                                 "lines of numbers");
  }
  ForeignEmbedding embedding;
  bool trailing = false;
  embedding.entities = number_rows_rows_in(path, *path.file(), *separator, trailing);
  if (trailing) {
    embedding.note("trailing-separator",
                   "lines end with a separator, after which no number is counted");
  }
  const std::string name = path.file_name();
  NameFiles files;
  if (name.find("2vec") != std::string::npos) {
    embedding.tool = "KB2E";
    embedding.conclude("tool", "KB2E", "the name of the file", Certainty::kGuessed);
    const std::string relations = relation_file_of(name);
    if (!relations.empty() && path.has(relations)) {
      const auto file = path.open(relations);
      TensorView rows = number_rows_rows_in(path, *file, *separator, trailing);
      embedding.conclude("relation table", relations, "the file beside it", Certainty::kGuessed);
      embedding.relations.push_back({RelationSide::kBoth, std::move(rows)});
    }
  }
  const bool ampligraph = name == "embeddings_projector.tsv";
  if (ampligraph) {
    embedding.tool = "AmpliGraph";
    embedding.conclude("tool", "AmpliGraph", "the name of the file", Certainty::kGuessed);
  }
  // The projector of TensorBoard takes a file of names beside the vectors, in the order of rows.
  if (ampligraph || name == "vectors.tsv" || name == "tensors.tsv") {
    files.entities.emplace_back("metadata.tsv");
  }
  attach_names(path, embedding, files);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat number_rows;
constinit const EmbeddingFormat number_rows = {
    .id = "number-rows",
    .title = "rows of numbers without names",
    .description =
        "A row a line, numbers separated by tabs, blanks or commas and nothing else; KB2E's .bern, "
        ".unif and .vec files; numpy.savetxt; embeddings_projector.tsv of AmpliGraph 2, with "
        "metadata.tsv",
    .source = "KB2E (THU), numpy.savetxt, TensorBoard's projector",
    .pitfalls =
        "Names come from a map beside it (entity2id.txt) or --entities. A separator at the end of "
        "a line is no further number.",
    .sniff = &sniff_number_rows,
    .read = &read_number_rows,
    .reads_unsniffed = true,
};

}  // namespace kgaudit::models::embedding_formats_roster
