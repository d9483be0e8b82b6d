#include <algorithm>
#include <array>
#include <cmath>

#include "reports/looks/html_text.hpp"
#include "reports/looks/latex_text.hpp"
#include "reports/tables/table.hpp"
#include "reports/tables/table_layout.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;

namespace {

Column column(std::string key, std::string group, std::string header,
              Direction direction = Direction::kDescriptive,
              Column::Align align = Column::Align::kRight) {
  Column c;
  c.key = std::move(key);
  c.group = std::move(group);
  c.header = std::move(header);
  c.direction = direction;
  c.align = align;
  return c;
}

NumberCell number(double value, std::optional<double> sd = std::nullopt) {
  return {{value, sd, sd ? 3U : 1U}, "", false, std::nullopt};
}

Table example() {
  Table table;
  table.title = "Systems";
  table.caption = "tiny; 3 seeds.";
  table.columns = {
      column("system", "", "system", Direction::kDescriptive, Column::Align::kLeft),
      column("mrr", "ranking", "MRR", Direction::kHigher),
      column("gap", "bias", "ΔS", Direction::kNearer),
  };
  table.rows = {
      {{TextCell{"majority"}, TextCell{""}, number(0.0)}, true},
      {{TextCell{"Zoë"}, number(0.68, 0.003), number(-0.25, 0.5)}, false},
      {{TextCell{"kl"}, number(0.5, 0.25), UndefinedCell{"too few persons"}}, false},
      {{TextCell{"plain"}, number(0.25, 0.125), number(2.0, 1.0)}, false},
  };
  mark_best(table);
  return table;
}

}  // namespace

TEST_CASE("A summary has mean, sample deviation and count", "[reports][table]") {
  CHECK(summarise(std::array{1.0, 2.0, 6.0}) == Summary{3.0, std::sqrt(7.0), 3});
  CHECK(summarise(std::array{5.0}) == Summary{5.0, std::nullopt, 1});
  // Finite numbers whose sum or spread is none.
  CHECK(summarise(std::array{1e308, 1e308}).centre == 1e308);
  CHECK(summarise(std::array{1e300, -1e300}) == Summary{0.0, std::nullopt, 2});
  CHECK(summarise(std::array{1.0, 9.0, 2.0}, Centre::kMedian).centre == 2.0);
  CHECK(summarise(std::array{4.0, 1.0, 9.0, 2.0}, Centre::kMedian).centre == 3.0);
  CHECK_THROWS_AS(summarise({}), BrokenInvariant);
}

TEST_CASE("A summary is written with its decimals and no negative zero", "[reports][table]") {
  CHECK(summary_text({0.68, 0.0031, 3}, 3) == "0.680 ± 0.003");
  CHECK(summary_text({0.68, 0.0031, 3}, 3, false) == "0.680");
  CHECK(summary_text({-0.0001, std::nullopt, 1}, 3) == "0.000");
  CHECK(summary_text({-0.0006, std::nullopt, 1}, 3) == "-0.001");
  CHECK(summary_text({12.0, std::nullopt, 1}, 0) == "12");
}

TEST_CASE("The best of a column follows its direction and skips references", "[reports][table]") {
  const Table table = example();
  const auto best = [&](std::size_t row, std::size_t c) {
    return std::get<NumberCell>(table.rows[row].cells[c]).best;
  };
  CHECK(best(1, 1));
  CHECK_FALSE(best(2, 1));
  CHECK(best(1, 2));
  CHECK_FALSE(best(0, 2));
  CHECK_FALSE(best(3, 2));
}

TEST_CASE("Rows that look the same are best together", "[reports][table]") {
  Table table;
  table.columns = {column("x", "", "x", Direction::kLower)};
  table.rows = {{{number(0.10001)}, false}, {{number(0.1)}, false}, {{number(0.2)}, false}};
  mark_best(table);
  CHECK(std::get<NumberCell>(table.rows[0].cells[0]).best);
  CHECK(std::get<NumberCell>(table.rows[1].cells[0]).best);
  CHECK_FALSE(std::get<NumberCell>(table.rows[2].cells[0]).best);
  table.rows.pop_back();
  mark_best(table);
  CHECK_FALSE(std::get<NumberCell>(table.rows[0].cells[0]).best);
}

TEST_CASE("Best does not depend on the order of rows", "[reports][table]") {
  Table table = example();
  std::reverse(table.rows.begin(), table.rows.end());
  mark_best(table);
  CHECK(std::get<NumberCell>(table.rows[2].cells[1]).best);
  CHECK(std::get<NumberCell>(table.rows[2].cells[2]).best);
}

TEST_CASE("A terminal table is aligned by what is seen", "[reports][table]") {
  CHECK(render_terminal(example(), {100, false}) ==
        "Systems\n"
        "\n"
        "             ranking          bias\n"
        "system              MRR              ΔS\n"
        "majority              –           0.000\n"
        "Zoë       0.680 ± 0.003  -0.250 ± 0.500\n"
        "kl        0.500 ± 0.250      undef. [1]\n"
        "plain     0.250 ± 0.125   2.000 ± 1.000\n"
        "\n"
        "tiny; 3 seeds.\n"
        "[1] too few persons\n");
}

TEST_CASE("A narrow terminal cuts the table first and loses the sd next", "[reports][table]") {
  CHECK(render_terminal(example(), {30, false}) ==
        "Systems\n"
        "\n"
        "             ranking\n"
        "system              MRR\n"
        "majority              –\n"
        "Zoë       0.680 ± 0.003\n"
        "kl        0.500 ± 0.250\n"
        "plain     0.250 ± 0.125\n"
        "\n"
        "               bias\n"
        "system                ΔS\n"
        "majority           0.000\n"
        "Zoë       -0.250 ± 0.500\n"
        "kl            undef. [1]\n"
        "plain      2.000 ± 1.000\n"
        "\n"
        "tiny; 3 seeds.\n"
        "[1] too few persons\n");
  const std::string cut = render_terminal(example(), {20, false});
  CHECK_THAT(cut,
             Catch::Contains("system        MRR\n") && Catch::Contains("system            ΔS\n"));
  CHECK_THAT(cut, Catch::Contains("± sd left out to"));
}

TEST_CASE("No line of a terminal table is wider than the terminal", "[reports][table]") {
  for (std::size_t width = 20; width < 60; ++width) {
    const std::string text = render_terminal(example(), {width, false});
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      CHECK(display_width(text.substr(at, end - at)) <= width);
      at = end + 1;
    }
  }
}

TEST_CASE("Bold changes no column of a terminal table", "[reports][table]") {
  std::string bold = render_terminal(example(), {100, true});
  CHECK(bold.find("\x1b[1m0.680 ± 0.003\x1b[0m") != std::string::npos);
  for (const std::string escape : {"\x1b[1m", "\x1b[0m"}) {
    for (auto at = bold.find(escape); at != std::string::npos; at = bold.find(escape)) {
      bold.erase(at, escape.size());
    }
  }
  CHECK(bold == render_terminal(example(), {100, false}));
}

TEST_CASE("Control bytes in names never reach a terminal", "[reports][table]") {
  Table table = example();
  table.rows[1].cells[0] = TextCell{"a\x1b[31m\nb"};
  const std::string text = render_terminal(table, {100, false});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("a [31m b") != std::string::npos);
}

TEST_CASE("A Markdown table is ready for a pull request", "[reports][table]") {
  CHECK(render_markdown(example()) ==
        "## Systems\n"
        "\n"
        "| system | ranking MRR | bias ΔS |\n"
        "| :-- | --: | --: |\n"
        "| majority | – | 0.000 |\n"
        "| Zoë | **0.680 ± 0.003** | **-0.250 ± 0.500** |\n"
        "| kl | 0.500 ± 0.250 | undef. \\[1\\] |\n"
        "| plain | 0.250 ± 0.125 | 2.000 ± 1.000 |\n"
        "\n"
        "tiny; 3 seeds.\n"
        "\n"
        "\\[1\\] too few persons\n");
}

TEST_CASE("User text cannot break out of Markdown", "[reports][table]") {
  CHECK(markdown_text("a|b") == "a\\|b");
  CHECK(markdown_text("<img src=x>&") == "&lt;img src=x&gt;&amp;");
  CHECK(markdown_text("[x](y) **z** `q`") == "\\[x\\](y) \\*\\*z\\*\\* \\`q\\`");
  CHECK(markdown_text("one\ntwo\xE2\x80\xAEthree") == "one two three");
}

TEST_CASE("User text in Markdown becomes no link, no reference and no mention",
          "[reports][table]") {
  // GitHub looks for these after it has resolved escapes: U+200B keeps them apart.
  CHECK(markdown_text("@team (@c a@b.org") == "@&#8203;team (@&#8203;c a@&#8203;b.org");
  CHECK(markdown_text("a@1.org") == "a@&#8203;1.org");
  CHECK(markdown_text("https://x.org") == "https:&#8203;//x.org");
  CHECK(markdown_text("www.x.org WWW.x") == "www&#8203;.x.org WWW&#8203;.x");
  CHECK(markdown_text("fixes #12") == "fixes \\#&#8203;12");
  CHECK(markdown_text("H@10, H@1. a: b # @ owww") == "H@10, H@1. a: b \\# @ owww");
}

TEST_CASE("A CSV table has full precision and reasons", "[reports][table]") {
  Table table = example();
  table.rows[1].cells[0] = TextCell{"=cmd, \"x\""};
  CHECK(render_csv(table) ==
        "system,mrr,mrr_sd,mrr_seeds,mrr_undefined,gap,gap_sd,gap_seeds,gap_undefined\r\n"
        "majority,,,,,0,,1,\r\n"
        "\"'=cmd, \"\"x\"\"\",0.68,0.003,3,,-0.25,0.5,3,\r\n"
        "kl,0.5,0.25,3,,,,0,too few persons\r\n"
        "plain,0.25,0.125,3,,2,1,3,\r\n");
}

TEST_CASE("A JSON table has full precision and reasons", "[reports][table]") {
  Table table = example();
  table.rows.resize(3);
  table.rows.erase(table.rows.begin());
  CHECK(render_json(table, 0) ==
        R"({"title":"Systems","caption":"tiny; 3 seeds.","columns":[)"
        R"({"key":"system","group":"","header":"system","unit":"","direction":"descriptive"},)"
        R"({"key":"mrr","group":"ranking","header":"MRR","unit":"","direction":"higher"},)"
        R"({"key":"gap","group":"bias","header":"ΔS","unit":"","direction":"nearer"}],)"
        R"("rows":[{"system":"Zoë","mrr":{"value":0.68,"sd":0.003,"seeds":3},)"
        R"("gap":{"value":-0.25,"sd":0.5,"seeds":3}},)"
        R"({"system":"kl","mrr":{"value":0.5,"sd":0.25,"seeds":3},)"
        R"("gap":{"undefined":"too few persons"}}],"notes":[]})");
}

TEST_CASE("Indented JSON says the same as compact JSON", "[reports][table]") {
  std::string spaced = render_json(example(), 2);
  std::string compact;
  bool quoted = false;
  for (const char c : spaced) {
    if (c == '"') quoted = !quoted;
    if (quoted || (c != ' ' && c != '\n')) compact += c;
  }
  CHECK(compact == render_json(example(), 0));
}

TEST_CASE("A row of the wrong length is our own mistake", "[reports][table]") {
  Table table = example();
  table.rows[0].cells.pop_back();
  CHECK_THROWS_AS(render_terminal(table), BrokenInvariant);
  CHECK_THROWS_AS(render_markdown(table), BrokenInvariant);
  CHECK_THROWS_AS(render_csv(table), BrokenInvariant);
  CHECK_THROWS_AS(render_json(table), BrokenInvariant);
}

TEST_CASE("A mark of significance stands behind its number in every look", "[reports][table]") {
  Table table = example();
  auto& cell = std::get<NumberCell>(table.rows[1].cells[1]);
  cell.mark = "*";
  cell.note = "undefined for 1 of 4 seeds";
  cell.n = 40;
  cell.interval = Interval{0.5, 0.75, 0.95, "made up"};
  CHECK_THAT(render_terminal(table, {0, false}), Catch::Contains("0.680 ± 0.003* [1]"));
  CHECK_THAT(render_markdown(table), Catch::Contains("| **0.680 ± 0.003\\* \\[1\\]** |"));
  CHECK_THAT(render_csv(table),
             Catch::Contains("mrr_undefined,mrr_low,mrr_high,mrr_n,mrr_mark,gap"));
  CHECK_THAT(render_csv(table),
             Catch::Contains("Zoë,0.68,0.003,3,undefined for 1 of 4 seeds,0.5,0.75,40,*,-0.25"));
  CHECK_THAT(render_json(table, 0),
             Catch::Contains(R"("interval":{"low":0.5,"high":0.75,"level":0.95,)"
                             R"("method":"made up"},"n":40,"mark":"*")"));
  CHECK_THAT(render_latex(table, "x"),
             Catch::Contains("\\textbf{0.680~$\\pm$~0.003}\\textsuperscript{{*}}"
                             "\\textsuperscript{1}"));
  CHECK_THAT(render_html(table, "x"),
             Catch::Contains("<strong>0.680 ± 0.003</strong><sup>*</sup><sup><a "
                             "href=\"#x-note-1\">1</a></sup>"));
}

TEST_CASE("An interval is shown where the column asks for it", "[reports][table]") {
  Table table = example();
  table.columns[1].intervals = true;
  std::get<NumberCell>(table.rows[1].cells[1]).interval = Interval{-0.5, 0.75, 0.95, "made up"};
  CHECK_THAT(render_markdown(table), Catch::Contains("| **0.680 \\[-0.500, 0.750\\]** |"));
  CHECK_THAT(render_latex(table, "x"), Catch::Contains("0.680~{[}$-$0.500,~0.750]"));
  CHECK_THAT(render_markdown(table), Catch::Contains("| 0.500 ± 0.250 |"));
}

TEST_CASE("Text in LaTeX keeps its characters and none of their meanings", "[reports][table]") {
  CHECK(latex_text("50 % & more_x #1 $5 {a}") ==
        "50 \\% \\& more\\_\\allowbreak{}x \\#1 \\$5 \\{a\\}");
  CHECK(latex_text("\\input{x}") == "\\textbackslash{}input\\{x\\}");
  CHECK(latex_text("~^<>|\"`") ==
        "\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}"
        "\\textquotedbl{}\\textasciigrave{}");
  CHECK(latex_text("[1] *") == "{[}1{]} {*}");
  CHECK(latex_text("a--b") == "a-{}-{}b");
  CHECK(latex_text("ΔS ± × → é Ł") == "$\\Delta$S $\\pm$ $\\times$ $\\rightarrow$ é Ł");
  CHECK(latex_text("日") == "\\kgauditchar{65E5}");
  CHECK(latex_text("a\nb") == "a b");
  CHECK(latex_text("0123456789abcdef0123") == "0123456789abcdef\\allowbreak{}0123");
}

TEST_CASE("A wide LaTeX table is cut into parts that repeat the first column", "[reports][table]") {
  Table table;
  table.title = "Wide";
  table.columns.push_back(
      column("system", "", "system", Direction::kDescriptive, Column::Align::kLeft));
  Row row;
  row.cells.emplace_back(TextCell{"basic"});
  for (int i = 0; i < 20; ++i) {
    table.columns.push_back(column("c" + std::to_string(i), "", "c" + std::to_string(i)));
    row.cells.emplace_back(number(0.5, 0.25));
  }
  table.rows = {row};
  const std::string latex = render_latex(table, "wide");
  std::size_t parts = 0;
  for (auto at = latex.find("\nbasic & "); at != std::string::npos;
       at = latex.find("\nbasic & ", at + 1)) {
    ++parts;
  }
  CHECK(parts == 4);
  table.rows.resize(60, row);
  CHECK_THAT(render_latex(table, "wide"), Catch::Contains("\\begin{longtable}"));
}

TEST_CASE("A LaTeX table whose texts break into more lines than a page has goes on over pages",
          "[reports][tables]") {
  Table table;
  table.title = "Hashes";
  table.columns = {text_column("system", "system"), text_column("hash", "SHA-256")};
  for (int i = 0; i < 24; ++i) {
    table.rows.push_back({{TextCell{"basic"}, TextCell{std::string(64, 'a')}}});
  }
  CHECK_THAT(render_latex(table, "hashes"), Catch::Contains("\\begin{longtable}"));
  for (Row& row : table.rows) row.cells[1] = TextCell{std::string(40, 'a')};
  CHECK_THAT(render_latex(table, "hashes"), !Catch::Contains("\\begin{longtable}"));
}

TEST_CASE("HTML sorts by the full number and leaves what has none without", "[reports][table]") {
  const std::string html = render_html(example(), "t");
  CHECK_THAT(html, Catch::Contains("<td data-v=\"0.68\"><strong>0.680 ± 0.003</strong></td>"));
  CHECK_THAT(html, Catch::Contains("<td>undef.<sup><a href=\"#t-note-1\">1</a></sup></td>"));
  CHECK_THAT(html, Catch::Contains("<tr class=\"ref\"><th scope=\"row\" class=\"l\" "
                                   "data-v=\"majority\">majority</th><td>–</td>"));
  CHECK(html_text("<a b='c'>\x01&\"") == "&lt;a b=&#39;c&#39;&gt; &amp;&quot;");
}

TEST_CASE("A picture with a script in it does not get into the page", "[reports][table]") {
  CHECK(inline_svg("<svg width=\"9\" viewBox=\"0 0 1 1\"><script>x</script></svg>", "k", "l") ==
        "");
  CHECK(inline_svg("no picture", "k", "l") == "");
  CHECK(
      inline_svg("<?xml?><svg width=\"9\" viewBox=\"0 0 1 1\"><g id=\"a\"/></svg>\n", "k", "<l>") ==
      "<svg viewBox=\"0 0 1 1\" role=\"img\" aria-label=\"&lt;l&gt;\"><g id=\"k-a\"/></svg>");
}

TEST_CASE("Columns under one heading stay together in a narrow terminal", "[reports][table]") {
  Table table;
  table.columns = {text_column("system", "system")};
  for (const char* group : {"quality", "leakage"}) {
    for (const char* name : {"one", "two", "three"}) {
      table.columns.push_back(column(std::string(group) + name, group, name, Direction::kLower));
    }
  }
  Row row{{TextCell{"basic"}}, false};
  for (std::size_t c = 1; c < table.columns.size(); ++c) row.cells.push_back(number(0.5, 0.25));
  table.rows = {row};
  // Four columns fit into 70 characters, and the second group begins a new block all the same.
  const std::string cut = render_terminal(table, {70, false});
  CHECK(cut ==
        "                          quality\n"
        "system            one            two          three\n"
        "basic   0.500 ± 0.250  0.500 ± 0.250  0.500 ± 0.250\n"
        "\n"
        "                          leakage\n"
        "system            one            two          three\n"
        "basic   0.500 ± 0.250  0.500 ± 0.250  0.500 ± 0.250\n");
  // A group that is too wide with its spreads loses them before it is torn.
  CHECK_THAT(
      render_terminal(table, {40, false}),
      Catch::Contains("± sd left out to fit") && Catch::Contains("basic   0.500  0.500  0.500\n"));
}

TEST_CASE("A p-value that would be shown as 0 is shown as less than the smallest number",
          "[reports][table]") {
  Column p = column("p", "", "p", Direction::kDescriptive);
  p.decimals = 4;
  Footnotes footnotes;
  CHECK(shown(number_cell(1e-9), p, true, footnotes).text == "0.0000");
  p.p_value = true;
  CHECK(shown(number_cell(1e-9), p, true, footnotes).text == "< 0.0001");
  CHECK(shown(number_cell(0.00005), p, true, footnotes).text == "0.0001");
  CHECK(shown(number_cell(0.25), p, true, footnotes).text == "0.2500");
}
