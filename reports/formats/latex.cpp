#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/document/report_writer.hpp"
#include "reports/looks/latex_text.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/significance_facts.hpp"
#include "reports/tables/table_choice.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::formats_roster {
namespace {

constexpr const char* kPreamble =
    R"(% Made by kgaudit report; pdflatex, xelatex and lualatex compile it.
\documentclass[10pt,a4paper]{article}
\ifdefined\XeTeXversion\else\ifdefined\directlua\else
  \usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\fi\fi
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{textcomp}
\usepackage[margin=2cm]{geometry}
\usepackage{array,booktabs,graphicx,longtable}
\usepackage{float}\floatplacement{table}{H}\floatplacement{figure}{H}
\setlength{\belowcaptionskip}{5pt}\setlength{\parindent}{0pt}\setlength{\parskip}{4pt}\emergencystretch=3em
)";

std::string latex_spans(const Spans& spans) {
  std::string out;
  for (const Span& span : spans) {
    switch (span.style) {
      case Span::Style::kPlain:
        out += latex_text(span.text);
        break;
      case Span::Style::kStrong:
        out += fmt::format("\\textbf{{{}}}", latex_text(span.text));
        break;
      case Span::Style::kCode:
        out += fmt::format("\\texttt{{{}}}", latex_text(span.text));
        break;
    }
  }
  return out;
}

class Latex {
 public:
  void operator()(const Heading& heading) {
    const bool chapter = heading.level <= 2;
    out_ += fmt::format("\\{}*{{{}}}\n",
                        chapter ? "section" : (heading.level == 3 ? "subsection" : "subsubsection"),
                        latex_text(heading.text));
  }
  void operator()(const Paragraph& paragraph) { out_ += latex_spans(paragraph.spans) + "\n\n"; }
  void operator()(const ItemList& list) {
    if (list.items.empty()) return;
    out_ += "\\begin{itemize}\n";
    for (const Spans& item : list.items) out_ += fmt::format("\\item {{}}{}\n", latex_spans(item));
    out_ += "\\end{itemize}\n";
  }
  void operator()(const TableBlock& block) { out_ += render_latex(block.table, block.key) + '\n'; }
  void operator()(const FigureBlock& figure) {
    if (!figure.not_drawn.empty()) {
      out_ += fmt::format("Figure \\emph{{{}}}: no picture ({}).\n\n", latex_text(figure.title),
                          latex_text(figure.not_drawn));
      return;
    }
    const std::string place = figure.folder.empty() ? "" : figure.folder + "/";
    out_ += fmt::format(
        "\\begin{{figure}}\n\\centering\n\\IfFileExists{{{0}{1}.pdf}}"
        "{{\\includegraphics[width=.85\\linewidth,height=.42\\textheight,keepaspectratio]"
        "{{{0}{1}.pdf}}}}"
        "{{(\\texttt{{{2}}} is missing)}}\n\\caption{{{3}. {4}}}\\label{{fig:{1}}}\n"
        "\\end{{figure}}\n\n",
        place, figure.key, latex_text(place + figure.key + ".pdf"), latex_text(figure.title),
        latex_text(figure.caption));
  }
  void operator()(const Verbatim& verbatim) {
    // Not the verbatim environment: user text could end it.
    out_ += "\\begin{flushleft}\\ttfamily\\scriptsize\\setlength{\\parskip}{0pt}\n";
    std::size_t begin = 0;
    while (begin <= verbatim.text.size()) {
      const std::size_t end = std::min(verbatim.text.find('\n', begin), verbatim.text.size());
      const std::string_view line = std::string_view(verbatim.text).substr(begin, end - begin);
      const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
      out_ += fmt::format("\\hspace*{{{}ex}}{}\\par\n", indent, latex_text(line.substr(indent)));
      begin = end + 1;
    }
    out_ += "\\end{flushleft}\n";
  }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  std::string out_;
};

/// "0.012": the largest standard deviation over seeds of the figures that share a scale, which are
/// those without a unit, at three decimals; "" if none.
std::string largest_sd(const Table& table) {
  std::optional<double> largest;
  for (const Row& row : table.rows) {
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      const auto* number = std::get_if<NumberCell>(&row.cells[c]);
      const Column& column = table.columns[c];
      // A ratio of times has no unit and is on another scale.
      if (number == nullptr || !column.unit.empty() || column.key.starts_with("time.")) continue;
      if (number->summary.sd) largest = std::max(largest.value_or(0.0), *number->summary.sd);
    }
  }
  return largest ? fixed_text(*largest, 3) : "";
}

bool any_cell(const Table& table, const std::function<bool(const Cell&, const Column&)>& wanted) {
  return std::ranges::any_of(table.rows, [&](const Row& row) {
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      if (wanted(row.cells[c], table.columns[c])) return true;
    }
    return false;
  });
}

/// Why cells of a table have no value, in words; "" if all have one.
std::string undefined_words(const Table& table) {
  constexpr std::size_t kReasonsOfCaption = 2;
  std::vector<std::string> reasons;
  for (const Row& row : table.rows) {
    for (const Cell& cell : row.cells) {
      const auto* undefined = std::get_if<UndefinedCell>(&cell);
      if (undefined == nullptr) continue;
      if (std::ranges::find(reasons, undefined->reason) == reasons.end()) {
        reasons.push_back(undefined->reason);
      }
    }
  }
  if (reasons.empty()) return "";
  return reasons.size() > kReasonsOfCaption ? "measured, without a value"
                                            : fmt::format("{}", fmt::join(reasons, "; "));
}

/// What the table shows beside numbers, and nothing that it does not show.
std::string paper_caption(const RunRecord& record, const Table& table) {
  const std::size_t seeds = seeds_of(record).size();
  const std::string sd = largest_sd(table);
  std::string caption = fmt::format(
      "Quality, time and bias on {}{}, mean over {} seed{}{}.", record.run.dataset,
      ranks_validation(record) ? " (validation triples)" : "", seeds, seeds == 1 ? "" : "s",
      sd.empty() ? ""
                 : fmt::format(" (largest standard deviation of figures without a unit {})", sd));
  const bool auc = std::ranges::any_of(table.columns, [](const Column& column) {
    return column.group.find("AUC") != std::string::npos;
  });
  if (auc) caption += " For AUC, 0.5 is a guess.";
  caption += " Bold: best.";
  const bool stars = any_cell(table, [](const Cell& cell, const Column&) {
    const auto* number = std::get_if<NumberCell>(&cell);
    return number != nullptr && !number->mark.empty();
  });
  if (stars) {
    const SignificanceMarks marks(record);
    caption += fmt::format(" *: differs from {}, {}.", marks.reference(), marks.how());
  }
  const std::string undefined = undefined_words(table);
  if (!undefined.empty()) caption += fmt::format(" undef.: {}.", undefined);
  const bool dashes = any_cell(table, [](const Cell& cell, const Column& column) {
    const auto* text = std::get_if<TextCell>(&cell);
    return text != nullptr && text->text.empty() && column.align == Column::Align::kRight;
  });
  if (dashes) caption += " –: not measured.";
  return caption;
}

/// The comparison as a paper shows it: few columns, a short caption, over both columns of the page.
std::string paper_table(const RunRecord& record, const TableChoice& choice) {
  const Table chosen = chosen_comparison(record, choice);
  const Table table = choice.any() ? chosen : short_comparison(chosen);
  return "% The comparison for a two-column paper: \\input{paper}\n"
         "% Needs \\usepackage{array,booktabs,graphicx} and the T1 font encoding. Run pdflatex "
         "twice.\n" +
         latex_definitions() +
         render_latex_for_paper(table, "comparison-paper", paper_caption(record, table));
}

std::vector<NamedBytes> write_latex(const Report& report) {
  const Document& document = report.document;
  Latex latex;
  for (const Block& block : document.blocks) std::visit(latex, block);
  std::string whole =
      kPreamble + latex_definitions() +
      fmt::format("\\begin{{document}}\n\\begin{{center}}\\LARGE {}\\end{{center}}\n",
                  latex_text(document.title)) +
      latex.text() + "\\end{document}\n";
  std::string tables =
      "% The comparison tables alone, for \\input in a paper.\n"
      "% Needs \\usepackage{array,booktabs,graphicx,longtable} and the T1 font encoding.\n" +
      latex_definitions();
  for (const Block& block : document.blocks) {
    const auto* table = std::get_if<TableBlock>(&block);
    if (table != nullptr && table->key.ends_with("comparison")) {
      tables += render_latex(table->table, table->key);
    }
  }
  std::vector<NamedBytes> files = {{"report.tex", std::move(whole)}};
  if (report.records.empty()) return files;
  files.push_back({"comparison.tex", std::move(tables)});
  files.push_back({"paper.tex", paper_table(report.records.front(), report.options.choice)});
  return files;
}

}  // namespace

extern const ReportWriter latex;
constinit const ReportWriter latex = {
    .id = "latex",
    .title = "LaTeX report",
    .description =
        "The whole report as a document with booktabs tables, the comparison alone, and its short "
        "form for a two-column paper.",
    .file_name = "report.tex",
    .write = write_latex,
};

}  // namespace kgaudit::reports::formats_roster
