#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kgaudit::reports {

/// A Markdown report of at most `bytes` bytes: whole sections ("## ...") from the beginning, then a
/// line that names those left out. A report that fits stays as it is. Services refuse longer
/// comments; GitHub takes 65,536 characters.
[[nodiscard]] std::string shortened_markdown(std::string_view report, std::size_t bytes);

}  // namespace kgaudit::reports
