#include "models/embedding/embedding_format.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::models {

const EmbeddingFormat& embedding_format_of(const std::filesystem::path& file) {
  FileSource source(file);
  std::string head(kSniffedBytes, '\0');
  std::size_t size = 0;
  for (std::size_t got = 1; got > 0 && size < head.size(); size += got) {
    got = source.read(std::span(head).subspan(size));
  }
  head.resize(size);
  std::vector<std::string_view> titles;
  for (const EmbeddingFormat* format : embedding_formats()) {
    if (format->sniff(head)) return *format;
    titles.push_back(format->title);
  }
  throw InputError::unreadable(file.string(),
                               fmt::format("a file that begins with '{}'", printable(head, 20)),
                               fmt::format("embeddings as one of: {}", fmt::join(titles, ", ")));
}

}  // namespace kgaudit::models
