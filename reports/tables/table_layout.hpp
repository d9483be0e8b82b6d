#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// What every look of a table (terminal, Markdown, LaTeX, HTML) needs to agree on.

/// The footnotes of one rendering, numbered in the order in which the cells call for them. Cells
/// with the same reason share a footnote.
class Footnotes {
 public:
  /// The number of `text`, from 1; a new one if nobody asked for it yet.
  std::size_t number_of(const std::string& text);
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

/// What a cell shows before alignment, emphasis and escaping.
struct Shown {
  std::string text;          ///< "0.680 ± 0.003", "undef.", "–"
  std::string mark;          ///< of significance; "" = none
  std::size_t footnote = 0;  ///< 0 = none
  bool best = false;

  /// All of it as plain text: "undef. [1]".
  [[nodiscard]] std::string flat() const;
};
[[nodiscard]] Shown shown(const Cell& cell, const Column& column, bool with_sd,
                          Footnotes& footnotes);

/// Neighbouring columns of `block` under one heading.
struct ColumnSpan {
  std::size_t begin;  ///< into the block
  std::size_t end;
  std::string group;  ///< "" = no heading
};
using ColumnList = std::vector<std::size_t>;
[[nodiscard]] std::vector<ColumnSpan> column_spans(const Table& table, const ColumnList& block);
[[nodiscard]] ColumnList all_columns(const Table& table);
/// Parts of a table that are at most `limit` characters wide, each beginning with the first column.
/// `widths` are those of the columns; a column too wide on its own stays. Columns under one heading
/// stay together where they fit.
[[nodiscard]] std::vector<ColumnList> column_blocks(const Table& table,
                                                    const std::vector<std::size_t>& widths,
                                                    std::size_t limit);
/// Whether columns under one heading stand in two of these parts.
[[nodiscard]] bool tears_a_group(const Table& table, const std::vector<ColumnList>& blocks);
/// Characters that the columns of a block take side by side.
[[nodiscard]] std::size_t block_width(const Table& table, const ColumnList& block,
                                      std::vector<std::size_t> widths);
/// Widens the last column of a group whose heading is wider than its columns.
void widen_for_groups(const Table& table, const ColumnList& block,
                      std::vector<std::size_t>& widths);

/// BrokenInvariant unless every row has one cell for each column.
void check_shape(const Table& table);

/// What moves the text around it (see unsafe_length) as spaces.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace kgaudit::reports
