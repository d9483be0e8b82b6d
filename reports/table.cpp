#include "reports/table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "reports/json_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

// The footnotes of one rendering, numbered in the order in which the cells call for them. Cells
// with the same reason share a footnote.
class Footnotes {
 public:
  std::size_t number_of(const std::string& text) {
    const auto known = std::find(texts_.begin(), texts_.end(), text);
    if (known != texts_.end()) return static_cast<std::size_t>(known - texts_.begin()) + 1;
    texts_.push_back(text);
    return texts_.size();
  }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

// What a cell shows before alignment and emphasis.
struct Shown {
  std::string text;
  bool best = false;
};

Shown shown(const Cell& cell, const Column& column, bool with_sd, Footnotes& footnotes) {
  if (const auto* text = std::get_if<TextCell>(&cell)) {
    const bool missing = text->text.empty() && column.align == Column::Align::kRight;
    return {missing ? "–" : one_line(text->text), false};
  }
  if (const auto* undefined = std::get_if<UndefinedCell>(&cell)) {
    return {fmt::format("undef. [{}]", footnotes.number_of(undefined->reason)), false};
  }
  const auto& number = std::get<NumberCell>(cell);
  std::string text = summary_text(number.summary, column.decimals, with_sd);
  if (column.intervals && number.interval) {
    text += fmt::format(" [{}, {}]", fixed_text(number.interval->low, column.decimals),
                        fixed_text(number.interval->high, column.decimals));
  }
  if (!number.note.empty()) text += fmt::format(" [{}]", footnotes.number_of(number.note));
  return {text, number.best};
}

void check_shape(const Table& table) {
  for (const Row& row : table.rows) {
    KGA_REQUIRE(row.cells.size() == table.columns.size(), "{}: {} cells, {} columns", table.title,
                row.cells.size(), table.columns.size());
  }
}

std::string padded(std::string_view text, std::size_t width, Column::Align align) {
  const std::size_t used = display_width(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return align == Column::Align::kLeft ? std::string(text) + space : space + std::string(text);
}

std::string without_trailing_space(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// Breaks at spaces; a word longer than the width stands alone.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const std::size_t length = display_width(word);
    if (column != 0 && width != 0 && column + 1 + length > width) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column != 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
  }
  return out;
}

// One layout of a table for terminals: every cell's text and every column's width.
struct Layout {
  std::vector<std::vector<Shown>> cells;
  std::vector<std::size_t> widths;
  Footnotes footnotes;
};

Layout lay_out(const Table& table, bool with_sd) {
  Layout layout;
  for (const Column& column : table.columns) layout.widths.push_back(display_width(column.header));
  for (const Row& row : table.rows) {
    std::vector<Shown> line;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      line.push_back(shown(row.cells[c], table.columns[c], with_sd, layout.footnotes));
      layout.widths[c] = std::max(layout.widths[c], display_width(line.back().text));
    }
    layout.cells.push_back(std::move(line));
  }
  return layout;
}

using ColumnList = std::vector<std::size_t>;

// The heading of a group may be wider than its columns; the last of them gives way.
void widen_for_groups(const Table& table, const ColumnList& block,
                      std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < block.size();) {
    std::size_t end = i + 1;
    std::size_t span = widths[block[i]];
    const std::string& group = table.columns[block[i]].group;
    while (end < block.size() && table.columns[block[end]].group == group) {
      span += kGap.size() + widths[block[end]];
      ++end;
    }
    const std::size_t needed = display_width(group);
    if (needed > span) widths[block[end - 1]] += needed - span;
    i = end;
  }
}

std::size_t block_width(const Table& table, const ColumnList& block,
                        std::vector<std::size_t> widths) {
  widen_for_groups(table, block, widths);
  std::size_t width = kGap.size() * (block.empty() ? 0 : block.size() - 1);
  for (const std::size_t c : block) width += widths[c];
  return width;
}

ColumnList all_columns(const Table& table) {
  ColumnList all(table.columns.size());
  for (std::size_t c = 0; c < all.size(); ++c) all[c] = c;
  return all;
}

// Blocks that fit, each beginning with the first column; a column too wide on its own stays.
std::vector<ColumnList> blocks_of(const Table& table, const std::vector<std::size_t>& widths,
                                  std::size_t limit) {
  std::vector<ColumnList> blocks;
  for (std::size_t c = 1; c < table.columns.size(); ++c) {
    ColumnList tried = blocks.empty() ? ColumnList{0} : blocks.back();
    tried.push_back(c);
    if (blocks.empty()) {
      blocks.push_back(tried);
    } else if (block_width(table, tried, widths) <= limit) {
      blocks.back() = tried;
    } else {
      blocks.push_back({0, c});
    }
  }
  if (blocks.empty()) blocks.push_back(all_columns(table));
  return blocks;
}

std::string group_line(const Table& table, const ColumnList& block,
                       const std::vector<std::size_t>& widths) {
  std::string line;
  bool any = false;
  for (std::size_t i = 0; i < block.size();) {
    const std::string& group = table.columns[block[i]].group;
    std::size_t end = i + 1;
    std::size_t span = widths[block[i]];
    while (end < block.size() && table.columns[block[end]].group == group) {
      span += kGap.size() + widths[block[end]];
      ++end;
    }
    if (i != 0) line += kGap;
    any = any || !group.empty();
    const std::size_t left = (span - std::min(span, display_width(group))) / 2;
    line += padded(std::string(left, ' ') + group, span, Column::Align::kLeft);
    i = end;
  }
  return any ? without_trailing_space(line) + '\n' : "";
}

std::string render_block(const Table& table, const Layout& layout, const ColumnList& block,
                         bool ansi) {
  std::vector<std::size_t> widths = layout.widths;
  widen_for_groups(table, block, widths);
  std::string out = group_line(table, block, widths);
  std::string headings;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const Column& column = table.columns[block[i]];
    if (i != 0) headings += kGap;
    headings += padded(column.header, widths[block[i]], column.align);
  }
  headings = without_trailing_space(headings);
  out += ansi ? fmt::format("{}{}{}\n", kBold, headings, kPlain) : headings + '\n';
  for (const auto& row : layout.cells) {
    std::string line;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Shown& cell = row[block[i]];
      if (i != 0) line += kGap;
      const std::string text = padded(cell.text, widths[block[i]], table.columns[block[i]].align);
      line += cell.best && ansi ? fmt::format("{}{}{}", kBold, text, kPlain) : text;
    }
    out += without_trailing_space(line) + '\n';
  }
  return out;
}

bool has_sd(const Table& table) {
  for (const Row& row : table.rows) {
    for (const Cell& cell : row.cells) {
      const auto* number = std::get_if<NumberCell>(&cell);
      if (number != nullptr && number->summary.sd) return true;
    }
  }
  return false;
}

bool is_numeric(const Table& table, std::size_t c) {
  return std::any_of(table.rows.begin(), table.rows.end(), [c](const Row& row) {
    return !std::holds_alternative<TextCell>(row.cells[c]);
  });
}

}  // namespace

Summary summarise(std::span<const double> values, Centre centre) {
  KGA_REQUIRE(!values.empty(), "no values");
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  Summary summary;
  summary.seeds = values.size();
  summary.centre = mean;
  if (centre == Centre::kMedian) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t half = sorted.size() / 2;
    summary.centre =
        sorted.size() % 2 == 1 ? sorted[half] : sorted[half - 1] / 2.0 + sorted[half] / 2.0;
  }
  if (values.size() > 1) {
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    summary.sd = std::sqrt(squares / (n - 1.0));
  }
  return summary;
}

std::string fixed_text(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  // "-0.000" would claim a sign that the shown digits do not have.
  if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
  return text;
}

std::string summary_text(const Summary& summary, int decimals, bool with_sd) {
  std::string text = fixed_text(summary.centre, decimals);
  if (with_sd && summary.sd) text += " ± " + fixed_text(*summary.sd, decimals);
  return text;
}

void mark_best(Table& table) {
  check_shape(table);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (column.direction == Direction::kDescriptive) continue;
    // Smaller is better for every direction once it is written this way.
    const auto cost = [&column](double value) {
      if (column.direction == Direction::kHigher) return -value;
      return column.direction == Direction::kNearer ? std::abs(value - column.neutral) : value;
    };
    std::vector<NumberCell*> rivals;
    for (Row& row : table.rows) {
      auto* number = std::get_if<NumberCell>(&row.cells[c]);
      if (number == nullptr) continue;
      number->best = false;
      if (!row.reference) rivals.push_back(number);
    }
    if (rivals.size() < 2) continue;
    const auto looks = [&](const NumberCell* cell) {
      return summary_text({cost(cell->summary.centre), std::nullopt, 1}, column.decimals);
    };
    const auto* best = *std::min_element(rivals.begin(), rivals.end(),
                                         [&](const NumberCell* a, const NumberCell* b) {
                                           return cost(a->summary.centre) < cost(b->summary.centre);
                                         });
    const std::string best_looks = looks(best);
    const bool all_equal = std::all_of(rivals.begin(), rivals.end(), [&](const NumberCell* cell) {
      return looks(cell) == best_looks;
    });
    if (all_equal) continue;
    for (NumberCell* cell : rivals) cell->best = looks(cell) == best_looks;
  }
}

std::string render_terminal(const Table& table, const TerminalStyle& style) {
  check_shape(table);
  std::string out;
  if (!table.title.empty()) {
    out += style.ansi ? fmt::format("{}{}{}\n\n", kBold, one_line(table.title), kPlain)
                      : one_line(table.title) + "\n\n";
  }
  std::vector<std::string> remarks;
  Layout layout = lay_out(table, true);
  const std::size_t full = block_width(table, all_columns(table), layout.widths);
  std::vector<ColumnList> blocks = {all_columns(table)};
  if (style.width != 0 && full > style.width) {
    blocks = blocks_of(table, layout.widths, style.width);
    const bool still_too_wide = std::any_of(blocks.begin(), blocks.end(), [&](const ColumnList& b) {
      return block_width(table, b, layout.widths) > style.width;
    });
    if (still_too_wide && has_sd(table)) {
      layout = lay_out(table, false);
      remarks.push_back(fmt::format("± sd left out to fit; all in one takes {} columns.", full));
      blocks = blocks_of(table, layout.widths, style.width);
    }
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (b != 0) out += '\n';
    out += render_block(table, layout, blocks[b], style.ansi);
  }
  const auto paragraph = [&](std::string_view text, std::size_t indent) {
    out += wrapped(one_line(text), style.width, indent) + '\n';
  };
  if (!table.caption.empty() || !layout.footnotes.texts().empty() || !remarks.empty() ||
      !table.notes.empty()) {
    out += '\n';
  }
  if (!table.caption.empty()) paragraph(table.caption, 0);
  for (std::size_t i = 0; i < layout.footnotes.texts().size(); ++i) {
    paragraph(fmt::format("[{}] {}", i + 1, layout.footnotes.texts()[i]), 4);
  }
  for (const std::string& note : table.notes) paragraph(note, 0);
  for (const std::string& remark : remarks) paragraph(remark, 0);
  return out;
}

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    // Angle brackets and ampersands as entities: raw HTML must not pass. A backslash before the
    // others is what CommonMark and GitHub's tables take.
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '@') {
      out += "&#64;";  // a name from the data must not notify a person
    } else {
      if (std::string_view("\\`*_[]|~#$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string render_markdown(const Table& table, int level) {
  check_shape(table);
  std::string out;
  if (level > 0 && !table.title.empty()) {
    out += fmt::format("{} {}\n\n", std::string(static_cast<std::size_t>(level), '#'),
                       markdown_text(table.title));
  }
  Footnotes footnotes;
  std::string headings = "|";
  std::string rule = "|";
  for (const Column& column : table.columns) {
    const std::string both =
        column.group.empty() ? column.header : column.group + " " + column.header;
    headings += fmt::format(" {} |", markdown_text(both));
    rule += column.align == Column::Align::kLeft ? " :-- |" : " --: |";
  }
  out += headings + '\n' + rule + '\n';
  for (const Row& row : table.rows) {
    out += '|';
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      const Shown cell = shown(row.cells[c], table.columns[c], true, footnotes);
      const std::string text = markdown_text(cell.text);
      out += cell.best ? fmt::format(" **{}** |", text) : fmt::format(" {} |", text);
    }
    out += '\n';
  }
  if (!table.caption.empty()) out += fmt::format("\n{}\n", markdown_text(table.caption));
  for (std::size_t i = 0; i < footnotes.texts().size(); ++i) {
    out += fmt::format("\n\\[{}\\] {}\n", i + 1, markdown_text(footnotes.texts()[i]));
  }
  for (const std::string& note : table.notes) out += fmt::format("\n{}\n", markdown_text(note));
  return out;
}

std::string csv_field(std::string_view text) {
  std::string field(text);
  if (!field.empty() &&
      std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos) {
    field.insert(0, 1, '\'');
  }
  if (field.find_first_of(",\"\n\r") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string render_csv(const Table& table) {
  check_shape(table);
  std::string out;
  const auto end_line = [&out] {
    out.back() = '\r';  // in place of the last comma
    out += '\n';
  };
  std::vector<bool> numeric;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    numeric.push_back(is_numeric(table, c));
    const std::string& key = table.columns[c].key;
    out += csv_field(key) + ',';
    if (!numeric[c]) continue;
    for (const char* part : {"_sd", "_seeds", "_undefined"}) out += csv_field(key + part) + ',';
  }
  end_line();
  for (const Row& row : table.rows) {
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      if (const auto* text = std::get_if<TextCell>(&row.cells[c])) {
        out += csv_field(text->text) + (numeric[c] ? ",,,," : ",");
      } else if (const auto* undefined = std::get_if<UndefinedCell>(&row.cells[c])) {
        out += ",,0," + csv_field(undefined->reason) + ',';
      } else {
        const auto& number = std::get<NumberCell>(row.cells[c]);
        const Summary& s = number.summary;
        out += fmt::format("{},{},{},{},", number_text(s.centre), s.sd ? number_text(*s.sd) : "",
                           s.seeds, csv_field(number.note));
      }
    }
    end_line();
  }
  return out;
}

std::string render_json(const Table& table, std::size_t indent) {
  check_shape(table);
  JsonText json(indent);
  json.open_object();
  json.key("title").text(table.title).key("caption").text(table.caption);
  json.key("columns").open_list();
  for (const Column& column : table.columns) {
    json.open_object();
    json.key("key").text(column.key).key("group").text(column.group);
    json.key("header").text(column.header).key("unit").text(column.unit);
    json.key("direction").text(to_text(column.direction)).close();
  }
  json.close();
  json.key("rows").open_list();
  for (const Row& row : table.rows) {
    json.open_object();
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      json.key(table.columns[c].key);
      if (const auto* text = std::get_if<TextCell>(&row.cells[c])) {
        json.text(text->text);
      } else if (const auto* undefined = std::get_if<UndefinedCell>(&row.cells[c])) {
        json.open_object().key("undefined").text(undefined->reason).close();
      } else {
        const auto& number = std::get<NumberCell>(row.cells[c]);
        json.open_object().key("value").number(number.summary.centre);
        if (number.summary.sd) json.key("sd").number(*number.summary.sd);
        json.key("seeds").whole(number.summary.seeds);
        if (!number.note.empty()) json.key("note").text(number.note);
        json.close();
      }
    }
    json.close();
  }
  json.close();
  json.key("notes").open_list();
  for (const std::string& note : table.notes) json.text(note);
  return json.close().close().take();
}

}  // namespace kgaudit::reports
