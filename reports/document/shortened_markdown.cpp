#include "reports/document/shortened_markdown.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kgaudit::reports {
namespace {

struct MarkdownPart {
  std::string_view text;
  std::string_view heading;  ///< "" of what stands before the first section
};

/// A fence of three or more back quotes or tildes hides headings until it is closed.
std::vector<MarkdownPart> markdown_parts(std::string_view report) {
  std::vector<MarkdownPart> parts = {{report, ""}};
  bool fenced = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < report.size();) {
    const std::size_t end = std::min(report.find('\n', at), report.size());
    const std::string_view line = report.substr(at, end - at);
    if (line.starts_with("```") || line.starts_with("~~~")) fenced = !fenced;
    if (!fenced && at > 0 && line.starts_with("## ")) {
      parts.back().text = report.substr(begin, at - begin);
      begin = at;
      parts.push_back({report.substr(at), line.substr(3)});
    }
    at = end + 1;
  }
  return parts;
}

std::string note_on_parts(const std::vector<std::string_view>& left_out, std::size_t bytes) {
  return fmt::format(
      "Left out to stay within {} bytes: {}. `kgaudit report` without --max-bytes has all.\n",
      bytes, fmt::join(left_out, ", "));
}

}  // namespace

std::string shortened_markdown(std::string_view report, std::size_t bytes) {
  if (report.size() <= bytes) return std::string(report);
  const std::vector<MarkdownPart> parts = markdown_parts(report);
  for (std::size_t kept = parts.size() - 1; kept > 0; --kept) {
    std::vector<std::string_view> left_out;
    for (std::size_t i = kept; i < parts.size(); ++i) left_out.push_back(parts[i].heading);
    std::string text;
    for (std::size_t i = 0; i < kept; ++i) text += parts[i].text;
    text += note_on_parts(left_out, bytes);
    if (text.size() <= bytes) return text;
  }
  // Not even what stands before the first section fits: whole lines of it.
  const std::string note = note_on_parts({"nearly everything"}, bytes);
  if (note.size() >= bytes) return "";
  const std::size_t room = bytes - note.size();
  const std::size_t end = report.substr(0, room).rfind('\n');
  return std::string(report.substr(0, end == std::string_view::npos ? 0 : end + 1)) + note;
}

}  // namespace kgaudit::reports
