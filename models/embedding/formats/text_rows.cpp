#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/line_reader.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr char kTab = '\t';
constexpr std::string_view kForm = "a name and its numbers, separated by tabs";
constexpr std::string_view kAdvice = "tabs and not blanks between name and numbers";

bool sniff_text_rows(ForeignPath& path) {
  if (path.is_folder()) return false;
  return unpacked_head(path.file()->bytes(), path.place(), 512).find('\0') == std::string::npos;
}

InputError bad_number(const LineReader& lines, std::string_view field, std::size_t index) {
  std::string advice(kAdvice);
  if (field.find(':') != std::string_view::npos) {
    advice = "whole rows: this one names places of its numbers, as sparse rows do";
  } else if (lines.number() == 1) {
    advice = "the file without its first line, if that is a header";
  }
  return lines.error(fmt::format("'{}' as number {}", printable(field, 20), index + 1),
                     "finite numbers that fit a float", std::move(advice));
}

/// Some tools end every line in a separator.
std::string_view without_last_tab(std::string_view line) {
  if (line.ends_with(kTab)) line.remove_suffix(1);
  return line;
}

/// The numbers of a line, in place of those that were there.
void read_numbers(std::string_view fields, const LineReader& lines, std::vector<float>& numbers) {
  numbers.clear();
  if (const auto bad = append_numbers(fields, kTab, numbers)) {
    throw bad_number(lines, bad->text, bad->index);
  }
  const auto infinite =
      std::find_if(numbers.begin(), numbers.end(), [](float x) { return !std::isfinite(x); });
  if (infinite == numbers.end()) return;
  const auto index = static_cast<std::size_t>(infinite - numbers.begin());
  for (std::size_t i = 0; i < index; ++i) fields.remove_prefix(fields.find(kTab) + 1);
  throw bad_number(lines, fields.substr(0, fields.find(kTab)), index);
}

ForeignEmbedding read_text_rows(ForeignPath& path) {
  PackedText text(path, *path.file());
  LineReader lines(text, path.place());
  GrowingRows rows(path);
  std::vector<std::string> names;
  std::vector<float> numbers;
  std::unordered_map<std::string, std::uint64_t> line_of;
  std::size_t width = 0;
  while (lines.next()) {
    const std::string_view line = without_last_tab(lines.line());
    const std::size_t tab = line.find(kTab);
    if (tab == std::string_view::npos || tab == 0) {
      throw lines.error(fmt::format("'{}'", printable(line, 40)), std::string(kForm),
                        std::string(kAdvice));
    }
    const std::string_view name = line.substr(0, tab);
    const bool kept = !path.options().keep || path.options().keep(name);
    if (kept) read_numbers(line.substr(tab + 1), lines, numbers);
    const std::size_t count = kept ? numbers.size() : separators_in(line, kTab);
    if (lines.number() == 1) width = count;
    if (count != width) {
      throw lines.error(fmt::format("{} numbers", count),
                        fmt::format("{} numbers, as in line 1", width), std::string(kAdvice));
    }
    if (!kept) continue;
    const auto [at, fresh] = line_of.emplace(name, lines.number());
    if (!fresh) {
      throw lines.error(fmt::format("'{}' again, after line {}", printable(name, 40), at->second),
                        "each name once");
    }
    path.budget().take(name.size() * 2 + 128, path.place(), "names");
    names.emplace_back(name);
    rows.add(numbers, text.share_read());
  }
  if (lines.number() == 0) {
    throw InputError::unreadable(path.place(), "no row", std::string(kForm));
  }
  ForeignEmbedding embedding;
  count_rows_left(embedding, rows.rows(), lines.number());
  embedding.entities = std::move(rows).take("", width);
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
    .reads_unsniffed = true,
    .lines_before_rows = [](const ForeignEmbedding&) { return std::uint64_t{0}; },
};

}  // namespace kgaudit::models::embedding_formats_roster
