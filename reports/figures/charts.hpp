#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/document/document.hpp"
#include "reports/figures/figure.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

// What the figures of a record are drawn with: texts for gnuplot and the two kinds of chart.

/// Columns of the longest name beside an axis or in a key; longer ones are shortened.
inline constexpr std::size_t kLongestName = 44;
/// Blocks of a data file are told apart by two empty lines.
inline constexpr const char* kNextBlock = "\n\n";
/// For captions: what whiskers are.
inline constexpr const char* kSpreadWords =
    "Whiskers: ± sd over seeds; with one seed: its 95 % confidence interval.";

/// A value with its whiskers.
struct Spanned {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};
/// Of a cell with a number: its sd, else its interval, else no whiskers.
[[nodiscard]] std::optional<Spanned> spanned(const Cell& cell);
/// |x| of a value with its whiskers.
[[nodiscard]] Spanned magnitude(const Spanned& s);

/// Room on either side of a plot for names on the left and a key on the right, in characters.
struct Margins {
  std::size_t left = 0;
  std::size_t key = 0;

  [[nodiscard]] int pixels() const;
  /// As settings.
  [[nodiscard]] std::string text() const;
};

/// Columns of the longest of these names once they are shortened.
[[nodiscard]] std::size_t longest(const std::vector<std::string>& names);
[[nodiscard]] std::size_t longest(const std::vector<FigureKey>& keys);
/// Settings: the title and the words on the axes; "" = none.
[[nodiscard]] std::string titles(const std::string& title, const std::string& x_axis,
                                 const std::string& y_axis);
/// The number of the row's series, from 1: its place among all rows of the record, so that a row
/// has one colour and one marker in all figures of a report. A training has those of the first row
/// of its system.
[[nodiscard]] std::size_t series_of(const FactIndex& facts, const SystemView& row);
/// The height of a figure, at least `least`, that its key of so many names fits into: beside the
/// plot is room for one column of names, and a second one would lie on the data.
[[nodiscard]] int height_for_key(std::size_t names, int least);
/// A name for the key, quoted.
[[nodiscard]] std::string key_title(const std::string& name);
/// The plot command of these parts.
[[nodiscard]] std::string plot_of(const std::vector<std::string>& parts);
/// The distance of the marks of an axis: 1, 2 or 5 times a power of ten, at most six marks.
[[nodiscard]] double tick_step(double span);

/// A figure of horizontal rows: names on the left, values to the right.
struct RowChart {
  std::string title;
  std::string x_axis;
  std::vector<std::pair<std::string, double>> ticks;  ///< name and place of each row
  std::vector<FigureKey> keys;
  int row_pixels = 26;
  bool zero_line = false;
  std::string more;  ///< settings
};
/// Where row `row` lies: they go down from 0.
[[nodiscard]] double row_place(std::size_t row);
/// Gives the figure the script of a chart of rows, and its keys.
void finish(Figure& figure, RowChart chart, const std::string& plot);

/// A line with markers in a chart.
struct Curve {
  struct Point {
    double x = 0.0;
    double y = 0.0;
    double low = 0.0;
    double high = 0.0;
  };
  std::string name;
  std::vector<Point> points;
  std::size_t series = 0;  ///< of `series_of`; 0 = by its place in the chart
};
struct ChartText {
  std::string title;
  std::string caption;
  std::string x_axis;  ///< with its unit
  std::string y_axis;
  bool log_x = false;
};
/// One block of (x, y) a curve.
[[nodiscard]] Figure curves_figure(const std::vector<Curve>& curves, const ChartText& text,
                                   const std::string& name, Section section, bool whiskers);

/// A figure without its data and script.
[[nodiscard]] Figure finished(const std::string& name, Section section, std::string title,
                              std::string caption);

}  // namespace kgaudit::reports
