#pragma once

#include <string>
#include <string_view>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Text as it stands in HTML, between tags and inside quoted attributes alike.
[[nodiscard]] std::string html_text(std::string_view text);

/// A <table> with caption, scoped headings that sort by a button (see `html_script`), footnotes and
/// notes below; scrolls sideways in a region of its own that the keyboard reaches. `key` makes its
/// ids unique.
[[nodiscard]] std::string render_html(const Table& table, std::string_view key);

/// A drawn SVG as an inline element: without prologue and script, ids prefixed by `key` so that
/// several can stand in one page, scaled by its view box. "" if it is not an SVG.
[[nodiscard]] std::string inline_svg(std::string_view svg, std::string_view key,
                                     std::string_view label);

/// The page's style and script, both without a single outside resource.
[[nodiscard]] std::string_view html_style();
[[nodiscard]] std::string_view html_script();

}  // namespace kgaudit::reports
