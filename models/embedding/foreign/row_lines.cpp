#include "models/embedding/foreign/row_lines.hpp"

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// A folder with one such file in it is read as that file.
std::filesystem::path file_of_lines(const std::filesystem::path& path,
                                    const ForeignEmbedding& embedding) {
  std::error_code failure;
  return std::filesystem::is_directory(path, failure) ? path / embedding.files.front().name : path;
}

}  // namespace

bool RowLines::has(const ForeignEmbedding& embedding) {
  return !embedding.format.empty() && !embedding.files.empty() && embedding.rows_left == 0 &&
         embedding.entity_names.size() == embedding.entities.rows() &&
         find_embedding_format(embedding.format).lines_before_rows != nullptr;
}

RowLines::RowLines(const std::filesystem::path& path, const ForeignEmbedding& embedding)
    : file_(file_of_lines(path, embedding), {}), lines_(file_, *file_.file()) {
  const std::uint64_t before = find_embedding_format(embedding.format).lines_before_rows(embedding);
  for (std::uint64_t i = 0; i < before; ++i) lines_.next();
}

std::string_view RowLines::next(std::string_view name) {
  while (lines_.next()) {
    std::string_view line = lines_.line();
    if (lines_.number() == 1 && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
    }
    // The end of a line is no part of the row, in either of its forms.
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.starts_with(name)) return line;
    break;
  }
  throw lines_.error(fmt::format("no row of '{}'", printable(name, 40)),
                     "the file as it was when its rows were read",
                     "the same command again, with a file that nobody writes meanwhile");
}

}  // namespace kgaudit::models
