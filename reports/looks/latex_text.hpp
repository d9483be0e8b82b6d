#pragma once

#include <string>
#include <string_view>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Text as it stands in LaTeX: every character that TeX gives a meaning is escaped, long words may
/// break after '/', '_' and '.'. Letters that pdfLaTeX does not know become \kgauditchar{<hex>},
/// which XeLaTeX and LuaLaTeX print and pdfLaTeX shows as "U+<hex>".
[[nodiscard]] std::string latex_text(std::string_view text);

/// Definitions that `render_latex` relies on; may stand more than once in a document.
[[nodiscard]] std::string latex_definitions();

/// A booktabs table: caption above, best values bold, footnotes and notes below, label tab:<key>. A
/// table too wide for a page is cut into parts that repeat the first column, and a long one breaks
/// over pages. Needs the packages array, booktabs, graphicx, longtable and `latex_definitions`.
[[nodiscard]] std::string render_latex(const Table& table, std::string_view key);

/// The same as a float over both columns of a two-column paper, for \input: means alone, with
/// `caption` in place of the table's own and no notes. What has no value is "undef.", and what was
/// not measured a dash: the caption has to say so.
[[nodiscard]] std::string render_latex_for_paper(const Table& table, std::string_view key,
                                                 std::string_view caption);

}  // namespace kgaudit::reports
