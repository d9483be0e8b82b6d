#include <fmt/format.h>

#include "reports/document/report_writer.hpp"
#include "reports/looks/html_text.hpp"

namespace kgaudit::reports::formats_roster {
namespace {

/// A number and its per cent sign stay in one line.
std::string with_whole_shares(std::string html) {
  constexpr std::string_view kSign = " %";
  for (std::size_t at = html.find(kSign); at != std::string::npos; at = html.find(kSign, at + 1)) {
    html.replace(at, 1, "&nbsp;");
  }
  return html;
}

std::string html_spans(const Spans& spans) {
  std::string out;
  for (const Span& span : spans) {
    switch (span.style) {
      case Span::Style::kPlain:
        out += with_whole_shares(html_text(span.text));
        break;
      case Span::Style::kStrong:
        out += fmt::format("<strong>{}</strong>", html_text(span.text));
        break;
      case Span::Style::kCode:
        out += fmt::format("<code>{}</code>", html_text(span.text));
        break;
    }
  }
  return out;
}

class Html {
 public:
  void operator()(const Heading& heading) {
    const std::string id = fmt::format("part-{}", ++headings_);
    if (heading.level <= 2) contents_.emplace_back(id, heading.text);
    out_ +=
        fmt::format("<h{0} id=\"{1}\">{2}</h{0}>\n", heading.level, id, html_text(heading.text));
  }
  void operator()(const Paragraph& paragraph) {
    out_ += fmt::format("<p>{}</p>\n", html_spans(paragraph.spans));
  }
  void operator()(const ItemList& list) {
    out_ += "<ul>\n";
    for (const Spans& item : list.items) out_ += fmt::format("<li>{}</li>\n", html_spans(item));
    out_ += "</ul>\n";
  }
  void operator()(const TableBlock& block) {
    const std::string table = render_html(block.table, block.key);
    if (block.folded) {
      out_ += fmt::format("<details><summary>{}</summary>\n{}</details>\n",
                          html_text(block.table.title), table);
    } else {
      (*this)(Heading{block.level, block.table.title});
      out_ += table;
    }
  }
  void operator()(const FigureBlock& figure) {
    const std::string label = figure.title + ". " + figure.caption;
    const std::string picture = inline_svg(figure.svg, figure.key, label);
    out_ += fmt::format("<figure id=\"figure-{}\">\n", figure.key);
    if (!picture.empty()) {
      out_ += fmt::format(
          "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{}\n</div>\n",
          html_text(figure.title), picture);
    }
    if (!picture.empty() && !figure.keys.empty()) {
      // Beside the picture's own key, which lies outside of a narrow screen.
      out_ += "<ul class=\"key\">\n";
      for (const FigureKey& key : figure.keys) {
        out_ += fmt::format("<li><span style=\"color:{}\" aria-hidden=\"true\">{}</span>{}</li>\n",
                            html_text(key.colour), html_text(key.marker), html_text(key.name));
      }
      out_ += "</ul>\n";
    }
    out_ += fmt::format("<figcaption><strong>{}.</strong> {}", html_text(figure.title),
                        html_text(figure.caption));
    if (!figure.not_drawn.empty()) {
      out_ += fmt::format(" No picture: {}.", html_text(figure.not_drawn));
    }
    const std::string place = figure.folder.empty() ? "" : figure.folder + "/";
    out_ += fmt::format(
        " Redraw it with <a href=\"{0}{1}.gp\">{1}.gp</a> from <a "
        "href=\"{0}{1}.dat\">{1}.dat</a>.</figcaption>\n</figure>\n",
        place, figure.key);
  }
  void operator()(const Verbatim& verbatim) {
    out_ += fmt::format("<details><summary>Show the plan</summary>\n<pre>{}</pre></details>\n",
                        html_text(verbatim.text));
  }

  [[nodiscard]] std::string page(const std::string& title) const {
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n"
        "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
        "<header>\n<h1>{0}</h1>\n<nav "
        "aria-label=\"Contents\">\n<details><summary>Contents</summary>\n"
        "<ul>\n",
        html_text(title), html_style());
    for (const auto& [id, text] : contents_) {
      out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, html_text(text));
    }
    out += fmt::format(
        "</ul>\n</details>\n</nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n{}</main>\n"
        "<footer><p>Made by <code>kgaudit report</code> from records alone.</p></footer>\n"
        "<script>{}</script>\n</body>\n</html>\n",
        out_, html_script());
    return out;
  }

 private:
  std::string out_;
  std::vector<std::pair<std::string, std::string>> contents_;
  int headings_ = 0;
};

std::vector<NamedBytes> write_html(const Report& report) {
  const Document& document = report.document;
  Html html;
  for (const Block& block : document.blocks) std::visit(html, block);
  return {{"report.html", html.page(document.title)}};
}

}  // namespace

extern const ReportWriter html;
constinit const ReportWriter html = {
    .id = "html",
    .title = "HTML report",
    .description =
        "The whole report in one page that needs no network: sortable tables, figures, light and "
        "dark.",
    .file_name = "report.html",
    .write = write_html,
};

}  // namespace kgaudit::reports::formats_roster
