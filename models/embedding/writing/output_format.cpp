#include "models/embedding/writing/output_format.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/roster.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

constexpr std::string_view kTwice = "a name that an earlier row has";

/// The first name that can't be written, and why.
struct NameRefusal {
  std::size_t row = 0;
  std::string_view why;
};

NameRefusal first_refusal(const OutputFormat& format, std::span<const std::string> names) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const std::string_view why = format.objection(names[i]); !why.empty()) return {i, why};
    if (format.names == NamePlace::kWithRows && !seen.insert(names[i]).second) return {i, kTwice};
  }
  return {};
}

}  // namespace

std::vector<const OutputFormat*> output_formats_named(std::span<const std::string> ids,
                                                      const std::string& place) {
  std::vector<const OutputFormat*> formats;
  const std::vector<std::string> known = ids_of(output_formats());
  for (const std::string& id : ids) {
    const auto found = std::ranges::find(output_formats(), id, &OutputFormat::id);
    if (found == output_formats().end()) throw InputError::unknown(place, "format", id, known);
    if (std::ranges::find(formats, *found) == formats.end()) formats.push_back(*found);
  }
  if (formats.empty()) {
    throw InputError::usage(place, "no format",
                            fmt::format("one or more of: {}", fmt::join(known, ", ")));
  }
  return formats;
}

void require_writable_names(const OutputFormat& format, std::span<const std::string> names,
                            std::string_view what, const std::string& place) {
  const NameRefusal refusal = first_refusal(format, names);
  if (refusal.why.empty()) return;
  std::string advice = "names without it: no format here holds all of these";
  for (const OutputFormat* other : output_formats()) {
    if (!first_refusal(*other, names).why.empty()) continue;
    advice = fmt::format("{}, which holds all of these names", other->id);
    break;
  }
  throw InputError::usage(
      place,
      fmt::format("the {} name '{}' of row {}, with {}, for {}", what,
                  printable(names[refusal.row], 60), refusal.row + 1, refusal.why, format.id),
      fmt::format("names that {} gives back as they are", format.id), advice);
}

void write_rows(const OutputFormat& format, const std::filesystem::path& file,
                std::span<const std::string> names, const RowBlock& rows) {
  KGA_REQUIRE(names.size() == rows.rows || (names.empty() && format.names == NamePlace::kBeside),
              "{} names, {} rows", names.size(), rows.rows);
  const auto out = format.begin(file, {rows.rows, rows.width});
  for (std::size_t i = 0; i < rows.rows; ++i) {
    out->add(names.empty() ? std::string_view() : names[i], {rows.row(i), rows.width});
  }
  out->finish();
}

void append_number(std::string& text, float number) {
  const std::size_t begin = text.size();
  fmt::format_to(std::back_inserter(text), "{}", number);
  if (text.find_first_of(".e", begin) == std::string::npos) text += ".0";
}

std::string_view objection_of_utf8(std::string_view name) {
  return find_broken_utf8(name) ? "bytes that are not UTF-8" : "";
}

std::string_view objection_of_lines(std::string_view name) {
  if (name.empty()) return "nothing in it";
  if (name.starts_with("\xef\xbb\xbf")) return "a mark of byte order";
  for (const char c : name) {
    if (c == '\t') return "a tab";
    if (c == '\n' || c == '\r') return "a line end";
    if (static_cast<unsigned char>(c) < 0x20) return "a control character";
  }
  return "";
}

std::string_view objection_of_blanks(std::string_view name) {
  return name.find(' ') != std::string_view::npos ? "a blank" : "";
}

}  // namespace kgaudit::models
