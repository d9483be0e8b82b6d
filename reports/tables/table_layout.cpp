#include "reports/tables/table_layout.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/visible.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::size_t kGapWidth = 2;

}  // namespace

std::size_t Footnotes::number_of(const std::string& text) {
  const auto known = std::find(texts_.begin(), texts_.end(), text);
  if (known != texts_.end()) return static_cast<std::size_t>(known - texts_.begin()) + 1;
  texts_.push_back(text);
  return texts_.size();
}

std::string Shown::flat() const {
  return footnote == 0 ? text + mark : fmt::format("{}{} [{}]", text, mark, footnote);
}

Shown shown(const Cell& cell, const Column& column, bool with_sd, Footnotes& footnotes) {
  Shown result;
  if (const auto* text = std::get_if<TextCell>(&cell)) {
    const bool missing = text->text.empty() && column.align == Column::Align::kRight;
    result.text = missing ? "–" : one_line(text->text);
  } else if (const auto* undefined = std::get_if<UndefinedCell>(&cell)) {
    result.text = "undef.";
    result.footnote = footnotes.number_of(undefined->reason);
  } else {
    const auto& number = std::get<NumberCell>(cell);
    const bool interval = column.intervals && number.interval.has_value();
    result.text = summary_text(number.summary, column.decimals, with_sd && !interval);
    if (interval && with_sd) {
      result.text += fmt::format(" [{}, {}]", fixed_text(number.interval->low, column.decimals),
                                 fixed_text(number.interval->high, column.decimals));
    }
    const double smallest = std::pow(10.0, -column.decimals);
    if (column.p_value && number.summary.centre < 0.5 * smallest) {
      result.text = "< " + fixed_text(smallest, column.decimals);
    }
    result.mark = number.mark;
    if (!number.note.empty()) result.footnote = footnotes.number_of(number.note);
    result.best = number.best;
  }
  return result;
}

std::vector<ColumnSpan> column_spans(const Table& table, const ColumnList& block) {
  std::vector<ColumnSpan> spans;
  for (std::size_t i = 0; i < block.size();) {
    const std::string& group = table.columns[block[i]].group;
    std::size_t end = i + 1;
    while (end < block.size() && table.columns[block[end]].group == group) ++end;
    spans.push_back({i, end, group});
    i = end;
  }
  return spans;
}

void widen_for_groups(const Table& table, const ColumnList& block,
                      std::vector<std::size_t>& widths) {
  for (const ColumnSpan& span : column_spans(table, block)) {
    std::size_t width = kGapWidth * (span.end - span.begin - 1);
    for (std::size_t i = span.begin; i < span.end; ++i) width += widths[block[i]];
    const std::size_t needed = display_width(span.group);
    if (needed > width) widths[block[span.end - 1]] += needed - width;
  }
}

std::size_t block_width(const Table& table, const ColumnList& block,
                        std::vector<std::size_t> widths) {
  widen_for_groups(table, block, widths);
  std::size_t width = kGapWidth * (block.empty() ? 0 : block.size() - 1);
  for (const std::size_t c : block) width += widths[c];
  return width;
}

ColumnList all_columns(const Table& table) {
  ColumnList all(table.columns.size());
  for (std::size_t c = 0; c < all.size(); ++c) all[c] = c;
  return all;
}

std::vector<ColumnList> column_blocks(const Table& table, const std::vector<std::size_t>& widths,
                                      std::size_t limit) {
  std::vector<ColumnList> blocks;
  const auto fits = [&](const ColumnList& block) {
    return block_width(table, block, widths) <= limit;
  };
  // Behind what the last block has, or in a new one.
  const auto place = [&](const ColumnList& columns) {
    ColumnList tried = blocks.empty() ? ColumnList{0} : blocks.back();
    tried.insert(tried.end(), columns.begin(), columns.end());
    if (!blocks.empty() && fits(tried)) {
      blocks.back() = std::move(tried);
      return;
    }
    ColumnList alone = {0};
    alone.insert(alone.end(), columns.begin(), columns.end());
    blocks.push_back(std::move(alone));
  };
  ColumnList rest = all_columns(table);
  if (!rest.empty()) rest.erase(rest.begin());
  for (const ColumnSpan& span : column_spans(table, rest)) {
    const ColumnList columns(rest.begin() + static_cast<std::ptrdiff_t>(span.begin),
                             rest.begin() + static_cast<std::ptrdiff_t>(span.end));
    ColumnList alone = {0};
    alone.insert(alone.end(), columns.begin(), columns.end());
    if (!span.group.empty() && fits(alone)) {
      place(columns);
      continue;
    }
    for (const std::size_t column : columns) place({column});
  }
  if (blocks.empty()) blocks.push_back(all_columns(table));
  return blocks;
}

bool tears_a_group(const Table& table, const std::vector<ColumnList>& blocks) {
  for (std::size_t b = 1; b < blocks.size(); ++b) {
    const std::string& before = table.columns[blocks[b - 1].back()].group;
    if (blocks[b].size() > 1 && !before.empty() && table.columns[blocks[b][1]].group == before) {
      return true;
    }
  }
  return false;
}

void check_shape(const Table& table) {
  for (const Row& row : table.rows) {
    KGA_REQUIRE(row.cells.size() == table.columns.size(), "{}: {} cells, {} columns", table.title,
                row.cells.size(), table.columns.size());
  }
}

std::string one_line(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(1, utf8_sequence_length(text.substr(at)));
    const std::string_view character = text.substr(at, length);
    out += unsafe_length(character) > 0 ? std::string_view(" ") : character;
    at += length;
  }
  return out;
}

}  // namespace kgaudit::reports
