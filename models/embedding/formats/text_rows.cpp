#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/line_reader.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr char kTab = '\t';
constexpr std::string_view kForm = "a name and its numbers, separated by tabs";
constexpr std::string_view kAdvice = "a file without a header, with tabs and not blanks between";

/// Appends the numbers of a line, without its name, and returns how many they are.
std::size_t append_numbers(std::string_view rest, const LineReader& lines,
                           std::vector<float>& values) {
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    const std::size_t tab = rest.find(kTab);
    const std::string_view field = rest.substr(0, tab);
    more = tab != std::string_view::npos;
    if (more) rest.remove_prefix(tab + 1);
    const auto value = float_from(field);
    if (!value || !std::isfinite(*value)) {
      throw lines.error(fmt::format("'{}' as number {}", printable(field, 20), count + 1),
                        "finite numbers that fit a float", std::string(kAdvice));
    }
    values.push_back(*value);
  }
  return count;
}

bool sniff_text_rows(ForeignPath& path) {
  if (path.is_folder()) return false;
  return unpacked_head(path.file()->bytes(), path.place(), 512).find('\0') == std::string::npos;
}

ForeignEmbedding read_text_rows(ForeignPath& path) {
  MemorySource file(path.file()->bytes());
  DecompressedSource source(file, path.place());
  LineReader lines(source, path.place());
  std::vector<std::string> names;
  std::vector<float> values;
  std::unordered_map<std::string, std::uint64_t> line_of;
  std::size_t width = 0;
  while (lines.next()) {
    const std::string_view line = lines.line();
    const std::size_t tab = line.find(kTab);
    if (tab == std::string_view::npos || tab == 0) {
      throw lines.error(fmt::format("'{}'", printable(line, 40)), std::string(kForm),
                        std::string(kAdvice));
    }
    std::string name(line.substr(0, tab));
    const std::size_t numbers = append_numbers(line.substr(tab + 1), lines, values);
    if (names.empty()) width = numbers;
    if (numbers != width) {
      throw lines.error(fmt::format("{} numbers", numbers),
                        fmt::format("{} numbers, as in line 1", width), std::string(kAdvice));
    }
    if (const auto [at, fresh] = line_of.emplace(name, lines.number()); !fresh) {
      throw lines.error(fmt::format("'{}' again, after line {}", printable(name, 40), at->second),
                        "each name once");
    }
    path.budget().take(width * sizeof(float) * 3 + name.size() * 2 + 128, path.place(),
                       "rows of floats");
    names.push_back(std::move(name));
  }
  if (names.empty()) {
    throw InputError::unreadable(path.place(), "no row", std::string(kForm));
  }
  FloatTable rows(names.size(), width);
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::copy_n(values.data() + i * width, width, rows.row(i));
  }
  ForeignEmbedding embedding;
  embedding.entities = tensor_of(std::move(rows));
  attach_entity_names(embedding, std::move(names), "the rows themselves");
  return embedding;
}

}  // namespace

extern const EmbeddingFormat text_rows;
constinit const EmbeddingFormat text_rows = {
    .id = "text-rows",
    .title = "rows of text",
    .description =
        "A row a line: its name, then its numbers, separated by tabs; no header. Names may hold "
        "blanks, numbers may not. All rows have the same width, and each name stands once. Numbers "
        "keep all their bits; one that is too small for a float is 0",
    .source = "PyTorch-BigGraph's TSV export",
    .pitfalls =
        "Between numbers stand tabs; rows with blanks are word2vec's. Text is "
        "three to four times the size of the floats it says.",
    .sniff = &sniff_text_rows,
    .read = &read_text_rows,
};

}  // namespace kgaudit::models::embedding_formats_roster
