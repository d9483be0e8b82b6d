#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::size_t kWord2vecBinaryLongestHeader = 48;
constexpr std::size_t kLongestToken = 1U << 20U;

struct Header {
  std::uint64_t rows;
  std::uint64_t width;
  std::size_t bytes;
};

/// "n dim\n".
std::optional<Header> header_of(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, kWord2vecBinaryLongestHeader).find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = bytes.substr(0, end);
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto rows = parse_uint(line.substr(0, blank));
  const auto width = parse_uint(line.substr(blank + 1));
  if (!rows || !width || *width == 0) return std::nullopt;
  return Header{*rows, *width, end + 1};
}

bool sniff_word2vec_binary(ForeignPath& path) {
  if (path.is_folder()) return false;
  const std::string_view bytes = path.file()->bytes();
  const auto header = header_of(bytes);
  if (!header) return false;
  // Numbers in binary hold bytes that no text has.
  const std::string_view sample = bytes.substr(header->bytes, 4096);
  return sample.find('\0') != std::string_view::npos ||
         find_broken_utf8(sample.substr(0, sample.size() - std::min<std::size_t>(4, sample.size())))
             .has_value();
}

ForeignEmbedding read_word2vec_binary(ForeignPath& path) {
  const std::string_view bytes = path.file()->bytes();
  const auto header = header_of(bytes);
  if (!header) {
    throw InputError::unreadable(path.place(), "no line of two numbers", "a word2vec binary");
  }
  const std::uint64_t row_bytes = header->width * sizeof(float);
  // Each row has a name of a byte or more, and a blank.
  if (header->width > bytes.size() / sizeof(float) ||
      header->rows > (bytes.size() - header->bytes) / (row_bytes + 1)) {
    throw InputError::unreadable(
        path.place(),
        fmt::format("a header of {} rows of {} numbers in a file of {} bytes",
                    with_thousands(header->rows), with_thousands(header->width),
                    with_thousands(bytes.size())),
        "as many rows as the header says", "the file is cut off: fetch it again");
  }
  const auto& keep = path.options().keep;
  GrowingRows rows(path);
  std::vector<std::string> names;
  std::vector<float> row(header->width);
  std::string_view rest = bytes.substr(header->bytes);
  for (std::uint64_t i = 0; i < header->rows; ++i) {
    // The first program ended rows with a line end; gensim does not.
    while (rest.starts_with('\n')) rest.remove_prefix(1);
    const std::size_t blank = rest.substr(0, kLongestToken).find(' ');
    if (blank == std::string_view::npos || rest.size() - blank - 1 < row_bytes) {
      throw InputError::unreadable(fmt::format("{}: row {}", path.place(), i + 1),
                                   "the end of the file",
                                   fmt::format("{} rows", with_thousands(header->rows)),
                                   "the file is cut off: fetch it again");
    }
    const std::string_view name = rest.substr(0, blank);
    if (!keep || keep(name)) {
      path.budget().take(name.size() + 64, path.place(), "names");
      names.emplace_back(name);
      std::memcpy(row.data(), rest.data() + blank + 1, row_bytes);
      rows.add(row, 1.0 - static_cast<double>(rest.size()) / static_cast<double>(bytes.size()));
    }
    rest.remove_prefix(blank + 1 + row_bytes);
  }
  ForeignEmbedding embedding;
  count_rows_left(embedding, rows.rows(), header->rows);
  embedding.entities = std::move(rows).take("", header->width);
  if (const std::size_t left = rest.find_first_not_of('\n'); left != std::string_view::npos) {
    embedding.note("bytes-left",
                   fmt::format("{} bytes after the last row", with_thousands(rest.size() - left)),
                   Finding::Weight::kWarning);
  }
  attach_entity_names(embedding, std::move(names), "the rows themselves");
  return embedding;
}

}  // namespace

extern const EmbeddingFormat word2vec_binary;
constinit const EmbeddingFormat word2vec_binary = {
    .id = "word2vec-binary",
    .title = "word2vec binary",
    .description =
        "A line 'rows width', then for each row its name, a blank and its floats; with or without "
        "a line end after rows",
    .source = "word2vec (Mikolov et al. 2013), gensim's save_word2vec_format(binary=True)",
    .pitfalls = "Names hold no blank. There are no relations and no model.",
    .sniff = &sniff_word2vec_binary,
    .read = &read_word2vec_binary,
    .reads_unsniffed = true,
};

}  // namespace kgaudit::models::embedding_formats_roster
