#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "models/embedding/embedding_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/line_reader.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr char kTab = '\t';
constexpr std::string_view kForm = "a name and its numbers, separated by tabs";
constexpr std::string_view kAdvice = "a file without a header, with tabs and not blanks between";

/// The number that `text` is, or NaN.
float number_from(std::string_view text) {
  const char* const end = text.data() + text.size();
  float value = 0.0F;
  auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure == std::errc::result_out_of_range) {
    // Too large, which is refused, or too small, which is 0: a double tells them apart.
    double wide = 0.0;
    const auto again = std::from_chars(text.data(), end, wide);
    stopped = again.ptr;
    failure = again.ec;
    value = static_cast<float>(wide);
  }
  return failure == std::errc() && stopped == end && std::isfinite(value) ? value : std::nanf("");
}

/// Appends the numbers of a line, without its name, and returns how many they are.
std::size_t append_numbers(std::string_view rest, const LineReader& lines,
                           std::vector<float>& values) {
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    const std::size_t tab = rest.find(kTab);
    const std::string_view field = rest.substr(0, tab);
    more = tab != std::string_view::npos;
    if (more) rest.remove_prefix(tab + 1);
    const float value = number_from(field);
    if (std::isnan(value)) {
      throw lines.error(fmt::format("'{}' as number {}", printable(field, 20), count + 1),
                        "finite numbers that fit a float", std::string(kAdvice));
    }
    values.push_back(value);
  }
  return count;
}

bool sniff_text_rows(std::string_view head) { return head.find('\0') == std::string_view::npos; }

NamedRows read_text_rows(const std::filesystem::path& file) {
  HashedFileSource source(file);
  LineReader lines(source, file.string());
  NamedRows result;
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
    if (result.names.empty()) width = numbers;
    if (numbers != width) {
      throw lines.error(fmt::format("{} numbers", numbers),
                        fmt::format("{} numbers, as in line 1", width), std::string(kAdvice));
    }
    if (const auto [at, fresh] = line_of.emplace(name, lines.number()); !fresh) {
      throw lines.error(fmt::format("'{}' again, after line {}", printable(name, 40), at->second),
                        "each name once");
    }
    result.names.push_back(std::move(name));
  }
  if (result.names.empty()) {
    throw InputError::unreadable(file.string(), "no row", std::string(kForm));
  }
  result.source = source.identity();
  result.rows = FloatTable(result.names.size(), width);
  for (std::size_t i = 0; i < result.names.size(); ++i) {
    std::copy_n(values.data() + i * width, width, result.rows.row(i));
  }
  return result;
}

void write_text_rows(const std::filesystem::path& file, const std::vector<std::string>& names,
                     const FloatTable& rows) {
  KGA_REQUIRE(names.size() == rows.rows(), "{} names, {} rows", names.size(), rows.rows());
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += names[i];
    for (const float value : rows.values(i)) {
      fmt::format_to(std::back_inserter(text), "\t{}", value);
    }
    text += '\n';
  }
  write_atomically(file, text);
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
        "word2vec's text form has a header and blanks between numbers, and is refused. Text is "
        "three to four times the size of the floats it says.",
    .ending = ".tsv",
    .sniff = &sniff_text_rows,
    .read = &read_text_rows,
    .write = &write_text_rows,
};

}  // namespace kgaudit::models::embedding_formats_roster
