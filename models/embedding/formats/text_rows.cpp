#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr char kTab = '\t';
constexpr std::string_view kForm = "a name and its numbers, separated by tabs";
constexpr std::string_view kAdvice = "tabs and not blanks between name and numbers";

bool sniff_text_rows(ForeignPath& path) {
  if (path.is_folder()) return false;
  return unpacked_head(path.file()->bytes(), path.place(), 512).find('\0') == std::string::npos;
}

/// Text that is known and holds no rows.
struct OtherText {
  std::string what;
  std::string advice;
};

/// The list of names and row numbers that a file is; nothing of other text.
std::optional<OtherText> as_name_map(ForeignPath& path) {
  constexpr std::uint64_t kLargestMap = std::uint64_t{64} << 20U;
  if (path.file()->size() > kLargestMap) return std::nullopt;
  try {
    MemoryBudget own(path.budget().left());
    const NameMap map = read_name_map(path.file()->bytes(), path.place(), own);
    if (!map.numbered) return std::nullopt;
    return OtherText{
        fmt::format("a list of {} names: {}", with_thousands(map.names.size()), map.form),
        "the file of the vectors, with --entities for this one"};
  } catch (const InputError&) {
    return std::nullopt;
  }
}

/// What text is whose first line is no row, as far as it can be known.
std::optional<OtherText> other_text(ForeignPath& path) {
  const std::string head = unpacked_head(path.file()->bytes(), path.place());
  const auto lines = head_lines(head);
  if (lines.empty()) return std::nullopt;
  if (auto map = as_name_map(path)) return map;
  const std::string_view begin = trimmed(head, " \t\r\n");
  if (begin.starts_with('{') || begin.starts_with('[')) {
    return OtherText{"JSON without vectors, such as a configuration or a list of names",
                     "the file that holds the vectors"};
  }
  const std::string_view first = trimmed(lines.front(), " \t\r");
  const std::size_t comma = first.find(',');
  if (comma != std::string_view::npos && looks_like_a_head(first.substr(0, comma))) {
    return OtherText{fmt::format("a table with the columns {}", printable(first, 60)),
                     "the file that holds the vectors; kgaudit audit takes a table of people with "
                     "--people"};
  }
  const bool keys = lines.size() > 1 && std::ranges::all_of(lines, [](std::string_view line) {
                      line = trimmed(line, " \t\r");
                      return line.empty() || line.starts_with('#') || line.ends_with(':') ||
                             line.find(": ") != std::string_view::npos;
                    });
  if (keys) {
    return OtherText{"lines of keys and values, as a configuration has them",
                     "the file that holds the vectors"};
  }
  return std::nullopt;
}

void refuse_other_text(ForeignPath& path) {
  const std::string head = unpacked_head(path.file()->bytes(), path.place());
  const auto lines = head_lines(head);
  if (lines.empty()) return;
  const std::string_view first = trimmed(lines.front(), "\t\r");
  const std::size_t numbers = numbers_at_end(first, kTab);
  const std::size_t tabs = separators_in(first, kTab);
  if (tabs > 1 && tabs == numbers) return;
  const auto other = tabs == 1 && numbers == 1 ? as_name_map(path) : other_text(path);
  if (other) throw half_of(path, other->what, std::string(kForm), other->advice);
}

bool is_nan_or_infinite(std::string_view field) {
  const auto number = float_from(field);
  return number && !std::isfinite(*number);
}

InputError bad_number(const LineReader& lines, std::string_view field, std::size_t index) {
  std::string advice(kAdvice);
  if (is_nan_or_infinite(field)) {
    advice = "rows of a training that did not diverge, or the file without this row";
  } else if (field.find(':') != std::string_view::npos) {
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
  refuse_other_text(path);
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
    .takes_any_text = true,
    .lines_before_rows = [](const ForeignEmbedding&) { return std::uint64_t{0}; },
};

}  // namespace kgaudit::models::embedding_formats_roster
