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

constexpr std::size_t kFewestNumbers = 2;

struct Word2vecTextLayout {
  bool header = false;
  std::uint64_t rows = 0;
  std::size_t width = 0;
};

/// A header and rows of its width, or rows of one width that begin with a name.
std::optional<Word2vecTextLayout> word2vec_text_layout_of(std::string_view head) {
  if (head.find('\0') != std::string_view::npos) return std::nullopt;
  const auto lines = head_lines(head);
  if (lines.empty()) return std::nullopt;
  Word2vecTextLayout layout;
  const std::string_view first = lines.front().substr(0, lines.front().find('\r'));
  const std::size_t blank = first.find(' ');
  if (blank != std::string_view::npos && lines.size() > 1) {
    const auto rows = parse_uint(first.substr(0, blank));
    const auto width = parse_uint(first.substr(blank + 1));
    if (rows && width && *width > 0) {
      const auto cut = cut_numbers(lines[1], ' ', *width);
      if (cut && !cut->name.empty() && numbers_at_end(lines[1], ' ') >= *width) {
        return Word2vecTextLayout{true, *rows, *width};
      }
    }
  }
  // Without a header the narrowest row decides: a name may end with numbers.
  std::size_t width = std::string_view::npos;
  for (const std::string_view line : lines) {
    if (line.find('\t') != std::string_view::npos) return std::nullopt;
    width = std::min(width, numbers_at_end(line, ' '));
  }
  if (width < kFewestNumbers) return std::nullopt;
  for (const std::string_view line : lines) {
    const auto cut = cut_numbers(line, ' ', width);
    if (!cut || cut->name.empty()) return std::nullopt;
  }
  layout.width = width;
  return layout;
}

bool sniff_word2vec_text(ForeignPath& path) {
  if (path.is_folder()) return false;
  return word2vec_text_layout_of(unpacked_head(path.file()->bytes(), path.place())).has_value();
}

constexpr const char* kHeaderConclusion = "header";
constexpr const char* kNoHeader = "none";

std::uint64_t word2vec_lines_before_rows(const ForeignEmbedding& embedding) {
  const Conclusion* header = embedding.conclusion(kHeaderConclusion);
  return header != nullptr && header->value != kNoHeader ? 1 : 0;
}

ForeignEmbedding read_word2vec_text(ForeignPath& path) {
  const auto layout = word2vec_text_layout_of(unpacked_head(path.file()->bytes(), path.place()));
  if (!layout) {
    throw InputError::unreadable(path.place(), fmt::format("'{}'", printable(path.head(), 40)),
                                 "a name and its numbers a line, separated by blanks");
  }
  ByteLines lines(path, *path.file());
  if (layout->header) lines.next();
  GrowingRows rows(path);
  if (layout->header && !path.options().keep) {
    rows.expect(layout->rows, layout->width, path.file()->size());
  }
  std::vector<std::string> names;
  std::uint64_t seen = 0;
  while (lines.next()) {
    if (lines.line().empty()) continue;
    const auto cut = cut_numbers(lines.line(), ' ', layout->width);
    if (!cut) {
      throw lines.error(fmt::format("'{}'", printable(lines.line(), 40)),
                        fmt::format("a name and {} numbers", layout->width));
    }
    ++seen;
    if (path.options().keep && !path.options().keep(cut->name)) continue;
    path.budget().take(cut->name.size() + 48, path.place(), "names");
    names.emplace_back(cut->name);
    rows.add(cut->numbers, ' ', lines);
  }
  if (layout->header && seen != layout->rows) {
    throw InputError::unreadable(
        path.place(), fmt::format("{} rows", with_thousands(seen)),
        fmt::format("{} rows, as the first line says", with_thousands(layout->rows)),
        "the file is cut off: fetch it again");
  }
  ForeignEmbedding embedding;
  count_rows_left(embedding, rows.rows(), seen);
  embedding.entities = std::move(rows).take("", layout->width);
  embedding.conclude(kHeaderConclusion, layout->header ? "rows and width" : kNoHeader,
                     layout->header ? "the first line" : "the first line is a row, as GloVe's",
                     layout->header ? Certainty::kStated : Certainty::kDerived);
  attach_entity_names(embedding, std::move(names), "the rows themselves");
  return embedding;
}

}  // namespace

extern const EmbeddingFormat word2vec_text;
constinit const EmbeddingFormat word2vec_text = {
    .id = "word2vec-text",
    .title = "word2vec or GloVe text",
    .description =
        "A row a line: a name and its numbers, separated by blanks, with or without a first line "
        "'rows width'; packed with gzip, zstd or bzip2 or not",
    .source = "word2vec, GloVe, gensim's save_word2vec_format, jRDF2Vec, Wikipedia2Vec",
    .pitfalls =
        "Rows are read from the right, since names may hold blanks. Without a header the width is "
        "that of the narrowest row at the beginning.",
    .sniff = &sniff_word2vec_text,
    .read = &read_word2vec_text,
    .reads_unsniffed = true,
    .lines_before_rows = &word2vec_lines_before_rows,
};

}  // namespace kgaudit::models::embedding_formats_roster
