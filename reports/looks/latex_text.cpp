#include "reports/looks/latex_text.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/table_layout.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

// Characters of a line of \footnotesize on a page of 17 cm.
constexpr std::size_t kLineWidth = 104;
constexpr std::size_t kWideText = 34;
constexpr std::size_t kLinesOfOnePage = 50;
constexpr std::size_t kLineOfWideText = 44;  // characters that a line of a wide column holds
// Longer words, such as hashes, may break anywhere.
constexpr std::size_t kLongWord = 16;

std::uint32_t code_point(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0);
  std::uint32_t value = byte(0) & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) value = value << 6U | (byte(i) & 0x3FU);
  return value;
}

constexpr std::array<std::pair<std::uint32_t, const char*>, 22> kSymbols = {{
    {0xA0, "~"},
    {0xB0, "$^\\circ$"},
    {0xB1, "$\\pm$"},
    {0xB7, "$\\cdot$"},
    {0xD7, "$\\times$"},
    {0x394, "$\\Delta$"},
    {0x3B1, "$\\alpha$"},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2013, "--"},
    {0x2014, "---"},
    {0x2018, "`"},
    {0x2019, "'"},
    {0x201C, "``"},
    {0x201D, "''"},
    {0x2026, "\\dots{}"},
    {0x2190, "$\\leftarrow$"},
    {0x2191, "$\\uparrow$"},
    {0x2192, "$\\rightarrow$"},
    {0x2193, "$\\downarrow$"},
    {0x2264, "$\\leq$"},
    {0x2265, "$\\geq$"},
}};

// Letters of Latin-1 and Latin Extended-A that the T1 encoding has.
bool is_latin_letter(std::uint32_t c) {
  constexpr std::array<std::uint32_t, 10> kMissing = {0xD7,  0xF7,  0x126, 0x127, 0x138,
                                                      0x13F, 0x140, 0x149, 0x166, 0x167};
  return c >= 0xC0 && c <= 0x17E &&
         std::find(kMissing.begin(), kMissing.end(), c) == kMissing.end();
}

std::string ascii(char c) {
  switch (c) {
    case '\\':
      return "\\textbackslash{}";
    case '{':
    case '}':
    case '%':
    case '&':
    case '#':
    case '$':
      return std::string("\\") + c;
    case '_':
      return "\\_\\allowbreak{}";
    case '/':
    case '.':
      return c + std::string("\\allowbreak{}");
    case '^':
      return "\\textasciicircum{}";
    case '~':
      return "\\textasciitilde{}";
    case '<':
      return "\\textless{}";
    case '>':
      return "\\textgreater{}";
    case '|':
      return "\\textbar{}";
    case '"':
      return "\\textquotedbl{}";
    case '`':
      return "\\textasciigrave{}";
    // After the end of a table row TeX would take these for options.
    case '[':
    case ']':
    case '*':
      return fmt::format("{{{}}}", c);
    // No ligatures: "--" stays two hyphens.
    case '-':
      return "-{}";
    default:
      return {c};
  }
}

// "1.25 ± 0.50": decimal points do not break, and a minus is no hyphen.
std::string number(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text.substr(at)), 1);
    const std::string_view sequence = text.substr(at, length);
    if (sequence == "-") {
      out += "$-$";
    } else if (sequence == " ") {
      out += "~";
    } else if (sequence == "[" || sequence == "]" || sequence == "." || sequence == ",") {
      out += sequence == "[" ? "{[}" : std::string(sequence);
    } else {
      out += latex_text(sequence);
    }
    at += length;
  }
  return out;
}

struct LaidOut {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  Footnotes footnotes;
};

LaidOut lay_out(const Table& table) {
  LaidOut result;
  for (const Column& column : table.columns) result.widths.push_back(display_width(column.header));
  for (const Row& row : table.rows) {
    std::vector<std::string> line;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      const Shown cell = shown(row.cells[c], table.columns[c], true, result.footnotes);
      const bool text = std::holds_alternative<TextCell>(row.cells[c]);
      std::string out = text ? latex_text(cell.text) : number(cell.text);
      if (cell.best) out = fmt::format("\\textbf{{{}}}", out);
      if (!cell.mark.empty()) out += fmt::format("\\textsuperscript{{{}}}", latex_text(cell.mark));
      if (cell.footnote != 0) out += fmt::format("\\textsuperscript{{{}}}", cell.footnote);
      result.widths[c] =
          std::max(result.widths[c], std::min(display_width(cell.flat()), kWideText));
      line.push_back(std::move(out));
    }
    result.cells.push_back(std::move(line));
  }
  return result;
}

bool is_wide(const Table& table, std::size_t c) {
  return std::any_of(table.rows.begin(), table.rows.end(), [c](const Row& row) {
    const auto* text = std::get_if<TextCell>(&row.cells[c]);
    return text != nullptr && display_width(text->text) > kWideText;
  });
}

/// Lines that the rows take: a wide text is broken.
std::size_t lines_of(const Table& table) {
  std::size_t lines = 0;
  for (const Row& row : table.rows) {
    std::size_t most = 1;
    for (const Cell& cell : row.cells) {
      const auto* text = std::get_if<TextCell>(&cell);
      if (text == nullptr) continue;
      most = std::max(most, (display_width(text->text) + kLineOfWideText - 1) / kLineOfWideText);
    }
    lines += most;
  }
  return lines;
}

std::string column_types(const Table& table, const ColumnList& block) {
  std::string types = "@{}";
  for (const std::size_t c : block) {
    if (table.columns[c].align == Column::Align::kRight) {
      types += 'r';
    } else {
      types += is_wide(table, c) ? ">{\\raggedright\\arraybackslash}p{7cm}" : "l";
    }
  }
  return types + "@{}";
}

std::string heading_rows(const Table& table, const ColumnList& block) {
  std::string groups;
  std::string rules;
  bool any = false;
  for (const ColumnSpan& span : column_spans(table, block)) {
    if (span.begin != 0) groups += " & ";
    const std::size_t columns = span.end - span.begin;
    if (span.group.empty()) {
      if (columns > 1) groups += fmt::format("\\multicolumn{{{}}}{{c}}{{}}", columns);
      continue;
    }
    any = true;
    groups += fmt::format("\\multicolumn{{{}}}{{c}}{{{}}}", columns, latex_text(span.group));
    rules += fmt::format("\\cmidrule(lr){{{}-{}}}", span.begin + 1, span.end);
  }
  std::string out;
  if (any) out += groups + " \\\\\n" + rules + '\n';
  for (std::size_t i = 0; i < block.size(); ++i) {
    const Column& column = table.columns[block[i]];
    if (i != 0) out += " & ";
    const bool left = column.align == Column::Align::kLeft;
    out += left ? latex_text(column.header)
                : fmt::format("\\multicolumn{{1}}{{r}}{{{}}}", latex_text(column.header));
  }
  return out + " \\\\\n\\midrule\n";
}

std::string body_rows(const Table& table, const LaidOut& laid_out, const ColumnList& block) {
  std::string out;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (i != 0) out += " & ";
      out += laid_out.cells[r][block[i]];
    }
    out += " \\\\\n";
    const bool last = r + 1 == table.rows.size();
    if (!last && table.rows[r].reference != table.rows[r + 1].reference) out += "\\midrule\n";
  }
  return out;
}

std::string below(const Table& table, const LaidOut& laid_out) {
  std::string out;
  const auto line = [&out](const std::string& text) {
    out += fmt::format("\\par{{\\footnotesize {}\\par}}\n", text);
  };
  for (std::size_t i = 0; i < laid_out.footnotes.texts().size(); ++i) {
    line(fmt::format("\\textsuperscript{{{}}} {}", i + 1,
                     latex_text(laid_out.footnotes.texts()[i])));
  }
  for (const std::string& note : table.notes) line(latex_text(note));
  return out;
}

}  // namespace

std::string latex_text(std::string_view text) {
  std::string out;
  std::size_t in_word = 0;
  const std::string line = one_line(text);
  for (std::size_t at = 0; at < line.size();) {
    const std::string_view rest = std::string_view(line).substr(at);
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(rest), 1);
    const std::string_view sequence = rest.substr(0, length);
    at += length;
    if (length == 1) {
      const char c = sequence.front();
      in_word = is_ascii_letter_or_digit(c) ? in_word + 1 : 0;
      if (in_word > kLongWord && in_word % 4 == 1) out += "\\allowbreak{}";
      out += ascii(c);
      continue;
    }
    const std::uint32_t c = code_point(sequence);
    const auto* symbol = std::find_if(kSymbols.begin(), kSymbols.end(),
                                      [c](const auto& known) { return known.first == c; });
    if (symbol != kSymbols.end()) {
      out += symbol->second;
    } else if (is_latin_letter(c)) {
      out += sequence;
    } else {
      out += fmt::format("\\kgauditchar{{{:04X}}}", c);
    }
  }
  return out;
}

std::string latex_definitions() {
  return R"(\providecommand{\kgauditchar}[1]{}
\DeclareRobustCommand{\kgauditchar}[1]{%
  \ifdefined\XeTeXversion\symbol{"#1}\else\ifdefined\directlua\symbol{"#1}\else
  {\scriptsize U+#1}\fi\fi}
\ifdefined\kgauditbox\else\newsavebox{\kgauditbox}\fi
\providecommand{\kgauditfit}[1]{\sbox{\kgauditbox}{#1}%
  \ifdim\wd\kgauditbox>\linewidth\resizebox{\linewidth}{!}{\usebox{\kgauditbox}}%
  \else\usebox{\kgauditbox}\fi}
)";
}

std::string render_latex(const Table& table, std::string_view key) {
  check_shape(table);
  const LaidOut laid_out = lay_out(table);
  const bool fits = block_width(table, all_columns(table), laid_out.widths) <= kLineWidth * 5 / 4;
  const std::vector<ColumnList> blocks = fits ? std::vector<ColumnList>{all_columns(table)}
                                              : column_blocks(table, laid_out.widths, kLineWidth);
  std::string caption = latex_text(table.title) + '.';
  if (!table.caption.empty()) caption += ' ' + latex_text(table.caption);
  // A part takes about as much as five rows more for its headings.
  const bool long_table = (lines_of(table) + 5) * blocks.size() > kLinesOfOnePage;
  std::string out;
  if (!long_table) {
    out += fmt::format(
        "\\begin{{table}}\n\\centering\\footnotesize\\setlength{{\\tabcolsep}}{{4pt}}\n"
        "\\caption{{{}}}\\label{{tab:{}}}\n",
        caption, key);
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::string types = column_types(table, blocks[b]);
    const std::string headings = heading_rows(table, blocks[b]);
    const std::string body = body_rows(table, laid_out, blocks[b]);
    if (long_table) {
      // Its caption and headings come again on every page; only the first has the whole caption.
      out += "{\\scriptsize\\setlength{\\tabcolsep}{3pt}\n";
      out += fmt::format("\\begin{{longtable}}{{{}}}\n", types);
      if (b == 0) {
        out += fmt::format("\\caption{{{}}}\\label{{tab:{}}}\\\\\n", caption, key);
      }
      out += fmt::format("\\toprule\n{0}\\endfirsthead\n\\toprule\n{0}\\endhead\n", headings);
      out += "\\bottomrule\n\\endfoot\n" + body + "\\end{longtable}}\n";
    } else {
      if (b != 0) out += "\\par\\medskip\n";
      out += fmt::format(
          "\\kgauditfit{{\\begin{{tabular}}{{{}}}\n\\toprule\n{}{}\\bottomrule\n\\end{{tabular}}}}"
          "\n",
          types, headings, body);
    }
  }
  out += below(table, laid_out);
  if (!long_table) out += "\\end{table}\n";
  return out;
}

std::string render_latex_for_paper(const Table& table, std::string_view key,
                                   std::string_view caption) {
  check_shape(table);
  Table means = table;
  for (Row& row : means.rows) {
    for (Cell& cell : row.cells) {
      if (auto* number = std::get_if<NumberCell>(&cell)) {
        number->summary.sd.reset();
        number->interval.reset();
        number->note.clear();
      } else if (std::holds_alternative<UndefinedCell>(cell)) {
        cell = TextCell{"undef."};  // without its footnote
      }
    }
  }
  const LaidOut laid_out = lay_out(means);
  const ColumnList all = all_columns(means);
  return fmt::format(
      "\\begin{{table*}}\n\\centering\\footnotesize\\setlength{{\\tabcolsep}}{{4pt}}\n"
      "\\kgauditfit{{\\begin{{tabular}}{{{}}}\n\\toprule\n{}{}\\bottomrule\n\\end{{tabular}}}}\n"
      "\\caption{{{}}}\\label{{tab:{}}}\n\\end{{table*}}\n",
      column_types(means, all), heading_rows(means, all), body_rows(means, laid_out, all),
      latex_text(caption), key);
}

}  // namespace kgaudit::reports
