#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "reports/document/document.hpp"

namespace kgaudit::reports {

/// A figure as gnuplot takes it: a data file and a script that draws <name>.svg, <name>.pdf and
/// <name>.png from it. Pure bytes; whoever has gnuplot can draw it again by hand: `gnuplot
/// <name>.gp`.
struct Figure {
  std::string name;  ///< stem of all its files; letters, digits and '_' only
  Section section = Section::kComparison;
  std::string title;
  std::string caption;  ///< what is drawn, in words
  std::string data;
  std::string script;
  std::vector<FigureKey> keys = {};  ///< of its series, in the order of the picture's key
};

struct FigureSize {
  int width = 720;  ///< pixels of the SVG; the PNG has twice as many
  int height = 480;
};

/// What the series of this number (from 1) looks like, in all figures alike.
[[nodiscard]] FigureKey series_key(std::size_t series, std::string name);

/// A whole script: the house's style, `settings` (titles, axes), then `plot`, the one plot command,
/// for each of the three terminals. In `plot` the variable `data` is the data file. No text is read
/// as markup ("noenhanced").
[[nodiscard]] std::string figure_script(const std::string& name, const FigureSize& size,
                                        const std::string& settings, const std::string& plot);

/// gnuplot's single-quoted string: knows one escape, the doubled quote, and runs no shell commands.
[[nodiscard]] std::string gnuplot_quoted(std::string_view text);
/// A label in a data file. Its quoted strings know no dependable escape for quotes and backslashes,
/// so these are replaced.
[[nodiscard]] std::string data_quoted(std::string_view text);
/// At most so many columns, the last of them "…" where something was left out.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t columns);

struct Drawing {
  std::vector<std::string> files;  ///< names of the files that now lie in the folder
  std::string not_drawn;           ///< why there are no pictures; "" if there are
};

/// Writes the data file and the script into `folder` and has gnuplot draw the pictures. A machine
/// without gnuplot is no error: the sources are written and `not_drawn` says why no picture is.
/// A gnuplot that takes longer than `patience` over one figure is ended and gets no further one.
/// Throws InputError (usage) if the sources cannot be written.
[[nodiscard]] Drawing draw(const Figure& figure, const std::filesystem::path& folder,
                           std::chrono::seconds patience = std::chrono::seconds(120));

}  // namespace kgaudit::reports
