#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "suite/base/measurement.hpp"

namespace kgaudit::reports {

/// One quantity over the seeds of a run.
struct Summary {
  double centre = 0.0;       ///< mean, or median where the column says so
  std::optional<double> sd;  ///< sample standard deviation; nothing for one seed
  std::uint64_t seeds = 0;   ///< values behind `centre`

  bool operator==(const Summary&) const = default;
};

enum class Centre { kMean, kMedian };

/// Summary of finite values; `values` must not be empty.
[[nodiscard]] Summary summarise(std::span<const double> values, Centre centre = Centre::kMean);

/// Shown as it is; an empty one in a right-aligned column is "not measured" and shown as a dash.
struct TextCell {
  std::string text;
};
struct NumberCell {
  Summary summary;
  std::string note = {};  ///< shown as a footnote: "undefined for 1 of 3 seeds: ..."; "" = none
  bool best = false;      ///< set by `mark_best`
  std::optional<Interval> interval = {};  ///< shown in place of the sd where the column asks for it
  std::string mark = {};  ///< behind the number, such as "*"; the table's notes say what it means
  std::optional<std::uint64_t> n = {};  ///< units (persons, predictions) behind each seed's value
  /// What it is measured on, "rows" or "whole" (record/release.hpp); "" where there is no choice.
  std::string release = {};
  bool rival = true;  ///< whether it can be the best of its column
};
/// Shown as "undef." with the reason as a footnote.
struct UndefinedCell {
  std::string reason;
};
using Cell = std::variant<TextCell, NumberCell, UndefinedCell>;

struct Column {
  enum class Align { kLeft, kRight };

  std::string key = {};     ///< machine name in CSV and JSON: "link_prediction.mrr"
  std::string group = {};   ///< heading over neighbouring columns of the same group; "" = none
  std::string header = {};  ///< heading of this column
  Align align = Align::kRight;
  int decimals = 3;
  std::string unit = {};
  Direction direction = Direction::kDescriptive;
  double neutral = 0.0;  ///< what `Direction::kNearer` means
  /// What whoever knows nothing gets, the majority's share: lower values are no better than it.
  std::optional<double> floor = {};
  bool intervals = false;  ///< show "[low, high]" in place of "± sd" where a cell has an interval
  bool p_value = false;    ///< what would be shown as 0 is shown as less than the smallest number
  bool untested = false;   ///< no test is about it where others are tested: it cannot have a mark
};

struct Row {
  std::vector<Cell> cells;  ///< one for each column
  bool reference = false;   ///< shown for comparison (the majority guess): never marked best
};

/// A table without a look. The renderers below are pure: same table, same bytes.
struct Table {
  std::string title;
  std::string caption;  ///< what a reader must know to judge the numbers, in one line
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::vector<std::string> notes;  ///< after the footnotes
};

/// A left-aligned column of words. Other columns are written out: {.key = ..., .header = ...}.
[[nodiscard]] Column text_column(std::string key, std::string header);
/// A column of whole numbers; its heading is their unit.
[[nodiscard]] Column count_column(std::string key, std::string header);

/// A number without seeds behind it.
[[nodiscard]] Cell number_cell(double value);
/// "undef." with the reason where there is no value.
[[nodiscard]] Cell number_cell(const std::optional<double>& value, const std::string& reason);
[[nodiscard]] Cell count_cell(std::uint64_t count);

/// Marks in each column with a direction the best of at least two rows. What looks the same at the
/// column's decimals is equally good, so ties are marked together. Where the best are at or below
/// the column's floor, none is marked: they are equally good, whatever they look like.
void mark_best(Table& table);

struct TerminalStyle {
  std::size_t width = 100;  ///< columns of the terminal; 0 = as wide as needed
  bool ansi = false;        ///< bold headings and best values by escape sequences
};

/// Aligned text without boxes. A table wider than the terminal is cut into blocks that repeat the
/// first column; where a block is still too wide or a group of columns would be torn, it loses its
/// "± sd", which is said below it.
[[nodiscard]] std::string render_terminal(const Table& table, const TerminalStyle& style = {});

/// A pipe table; best values bold, caption and footnotes below it, title as a heading of `level`
/// (0 = no heading). User text cannot break out of its cell.
[[nodiscard]] std::string render_markdown(const Table& table, int level = 2);

/// RFC 4180 without the decoration. A column that has numbers becomes four: <key>, <key>_sd,
/// <key>_seeds, <key>_undefined (the reason), and further <key>_low and <key>_high, <key>_n,
/// <key>_mark and <key>_release where a cell has such. Full precision.
[[nodiscard]] std::string render_csv(const Table& table);

/// {"title", "caption", "columns": [...], "rows": [{"<key>": ...}]}; numbers as {"value", "sd",
/// "seeds"} and, where there is one, "interval", "n", "release" and "mark"; undefined ones as
/// {"undefined": reason}. Full precision.
[[nodiscard]] std::string render_json(const Table& table, std::size_t indent = 2);

/// One CSV field: quoted where needed; a text that a spreadsheet would run as a formula gets a
/// leading apostrophe.
[[nodiscard]] std::string csv_field(std::string_view text);

/// Text as it stands in a Markdown cell or sentence: markup characters escaped, no line breaks, and
/// nothing that becomes a link, a reference or a mention: "@name", "#12", "https://", "www.",
/// addresses.
[[nodiscard]] std::string markdown_text(std::string_view text);

/// "0.680"; never "-0.000".
[[nodiscard]] std::string fixed_text(double value, int decimals);

/// "0.680", "0.680 ± 0.003".
[[nodiscard]] std::string summary_text(const Summary& summary, int decimals, bool with_sd = true);

}  // namespace kgaudit::reports
