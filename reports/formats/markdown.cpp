#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "reports/document/report_writer.hpp"
#include "reports/document/shortened_markdown.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports::formats_roster {
namespace {

// A code span whose text may hold backticks.
std::string code_span(std::string_view text) {
  std::string fence = "`";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  std::string flat(text);
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  const bool touching = flat.starts_with('`') || flat.ends_with('`');
  return touching ? fence + " " + flat + " " + fence : fence + flat + fence;
}

std::string markdown_spans(const Spans& spans) {
  std::string out;
  for (const Span& span : spans) {
    switch (span.style) {
      case Span::Style::kPlain:
        out += markdown_text(span.text);
        break;
      case Span::Style::kStrong:
        // Blanks inside the stars would undo the emphasis.
        if (span.text.ends_with(' ')) {
          out += fmt::format("**{}** ", markdown_text(span.text.substr(0, span.text.size() - 1)));
        } else {
          out += fmt::format("**{}**", markdown_text(span.text));
        }
        break;
      case Span::Style::kCode:
        out += code_span(span.text);
        break;
    }
  }
  return out;
}

class Markdown {
 public:
  void operator()(const Heading& heading) {
    out_ += fmt::format("{} {}\n\n", std::string(static_cast<std::size_t>(heading.level), '#'),
                        markdown_text(heading.text));
  }
  void operator()(const Paragraph& paragraph) { out_ += markdown_spans(paragraph.spans) + "\n\n"; }
  void operator()(const ItemList& list) {
    for (const Spans& item : list.items) out_ += fmt::format("- {}\n", markdown_spans(item));
    out_ += '\n';
  }
  void operator()(const TableBlock& block) {
    if (block.folded) {
      out_ += fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n\n",
                          markdown_text(block.table.title), render_markdown(block.table, 0));
    } else {
      out_ += render_markdown(block.table, block.level) + '\n';
    }
  }
  void operator()(const FigureBlock& figure) {
    if (!figure.not_drawn.empty()) {
      out_ += fmt::format("*{}*: no picture ({}).\n\n", markdown_text(figure.title),
                          markdown_text(figure.not_drawn));
      return;
    }
    const std::string place = figure.folder.empty() ? "" : figure.folder + "/";
    out_ += fmt::format("![{}]({}{}.svg)\n\n{}\n\n", markdown_text(figure.title), place, figure.key,
                        markdown_text(figure.caption));
  }
  void operator()(const Verbatim& verbatim) {
    std::string fence = "```";
    while (verbatim.text.find(fence) != std::string::npos) fence += '`';
    out_ += fmt::format("{}{}\n{}\n{}\n\n", fence, verbatim.language, verbatim.text, fence);
  }
  std::string take() {
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::move(out_);
  }

 private:
  std::string out_;
};

std::vector<NamedBytes> write_markdown(const Report& report) {
  const Document& document = report.document;
  Markdown markdown;
  markdown(Heading{1, document.title});
  for (const Block& block : document.blocks) std::visit(markdown, block);
  std::string bytes = markdown.take();
  if (const auto& most = report.options.markdown_bytes) bytes = shortened_markdown(bytes, *most);
  return {{"report.md", std::move(bytes)}};
}

}  // namespace

extern const ReportWriter markdown;
constinit const ReportWriter markdown = {
    .id = "markdown",
    .title = "Markdown report",
    .description = "The whole report in one file, for reading and for pull requests.",
    .file_name = "report.md",
    .write = write_markdown,
};

}  // namespace kgaudit::reports::formats_roster
