#include "reports/looks/html_text.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/table_layout.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::string_view kPageStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--dim:#57606a;--line:#d0d7de;--soft:#f6f8fa;--accent:#0550ae;--shade:#0003}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--dim:#9da7b3;--line:#30363d;--soft:#161b22;--accent:#79c0ff;--shade:#fff4}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.25;margin:1.5rem 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-top:.5rem;border-top:1px solid var(--line)}
h3{font-size:1.08rem;margin:1.75rem 0 .5rem}
a{color:var(--accent)}
p,li{max-width:70ch;overflow-wrap:anywhere}
nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
nav details{margin:0}
nav details[open] ul{padding-bottom:.6rem}
nav a{display:inline-block;padding:.15rem 0}
main>ul{padding-left:1.25rem}
main>ul>li{margin:.45rem 0}
main>h2:first-child{margin-top:1.25rem;border-top:0}
.skip{position:absolute;left:-200vw;background:var(--paper);padding:.5rem 1rem}
.skip:focus{left:0;top:0;z-index:2}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px;margin:.5rem 0;max-width:100%}
/* A shade at the side where a table goes on: paper that scrolls with it covers the shade at its ends. */
.scroll{background:linear-gradient(to right,var(--paper) 40%,transparent) left/2.5rem 100% no-repeat local,linear-gradient(to left,var(--paper) 40%,transparent) right/2.5rem 100% no-repeat local,linear-gradient(to right,var(--shade),transparent) left/.9rem 100% no-repeat scroll,linear-gradient(to left,var(--shade),transparent) right/.9rem 100% no-repeat scroll}
.hint{margin:.75rem 0 0;font-size:.8125rem;color:var(--dim)}
.hint[hidden],.paper{display:none}
.scroll:focus-visible,button:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;width:100%}
caption{caption-side:top;text-align:left;padding:.5rem .75rem;color:var(--dim)}
caption span{display:block;position:sticky;left:.75rem;max-width:min(70ch,calc(100vw - 4rem))}
th,td{padding:.3rem .6rem;text-align:right;white-space:nowrap;border-top:1px solid var(--line);vertical-align:baseline}
td.l,th.l{text-align:left;white-space:normal;max-width:26rem;overflow-wrap:break-word}
tbody th.l{min-width:9rem}
thead th{background:var(--soft);font-weight:600}
thead th.g{text-align:center;border-left:1px solid var(--line)}
thead td{background:var(--soft)}
tbody th{font-weight:600;background:var(--paper);position:sticky;left:0;z-index:1}
tbody th.n{min-width:0}
tr.ref td,tr.ref th{color:var(--dim);font-style:italic}
th button{all:unset;cursor:pointer;font:inherit}
th button::after{content:" \2195";color:var(--dim);font-weight:400}
th[aria-sort=ascending] button::after{content:" \2191";color:var(--accent)}
th[aria-sort=descending] button::after{content:" \2193";color:var(--accent)}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.notes{font-size:.8125rem;color:var(--dim);margin:.4rem 0 1.25rem;padding-left:1.25rem}
.notes+.notes,.notes.plain{padding-left:0;list-style:none}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:0 .75rem}
summary{cursor:pointer;padding:.5rem 0;font-weight:600;overflow-wrap:anywhere}
figure{margin:1rem 0}
figure .scroll{padding:.5rem}
figure svg{display:block;width:100%;min-width:34rem;max-width:52rem;height:auto}
figure svg>g>rect:first-of-type{fill:none}
.key{display:none;list-style:none;margin:.25rem 0 .5rem;padding:0;font-size:.8125rem;gap:.1rem 1rem;flex-wrap:wrap}
.key span{display:inline-block;width:1.2em}
@media screen and (prefers-color-scheme:dark){figure svg,.key span{filter:invert(.88) hue-rotate(180deg)}}
figcaption{color:var(--dim);font-size:.875rem;max-width:70ch}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--soft);padding:.1em .3em;border-radius:4px;overflow-wrap:anywhere}
pre{background:var(--soft);padding:.75rem;overflow-x:auto;border-radius:6px;font-size:.8125rem}
@media screen and (max-width:40rem){.key{display:flex}tbody th.l{max-width:8.5rem;min-width:6rem}th,td{padding:.3rem .45rem}}
@page{size:A4 landscape;margin:12mm}
@media print{
:root{color-scheme:light;--ink:#000;--paper:#fff;--dim:#444;--line:#bbb;--soft:#f2f2f2;--accent:#000}
body{font-size:9.5pt;line-height:1.4}
header,main,footer{max-width:none;padding:0}
p,li,figcaption{max-width:none}
table,.notes{font-size:7.5pt}
table{width:auto}
th,td{padding:.12rem .35rem}
td.l,th.l{max-width:9cm}
tbody th,caption span{position:static;max-width:none}
thead{display:table-header-group}
tr,figure,li{break-inside:avoid}
h1,h2,h3,h4,summary,caption{break-after:avoid}
.scroll{overflow:visible;border:0;background:none;margin:.2rem 0}
.screen,.hint,nav,.skip{display:none}
.paper{display:block}
.paper table+table{margin-top:.6rem}
th button::after{content:""}
details{border:0;padding:0}
details::details-content{content-visibility:visible;display:block;height:auto}
summary{list-style:none}
figure svg{min-width:0;max-width:17cm;max-height:14cm}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
}
)";

constexpr std::string_view kScript = R"js(
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const th = button.parentElement, table = th.closest("table"), body = table.tBodies[0];
    const down = th.getAttribute("aria-sort") === "ascending";
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    const at = Number(th.dataset.c), sign = down ? -1 : 1;
    const value = row => row.cells[at].dataset.v;
    const order = (a, b) => {
      const x = value(a), y = value(b);
      // What has no value stays below, whatever the direction.
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
      const both = x !== "" && y !== "" && isFinite(x) && isFinite(y);
      return sign * (both ? x - y : x.localeCompare(y));
    };
    const rows = [...body.rows];
    const kept = rows.filter(row => row.classList.contains("ref"));
    const top = rows.length > 0 && rows[0].classList.contains("ref");
    const moved = rows.filter(row => !row.classList.contains("ref")).sort(order);
    body.append(...(top ? [...kept, ...moved] : [...moved, ...kept]));
  });
}
for (const box of document.querySelectorAll(".scroll")) {
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = "Wider than the screen: scroll it sideways \u2192";
  box.before(hint);
  const check = () => { hint.hidden = box.scrollWidth <= box.clientWidth + 1; };
  new ResizeObserver(check).observe(box);
  check();
}
// Paper has nothing to open.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not([open])")) {
    fold.open = true;
    fold.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("details[data-printed]")) {
    fold.open = false;
    delete fold.dataset.printed;
  }
});
)js";

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string class_of(const Column& column) {
  return column.align == Column::Align::kLeft ? " class=\"l\"" : "";
}

/// Whether a table is one that the reader can sort, or a part of it for print.
enum class Use { kScreen, kPrint };

std::string headings(const Table& table, const ColumnList& block, Use use) {
  const auto spans = column_spans(table, block);
  std::string groups;
  bool any = false;
  for (const ColumnSpan& span : spans) {
    const std::size_t columns = span.end - span.begin;
    any = any || !span.group.empty();
    groups += span.group.empty()
                  ? fmt::format("<td colspan=\"{}\"></td>", columns)
                  : fmt::format("<th class=\"g\" scope=\"colgroup\" colspan=\"{}\">{}</th>",
                                columns, html_text(span.group));
  }
  std::string out = "<thead>\n";
  if (any) out += "<tr>" + groups + "</tr>\n";
  out += "<tr>";
  for (const std::size_t c : block) {
    const std::string header = html_text(table.columns[c].header);
    out += use == Use::kPrint
               ? fmt::format("<th scope=\"col\"{}>{}</th>", class_of(table.columns[c]), header)
               : fmt::format(
                     "<th scope=\"col\"{} data-c=\"{}\"><button "
                     "type=\"button\">{}</button></th>",
                     class_of(table.columns[c]), c, header);
  }
  return out + "</tr>\n</thead>\n";
}

// What the script sorts by; nothing for a cell without a value.
std::string sort_value(const Cell& cell) {
  if (const auto* number = std::get_if<NumberCell>(&cell)) {
    return fmt::format(" data-v=\"{}\"", number_text(number->summary.centre));
  }
  const auto* text = std::get_if<TextCell>(&cell);
  if (text == nullptr || text->text.empty()) return "";
  return fmt::format(" data-v=\"{}\"", html_text(text->text));
}

std::string cell_html(const Cell& cell, const Column& column, bool heads_row, std::string_view key,
                      Footnotes& footnotes, Use use) {
  const Shown look = shown(cell, column, true, footnotes);
  std::string text = html_text(look.text);
  if (column.align == Column::Align::kLeft) {
    // Long ids may break at their joints.
    for (const char* joint : {"_", ".", "/"})
      replace_all(text, joint, joint + std::string("<wbr>"));
  }
  if (look.best) text = fmt::format("<strong>{}</strong>", text);
  if (!look.mark.empty()) text += fmt::format("<sup>{}</sup>", html_text(look.mark));
  if (look.footnote != 0) {
    text +=
        fmt::format("<sup><a href=\"#{}-note-{}\">{}</a></sup>", key, look.footnote, look.footnote);
  }
  const bool left = column.align == Column::Align::kLeft;
  const char* look_class = left ? " class=\"l\"" : (heads_row ? " class=\"n\"" : "");
  const std::string value = use == Use::kScreen ? sort_value(cell) : "";
  return heads_row ? fmt::format("<th scope=\"row\"{}{}>{}</th>", look_class, value, text)
                   : fmt::format("<td{}{}>{}</td>", look_class, value, text);
}

std::string body(const Table& table, const ColumnList& block, std::string_view key,
                 Footnotes& footnotes, Use use) {
  std::string out = "<tbody>\n";
  for (const Row& row : table.rows) {
    out += row.reference ? "<tr class=\"ref\">" : "<tr>";
    for (const std::size_t c : block) {
      out += cell_html(row.cells[c], table.columns[c], c == 0, key, footnotes, use);
    }
    out += "</tr>\n";
  }
  return out + "</tbody>\n";
}

/// The parts that a table is printed in; nothing if paper takes it as it is.
std::vector<ColumnList> printed_parts(const Table& table) {
  // Characters of a line of the type that tables are printed in, on A4 across.
  constexpr std::size_t kPrintedWidth = 150;
  constexpr std::size_t kBrokenText = 36;
  Footnotes unused;
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    std::size_t width = display_width(column.header);
    for (const Row& row : table.rows) {
      const std::size_t wanted = display_width(shown(row.cells[c], column, true, unused).flat());
      const bool broken = column.align == Column::Align::kLeft;
      width = std::max(width, broken ? std::min(wanted, kBrokenText) : wanted);
    }
    widths.push_back(width);
  }
  if (block_width(table, all_columns(table), widths) <= kPrintedWidth) return {};
  return column_blocks(table, widths, kPrintedWidth);
}

std::string below(const Table& table, const Footnotes& footnotes, std::string_view key) {
  std::string out;
  if (!footnotes.texts().empty()) {
    out += "<ol class=\"notes\">\n";
    for (std::size_t i = 0; i < footnotes.texts().size(); ++i) {
      out += fmt::format("<li id=\"{}-note-{}\">{}</li>\n", key, i + 1,
                         html_text(footnotes.texts()[i]));
    }
    out += "</ol>\n";
  }
  if (!table.notes.empty()) {
    out += "<ul class=\"notes plain\">\n";
    for (const std::string& note : table.notes)
      out += fmt::format("<li>{}</li>\n", html_text(note));
    out += "</ul>\n";
  }
  return out;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && c != '\n') || byte == 0x7f;
        out += control ? ' ' : c;
      }
    }
  }
  return out;
}

std::string render_html(const Table& table, std::string_view key) {
  check_shape(table);
  Footnotes footnotes;
  const std::vector<ColumnList> parts = printed_parts(table);
  const ColumnList all = all_columns(table);
  std::string out = fmt::format(
      "<div class=\"scroll{4}\" role=\"region\" tabindex=\"0\" "
      "aria-labelledby=\"{0}-caption\">\n"
      "<table>\n<caption{3} id=\"{0}-caption\"><span><strong class=\"vh\">{1}.</strong> "
      "{2}</span></caption>\n",
      key, html_text(table.title), html_text(table.caption),
      table.caption.empty() ? " class=\"vh\"" : "", parts.empty() ? "" : " screen");
  out += headings(table, all, Use::kScreen) + body(table, all, key, footnotes, Use::kScreen) +
         "</table>\n</div>\n";
  if (!parts.empty()) out += "<div class=\"paper\">\n";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out += "<table>\n";
    if (i == 0) out += fmt::format("<caption>{}</caption>\n", html_text(table.caption));
    out += headings(table, parts[i], Use::kPrint) +
           body(table, parts[i], key, footnotes, Use::kPrint) + "</table>\n";
  }
  if (!parts.empty()) out += "</div>\n";
  return out + below(table, footnotes, key);
}

std::string inline_svg(std::string_view svg, std::string_view key, std::string_view label) {
  const std::size_t begin = svg.find("<svg");
  const std::size_t end = svg.rfind("</svg>");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return "";
  std::string out(svg.substr(begin, end - begin));
  // gnuplot's pictures have no script, and text of the data is escaped in them; what does not keep
  // to this has no place in the page.
  for (const char* never : {"<script", "<foreignObject", "<!ENTITY"}) {
    if (out.find(never) != std::string::npos) return "";
  }
  for (const char* reference : {" id='", " id=\"", "url(#", "href='#", "href=\"#"}) {
    replace_all(out, reference, fmt::format("{}{}-", reference, key));
  }
  const std::size_t close = out.find('>');
  std::string tag = out.substr(0, close);
  for (const char* attribute : {" width=\"", " height=\""}) {
    const std::size_t at = tag.find(attribute);
    if (at == std::string::npos) continue;
    const std::size_t quote = tag.find('"', at + std::string_view(attribute).size());
    tag.erase(at, quote + 1 - at);
  }
  return fmt::format("{} role=\"img\" aria-label=\"{}\"{}</svg>", tag, html_text(label),
                     out.substr(close));
}

std::string_view html_style() { return kPageStyle; }
std::string_view html_script() { return kScript; }

}  // namespace kgaudit::reports
