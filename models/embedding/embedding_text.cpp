#include "models/embedding/embedding_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/line_reader.hpp"

namespace kgaudit::models {
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

}  // namespace

NamedRows read_embedding_text(const std::filesystem::path& file) {
  HashedFileSource source(file);
  LineReader lines(source, file.string());
  NamedRows read;
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
    if (read.names.empty()) width = numbers;
    if (numbers != width) {
      throw lines.error(fmt::format("{} numbers", numbers),
                        fmt::format("{} numbers, as in line 1", width), std::string(kAdvice));
    }
    if (const auto [at, fresh] = line_of.emplace(name, lines.number()); !fresh) {
      throw lines.error(fmt::format("'{}' again, after line {}", printable(name, 40), at->second),
                        "each name once");
    }
    read.names.push_back(std::move(name));
  }
  if (read.names.empty()) {
    throw InputError::unreadable(file.string(), "no row", std::string(kForm));
  }
  read.source = source.identity();
  read.rows = FloatTable(read.names.size(), width);
  for (std::size_t i = 0; i < read.names.size(); ++i) {
    std::copy_n(values.data() + i * width, width, read.rows.row(i));
  }
  return read;
}

void write_embedding_text(const std::filesystem::path& file, const std::vector<std::string>& names,
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

}  // namespace kgaudit::models
