#include "reports/tables/table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/json_text.hpp"
#include "reports/tables/table_layout.hpp"
#include "suite/base/error.hpp"
#include "suite/base/median.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string padded(std::string_view text, std::size_t width, Column::Align align) {
  const std::size_t used = display_width(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return align == Column::Align::kLeft ? std::string(text) + space : space + std::string(text);
}

std::string without_trailing_space(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
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
      layout.widths[c] = std::max(layout.widths[c], display_width(line.back().flat()));
    }
    layout.cells.push_back(std::move(line));
  }
  return layout;
}

std::string group_line(const Table& table, const ColumnList& block,
                       const std::vector<std::size_t>& widths) {
  std::string line;
  bool any = false;
  for (const ColumnSpan& span : column_spans(table, block)) {
    std::size_t width = kGap.size() * (span.end - span.begin - 1);
    for (std::size_t i = span.begin; i < span.end; ++i) width += widths[block[i]];
    if (span.begin != 0) line += kGap;
    any = any || !span.group.empty();
    const std::size_t left = (width - std::min(width, display_width(span.group))) / 2;
    line += padded(std::string(left, ' ') + span.group, width, Column::Align::kLeft);
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
      const std::string text = padded(cell.flat(), widths[block[i]], table.columns[block[i]].align);
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

bool is_word(char c) {
  return is_ascii_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// Whether GitHub or GitLab would make a link or a mention from what goes on after line[at]. They
/// look for it after escapes are resolved, so only a character that shows nothing keeps it apart.
bool begins_reference(std::string_view line, std::size_t at) {
  const std::string_view rest = line.substr(at + 1);
  const auto goes_on = [&](std::size_t i) { return i < rest.size() && is_word(rest[i]); };
  switch (line[at]) {
    case '@': {
      if (at == 0 || !is_word(line[at - 1])) return !rest.empty() && rest[0] != ' ';
      // An address, unless a number is all that follows: "H@10" notifies nobody.
      const std::size_t end = std::min(rest.find_first_not_of("0123456789"), rest.size());
      const bool joined =
          end < rest.size() && std::string_view("._-").find(rest[end]) != std::string_view::npos;
      return goes_on(end) || (joined && goes_on(end + 1));
    }
    case '#':
      return goes_on(0);
    case ':':
      return rest.starts_with("//");
    case 'w':
    case 'W':
      return rest.starts_with('.') && at >= 2 && (line[at - 1] | 0x20) == 'w' &&
             (line[at - 2] | 0x20) == 'w';
    default:
      return false;
  }
}

}  // namespace

Summary summarise(std::span<const double> values, Centre centre) {
  KGA_REQUIRE(!values.empty(), "no values");
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += value;
  double mean = sum / n;
  if (!std::isfinite(mean)) {
    // Finite numbers whose sum is none: a record of somebody else's may hold them.
    mean = 0.0;
    for (const double value : values) mean += value / n;
  }
  Summary summary;
  summary.seeds = values.size();
  summary.centre = centre == Centre::kMedian ? median(values) : mean;
  if (values.size() > 1) {
    double squares = 0.0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double sd = std::sqrt(squares / (n - 1.0));
    if (std::isfinite(sd)) summary.sd = sd;
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

Column text_column(std::string key, std::string header) {
  return {.key = std::move(key), .header = std::move(header), .align = Column::Align::kLeft};
}

Column count_column(std::string key, std::string header) {
  Column column = {.key = std::move(key), .header = std::move(header), .decimals = 0};
  column.unit = column.header;
  return column;
}

Cell number_cell(double value) { return NumberCell{.summary = {value, std::nullopt, 1}}; }

Cell number_cell(const std::optional<double>& value, const std::string& reason) {
  if (!value) return UndefinedCell{reason};
  return NumberCell{.summary = summarise({&*value, 1})};
}

Cell count_cell(std::uint64_t count) { return number_cell(static_cast<double>(count)); }

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
      if (!row.reference && number->rival) rivals.push_back(number);
    }
    if (rivals.size() < 2) continue;
    const auto looks = [&](const NumberCell* cell) {
      return summary_text({cost(cell->summary.centre), std::nullopt, 1}, column.decimals);
    };
    const auto* best = *std::min_element(rivals.begin(), rivals.end(),
                                         [&](const NumberCell* a, const NumberCell* b) {
                                           return cost(a->summary.centre) < cost(b->summary.centre);
                                         });
    const auto rounded = [&](double value) { return fixed_text(value, column.decimals); };
    if (column.floor && (best->summary.centre <= *column.floor ||
                         rounded(best->summary.centre) == rounded(*column.floor))) {
      continue;
    }
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
    blocks = column_blocks(table, layout.widths, style.width);
    const bool still_too_wide = std::any_of(blocks.begin(), blocks.end(), [&](const ColumnList& b) {
      return block_width(table, b, layout.widths) > style.width;
    });
    if ((still_too_wide || tears_a_group(table, blocks)) && has_sd(table)) {
      layout = lay_out(table, false);
      remarks.push_back(
          fmt::format("± sd left out to fit; the whole table takes {} columns.", full));
      blocks = column_blocks(table, layout.widths, style.width);
    }
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (b != 0) out += '\n';
    out += render_block(table, layout, blocks[b], style.ansi);
  }
  const auto paragraph = [&](std::string_view text, std::size_t indent) {
    out += wrapped(one_line(text), indent, style.width, 0) + '\n';
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
  const std::string line = one_line(text);
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    // Angle brackets and ampersands as entities: raw HTML must not pass. A backslash before the
    // others is what CommonMark and GitHub's tables take.
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|~#$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
    if (begins_reference(line, at)) out += "&#8203;";
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
      const std::string text = markdown_text(cell.flat());
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

namespace {

// What the numbers of a column bring along beside value, deviation, seeds and reason.
struct Extras {
  bool numbers = false;
  bool intervals = false;
  bool n = false;
  bool marks = false;
  bool releases = false;
};

Extras extras_of(const Table& table, std::size_t c) {
  Extras extras;
  for (const Row& row : table.rows) {
    extras.numbers = extras.numbers || !std::holds_alternative<TextCell>(row.cells[c]);
    const auto* number = std::get_if<NumberCell>(&row.cells[c]);
    if (number == nullptr) continue;
    extras.intervals = extras.intervals || number->interval.has_value();
    extras.n = extras.n || number->n.has_value();
    extras.marks = extras.marks || !number->mark.empty();
    extras.releases = extras.releases || !number->release.empty();
  }
  return extras;
}

std::vector<std::string_view> parts_of(const Extras& extras) {
  std::vector<std::string_view> parts;
  if (extras.numbers) parts = {"_sd", "_seeds", "_undefined"};
  if (extras.intervals) parts.insert(parts.end(), {"_low", "_high"});
  if (extras.n) parts.emplace_back("_n");
  if (extras.marks) parts.emplace_back("_mark");
  if (extras.releases) parts.emplace_back("_release");
  return parts;
}

// The fields of one cell: the value and one for each of its column's parts.
std::vector<std::string> csv_cell(const Cell& cell, const Extras& extras) {
  std::vector<std::string> fields(parts_of(extras).size() + 1);
  if (const auto* text = std::get_if<TextCell>(&cell)) {
    fields[0] = csv_field(text->text);
  } else if (const auto* undefined = std::get_if<UndefinedCell>(&cell)) {
    fields[2] = "0";
    fields[3] = csv_field(undefined->reason);
  } else {
    const auto& number = std::get<NumberCell>(cell);
    const Summary& s = number.summary;
    fields[0] = number_text(s.centre);
    if (s.sd) fields[1] = number_text(*s.sd);
    fields[2] = fmt::to_string(s.seeds);
    fields[3] = csv_field(number.note);
    std::size_t at = 4;
    if (extras.intervals) {
      if (number.interval) {
        fields[at] = number_text(number.interval->low);
        fields[at + 1] = number_text(number.interval->high);
      }
      at += 2;
    }
    if (extras.n) {
      if (number.n) fields[at] = fmt::to_string(*number.n);
      ++at;
    }
    if (extras.marks) fields[at++] = csv_field(number.mark);
    if (extras.releases) fields[at] = csv_field(number.release);
  }
  return fields;
}

}  // namespace

std::string render_csv(const Table& table) {
  check_shape(table);
  std::vector<Extras> extras;
  std::vector<std::string> line;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    extras.push_back(extras_of(table, c));
    line.push_back(csv_field(table.columns[c].key));
    for (const std::string_view part : parts_of(extras[c])) {
      line.push_back(csv_field(fmt::format("{}{}", table.columns[c].key, part)));
    }
  }
  std::string out = fmt::format("{}\r\n", fmt::join(line, ","));
  for (const Row& row : table.rows) {
    line.clear();
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      for (std::string& field : csv_cell(row.cells[c], extras[c])) line.push_back(std::move(field));
    }
    out += fmt::format("{}\r\n", fmt::join(line, ","));
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
        if (number.interval) {
          json.key("interval").open_object();
          json.key("low").number(number.interval->low).key("high").number(number.interval->high);
          json.key("level").number(number.interval->level);
          json.key("method").text(number.interval->method).close();
        }
        if (number.n) json.key("n").whole(*number.n);
        if (!number.release.empty()) json.key("release").text(number.release);
        if (!number.mark.empty()) json.key("mark").text(number.mark);
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
