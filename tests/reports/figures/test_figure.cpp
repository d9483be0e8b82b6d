#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "reports/figures/profession_figure.hpp"
#include "reports/figures/quality_figures.hpp"
#include "reports/figures/record_figures.hpp"
#include "reports/figures/score_figures.hpp"
#include "reports/figures/time_figures.hpp"
#include "reports/record/fact_names.hpp"
#include "suite/base/error.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;
using kgaudit::reports::tests::hostile_record;
using kgaudit::tests::read_file;
using kgaudit::tests::TemporaryDirectory;

namespace {

// Sets PATH for a scope.
class Path {
 public:
  explicit Path(const char* value) : before_(std::getenv("PATH")) { setenv("PATH", value, 1); }
  ~Path() { setenv("PATH", before_.c_str(), 1); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

 private:
  std::string before_;
};

std::optional<Figure> bias_figure(const RunRecord& record, const char* attribute = "gender") {
  return bias_against_quality(record, FactIndex(record), attribute, "bias_vs_mrr");
}

// The example with what every figure asks for.
RunRecord drawn_record() {
  RunRecord record = hostile_record();
  auto& facts = record.measurements;
  for (const char* system : {"basic", "kl+attr"}) {
    for (const std::string of : {"female", "male"}) {
      for (const std::string given : {"female", "male"}) {
        double value = of == given ? 1.0 : -1.0;
        for (const char* level : {"0.05", "0.25", "0.5", "0.75", "0.95"}) {
          facts.push_back(fact(
              system, 1, "score_gap.score_quantile",
              {{"attribute", "gender"}, {"of", of}, {"given", given}, {"quantile", level}}, value));
          value += 0.25;
        }
      }
    }
    for (const auto& [profession, b] : {std::pair{"/m/nurse", -2.0}, std::pair{"/m/smith", 1.5}}) {
      facts.push_back(
          fact(system, 1, "profession_bias.standardised_shift",
               {{"attribute", "gender"}, {"profession", profession}, {"towards", "male"}}, b));
    }
  }
  for (EpochLine& line : record.epochs) line.terms["validation.mrr"] = 0.25;
  return record;
}

// A record of so many systems, with what the figures with one series a system ask for.
RunRecord record_of_many(std::size_t systems) {
  RunRecord record;
  record.run = example_record().run;
  for (std::size_t s = 0; s < systems; ++s) {
    const std::string system = "system-" + std::to_string(s);
    const double value = 0.5 + 0.02 * static_cast<double>(s);
    for (const FactName& name : {kMrrWithoutSensitive, kQuestionAuc, kStrongestAuc, kGapMicro}) {
      record.measurements.push_back(fact(system, 1, std::string(name.metric),
                                         name.all_facets(name.of_attribute ? "gender" : ""),
                                         value));
    }
    for (const std::uint64_t epoch : {1U, 2U}) {
      record.epochs.push_back({system, 1, 0, epoch, value / static_cast<double>(epoch), {}, 1.0});
    }
  }
  return record;
}

struct PlacedText {
  double x;
  double y;
  std::string text;
};
// The words of a picture with their places.
std::vector<PlacedText> texts_of(const std::string& svg) {
  const std::regex pattern(R"re(translate\(([0-9.]+),([0-9.]+)\)"[^>]*>\s*<text>([^<]*)</text>)re");
  std::vector<PlacedText> texts;
  for (std::sregex_iterator at(svg.begin(), svg.end(), pattern), end; at != end; ++at) {
    const std::string text = (*at)[3];
    texts.push_back({std::stod((*at)[1]), std::stod((*at)[2]),
                     text.substr(std::min(text.find_first_not_of(' '), text.size()))});
  }
  return texts;
}

bool gnuplot_is_here() { return std::system("command -v gnuplot >/dev/null 2>&1") == 0; }

}  // namespace

TEST_CASE("The figure's data are the table's numbers", "[reports][figure]") {
  const auto figure = bias_figure(example_record());
  REQUIRE(figure);
  CHECK(figure->data ==
        "# mrr mrr_low mrr_high bias low high name; then the Pareto front\n"
        "0.69 0.675857864376269 0.7041421356237308 3 2.2928932188134525 3.7071067811865475 "
        "\"basic\"\n"
        "0.66 0.66 0.66 0.25 0 0.9571067811865476 \"kl+attr\"\n"
        "\n\n"
        "0.66 0.25\n"
        "0.69 3\n");
  CHECK_FALSE(bias_figure(example_record(), "religion"));
}

TEST_CASE("A system that another beats in both is not on the Pareto front", "[reports][figure]") {
  RunRecord record = example_record();
  record.measurements.push_back(
      fact("worse", 1, "link_prediction.mrr",
           {{"filter", "filtered"}, {"set", "all"}, {"side", "both"}, {"ties", "realistic"}}, 0.5));
  record.measurements.push_back(
      fact("worse", 1, "score_gap.micro", {{"attribute", "gender"}}, 2.0));
  const auto figure = bias_figure(record);
  REQUIRE(figure);
  CHECK_THAT(figure->data,
             Contains("\"worse\"") && Catch::Matchers::EndsWith("\n\n0.66 0.25\n0.69 3\n"));
}

TEST_CASE("User text in a figure is quoted", "[reports][figure]") {
  RunRecord record = example_record();
  record.run.dataset = "it's `touch x`\n\"";
  record.run.labels["basic"] = "a\"b\\c\nd";
  const auto figure = bias_figure(record);
  REQUIRE(figure);
  CHECK_THAT(figure->data, Contains("\"a'b/cd\"\n"));
  CHECK_THAT(figure->script,
             Contains("set label 1 'Bias against quality, gender, it''s `touch x`\"' at screen"));
}

TEST_CASE("A long label is shortened by what is seen, never inside a letter", "[reports][figure]") {
  CHECK(shortened("Łódź", 4) == "Łódź");
  CHECK(shortened("Łódź and more", 5) == "Łódź…");
  CHECK(shortened("日本語", 2) == "日…");
}

TEST_CASE("Every figure states its axes with units and draws each series apart",
          "[reports][figure]") {
  std::set<std::string> names;
  for (const Figure& figure : record_figures(drawn_record(), {})) {
    CAPTURE(figure.name);
    CHECK(names.insert(figure.name).second);
    CHECK_FALSE(figure.caption.empty());
    CHECK(figure.data.front() == '#');
    CHECK_THAT(figure.script, Contains("set xlabel '") && Contains("dashtype 2 pointtype 5"));
    for (const char* terminal : {"svg", "pdfcairo", "pngcairo"}) {
      CHECK_THAT(figure.script, Contains(std::string("set terminal ") + terminal + " noenhanced"));
    }
  }
  CHECK(names == std::set<std::string>{"score_gap", "bias_vs_mrr_gender", "scores_gender_female",
                                       "scores_gender_male", "professions_figure_gender",
                                       "seconds_per_epoch", "loss", "validation_mrr"});
}

TEST_CASE("The score distributions put those with the value against those without",
          "[reports][figure]") {
  const RunRecord record = drawn_record();
  const auto figure =
      score_distribution_figure(record, FactIndex(record), "gender", "male", "scores");
  REQUIRE(figure);
  CHECK(figure->data ==
        "# row q05 q25 q50 q75 q95; one block for each true value\n"
        "# S(\"male\"|\"male\")\n0.2 1 1.25 1.5 1.75 2\n-0.8 1 1.25 1.5 1.75 2\n"
        "\n\n"
        "# S(\"male\"|\"female\")\n-0.2 -1 -0.75 -0.5 -0.25 0\n-1.2 -1 -0.75 -0.5 -0.25 0\n");
}

TEST_CASE("The bars of professions go from one side to the other", "[reports][figure]") {
  const RunRecord record = drawn_record();
  const auto figure = profession_figure(record, FactIndex(record), "gender", 20, "professions");
  REQUIRE(figure);
  const std::size_t smith = figure->data.find("\n0 1.5 1.5 1.5 \"a person who is employed");
  const std::size_t nurse = figure->data.find("-1 -2 -2 -2 \"Łódź");
  CHECK(smith != std::string::npos);
  CHECK(nurse != std::string::npos);
  CHECK(smith < nurse);
}

TEST_CASE("The loss curve is the mean over seeds", "[reports][figure]") {
  RunRecord record = example_record();
  record.epochs[0].loss = 4.0;
  const auto figure = training_figure(record, FactIndex(record), "", "loss");
  REQUIRE(figure);
  CHECK_THAT(figure->data, Contains("# \"basic\"\n1 3 3 3\n2 1 1 1\n"));
  CHECK_FALSE(training_figure(record, FactIndex(record), "validation.mrr", "v"));
}

TEST_CASE("A critical-difference diagram joins the runs of systems that do not differ",
          "[reports][figure]") {
  const auto figure = critical_difference_figure({{"c", 3.5}, {"a", 1.0}, {"b", 1.5}, {"d", 4.0}},
                                                 1.0, "Ranks", "ranks");
  REQUIRE(figure);
  CHECK(figure->data ==
        "# row rank name; then row from to of each bar\n"
        "0 1 \"a\"\n-1 1.5 \"b\"\n-2 3.5 \"c\"\n-3 4 \"d\"\n"
        "\n\n"
        "0.4 1 1.5\n-1.6 3.5 4\n");
  CHECK_FALSE(critical_difference_figure({{"a", 1.0}}, 1.0, "Ranks", "ranks"));
}

TEST_CASE("A sweep without points has no figure", "[reports][figure]") {
  const ChartText text{"t", "c", "weight", "MRR", true};
  CHECK_FALSE(sweep_figure({{"kl", {}}}, text, "sweep"));
  const auto figure = sweep_figure({{"kl", {{1.0, 0.5, 0.25, 0.75}}}}, text, "sweep");
  REQUIRE(figure);
  CHECK_THAT(figure->data, Contains("1 0.5 0.25 0.75\n"));
  CHECK_THAT(figure->script, Contains("set logscale x") && Contains("with vectors nohead"));
}

TEST_CASE("An axis of values that are never negative begins at 0", "[reports][figure]") {
  const ChartText text{"t", "c", "|ΔS|", "MRR"};
  const auto left_room = [&](double x) {
    const auto figure =
        sweep_figure({{"kl", {{0.1, 0.5, 0.5, 0.5}, {x, 0.4, 0.4, 0.4}}}}, text, "s");
    REQUIRE(figure);
    return figure->script.find("set offsets graph 0.02") != std::string::npos;
  };
  CHECK_FALSE(left_room(3.0));
  CHECK(left_room(-3.0));
}

TEST_CASE("Every figure is drawn as SVG, PDF and PNG whatever the names", "[reports][figure]") {
  if (!gnuplot_is_here()) {
    WARN("skipped: gnuplot is not installed");
    return;
  }
  const TemporaryDirectory parent;
  const auto folder = parent / "it's a folder `touch x`";
  std::filesystem::create_directory(folder);
  std::vector<Figure> figures = record_figures(drawn_record(), {});
  figures.push_back(
      *critical_difference_figure({{"a", 1.0}, {"b", 1.5}}, 1.0, "Ranks", "critical_difference"));
  figures.push_back(*sweep_figure({{"kl", {{1.0, 0.5, 0.25, 0.75}, {10.0, 0.25, 0.25, 0.25}}}},
                                  {"t", "c", "weight", "MRR", true}, "sweep"));
  for (const Figure& figure : figures) {
    CAPTURE(figure.name);
    const Drawing drawing = draw(figure, folder);
    CHECK(drawing.not_drawn == "");
    CHECK(drawing.files == std::vector<std::string>{figure.name + ".gp", figure.name + ".dat",
                                                    figure.name + ".svg", figure.name + ".pdf",
                                                    figure.name + ".png"});
    const std::string svg = read_file(folder / (figure.name + ".svg"));
    CHECK_THAT(svg, Contains("</svg>"));
    CHECK(svg.find("<script") == std::string::npos);
    CHECK(svg.find("<img") == std::string::npos);
    CHECK(read_file(folder / (figure.name + ".png")).substr(1, 3) == "PNG");
    CHECK(read_file(folder / (figure.name + ".pdf")).substr(0, 4) == "%PDF");
  }
  const std::string svg = read_file(folder / "bias_vs_mrr_gender.svg");
  CHECK_THAT(svg, Contains("{/*9 x}") && Contains("&lt;script>"));
  const auto files =
      static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  CHECK(files == 5 * figures.size());
}

TEST_CASE("No key lies on the data, however many rows it names", "[reports][figure]") {
  if (!gnuplot_is_here()) {
    WARN("skipped: gnuplot is not installed");
    return;
  }
  const TemporaryDirectory folder;
  for (const std::size_t systems : {4U, 13U, 20U}) {
    for (const Figure& figure : record_figures(record_of_many(systems), {})) {
      if (figure.name == "seconds_per_epoch") continue;
      CAPTURE(systems, figure.name);
      REQUIRE(draw(figure, folder.path()).not_drawn == "");
      const std::string svg = read_file(folder / (figure.name + ".svg"));
      std::smatch size;
      REQUIRE(std::regex_search(svg, size, std::regex(R"re(viewBox="0 0 (\d+) (\d+)")re")));
      std::set<double> columns;
      std::set<double> rows;
      double last_mark = 0.0;  // of an axis: the plot goes on to about there
      for (const PlacedText& text : texts_of(svg)) {
        if (text.text.starts_with("system-")) {
          columns.insert(text.x);
          rows.insert(text.y);
        } else if (!text.text.empty() && std::isdigit(text.text.front()) != 0) {
          last_mark = std::max(last_mark, text.x);
        }
      }
      CHECK(rows.size() == systems);
      REQUIRE(columns.size() == 1);
      CHECK(*columns.begin() > last_mark);
      CHECK(*rows.rbegin() < std::stod(size[2]));
    }
  }
}

TEST_CASE("A row has one colour and one marker in all figures, and none has another's",
          "[reports][figure]") {
  std::map<std::string, std::set<std::string>> looks;
  std::set<std::string> different;
  RunRecord record = record_of_many(20);
  // Figures leave out what they have no fact of; the others keep their looks.
  std::erase_if(record.measurements, [](const MeasurementLine& line) {
    return line.system == "system-3" && line.metric == "question.auc_micro";
  });
  for (const Figure& figure : record_figures(record, {})) {
    for (const FigureKey& key : figure.keys) {
      looks[key.name].insert(key.colour + key.marker);
      different.insert(key.colour + key.marker);
    }
  }
  looks.erase("Pareto front");
  REQUIRE(looks.size() == 20);
  for (const auto& [name, look] : looks) CHECK(look.size() == 1);
  CHECK(different.size() == 21);
}

TEST_CASE("Bias against quality is drawn by the question's AUC, a point for each thing published",
          "[reports][figure]") {
  RunRecord record = example_record();
  const auto add = [&](const char* system, const char* view, double mrr, double auc) {
    record.measurements.push_back(fact(system, 1, "link_prediction.mrr",
                                       kMrrWithoutSensitive.all_facets(), mrr, Direction::kHigher));
    record.measurements.back().view = view;
    record.measurements.push_back(fact(system, 1, "question.auc_micro",
                                       kQuestionAuc.all_facets("gender"), auc, Direction::kNearer));
    record.measurements.back().view = view;
  };
  add("basic", "", 0.5, 0.875);
  add("kl+attr", "", 0.5, 0.25);
  add("kl+attr", "rows", 0.375, 0.25);
  add("kl+attr", "whole", 0.5, 1.0);
  const auto figure = bias_figure(record);
  REQUIRE(figure.has_value());
  CHECK_THAT(figure->caption, Contains("Bias (|AUC - .5| of the question, gender)") &&
                                  Contains("[rows] is what a system with attribute vectors"));
  CHECK_THAT(figure->data, Contains("0.5 0.5 0.5 0.375 0.375 0.375 \"basic\"\n") &&
                               Contains("0.375 0.375 0.375 0.25 0.25 0.25 \"kl+attr [rows]\"\n") &&
                               Contains("\"kl+attr [whole]\"") && !Contains("\"kl+attr\""));
}

TEST_CASE("Leakage over quality has the distance of the strongest probe's AUC from one half",
          "[reports][figure]") {
  RunRecord record;
  record.run = example_record().run;
  const auto add = [&](const char* system, const FactName& name, double value) {
    record.measurements.push_back(fact(system, 1, std::string(name.metric),
                                       name.all_facets(name.of_attribute ? "gender" : ""), value));
  };
  add("basic", kMrrWithoutSensitive, 0.5);
  add("basic", kStrongestAuc, 0.875);
  add("bose", kMrrWithoutSensitive, 0.25);
  add("bose", kStrongestAuc, 0.4375);
  const auto figure =
      leakage_against_quality(record, FactIndex(record), "gender", "leakage_vs_mrr");
  REQUIRE(figure);
  CHECK(figure->title == "Leakage against quality, gender");
  CHECK(figure->data.find("0.5 0.5 0.5 0.375 0.375 0.375 \"basic\"\n") != std::string::npos);
  CHECK(figure->data.find("0.25 0.25 0.25 0.0625 0.0625 0.0625 \"bose\"\n") != std::string::npos);
  CHECK_FALSE(leakage_against_quality(example_record(), FactIndex(example_record()), "gender",
                                      "leakage_vs_mrr"));
}

TEST_CASE("The frame of bias against quality holds every whisker", "[reports][figure]") {
  const RunRecord record = example_record();
  const auto figure = bias_against_quality(record, FactIndex(record), "gender", "bias_vs_mrr");
  REQUIRE(figure.has_value());
  std::smatch range;
  const std::regex pattern(R"(set xrange \[([-0-9.e]+):([-0-9.e]+)\])");
  REQUIRE(std::regex_search(figure->script, range, pattern));
  std::istringstream lines(figure->data);
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    double value = 0.0, low = 0.0, high = 0.0;
    REQUIRE(fields >> value >> low >> high);
    CHECK(std::stod(range[1]) < low);
    CHECK(high < std::stod(range[2]));
    ++rows;
  }
  CHECK(rows > 1);
}

TEST_CASE("Drawn figures come with their picture and their place", "[reports][figure]") {
  const TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "figures");
  const RunRecord record = example_record();
  std::vector<std::filesystem::path> files;
  const auto placed = draw_figures({&record, 1}, {}, folder.path(), files);
  REQUIRE(placed.size() == 4);
  CHECK(placed[0].figure.key == "score_gap");
  CHECK(placed[0].section == Section::kComparison);
  CHECK(placed[2].section == Section::kTime);
  CHECK(placed[0].figure.folder == "figures");
  CHECK(placed[0].figure.svg.empty() == !gnuplot_is_here());
  CHECK(std::filesystem::exists(folder / "figures/score_gap.gp"));
  CHECK(files.size() == placed.size() * (gnuplot_is_here() ? 5U : 2U));
}

TEST_CASE("Without gnuplot the sources are written and the picture is excused",
          "[reports][figure]") {
  const TemporaryDirectory folder;
  const auto figure = bias_figure(example_record());
  REQUIRE(figure);
  const Path nowhere("/nonexistent");
  const Drawing drawing = draw(*figure, folder.path());
  CHECK(drawing.files == std::vector<std::string>{"bias_vs_mrr.gp", "bias_vs_mrr.dat"});
  CHECK_THAT(drawing.not_drawn, Contains("not installed"));
  CHECK(read_file(folder / "bias_vs_mrr.dat") == figure->data);
  CHECK(read_file(folder / "bias_vs_mrr.gp") == figure->script);
}

TEST_CASE("A gnuplot that hangs over one figure gets no further one", "[reports][figure]") {
  const TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "bin");
  kgaudit::tests::write_file(folder / "bin/gnuplot",
                             "#!/bin/sh\n[ \"$1\" = --version ] || exec sleep 600\n");
  std::filesystem::permissions(folder / "bin/gnuplot", std::filesystem::perms::owner_all);
  const Path first(((folder / "bin").string() + ':' + std::getenv("PATH")).c_str());
  const auto figure = bias_figure(example_record());
  REQUIRE(figure);
  CHECK_THAT(draw(*figure, folder.path(), std::chrono::seconds(1)).not_drawn,
             Contains("did not draw bias_vs_mrr.png"));
  CHECK_THAT(draw(*figure, folder.path()).not_drawn,
             Contains("took more than 1 s over bias_vs_mrr; the script and the data are there"));
}

TEST_CASE("A gnuplot that fails leaves a word and no old picture", "[reports][figure]") {
  const TemporaryDirectory folder;
  kgaudit::tests::write_file(folder / "bias_vs_mrr.png", "old");
  Figure figure;
  figure.name = "bias_vs_mrr";
  figure.data = "x";
  figure.script = "this is no gnuplot command\n";
  const Drawing drawing = draw(figure, folder.path());
  CHECK_FALSE(drawing.not_drawn.empty());
  CHECK_FALSE(std::filesystem::exists(folder / "bias_vs_mrr.png"));
}

TEST_CASE("A figure for a folder that is not there is the user's error", "[reports][figure]") {
  const TemporaryDirectory folder;
  Figure figure;
  figure.name = "x";
  CHECK_THROWS_AS(draw(figure, folder / "none"), InputError);
  figure.name = "../x";
  CHECK_THROWS_AS(draw(figure, folder.path()), BrokenInvariant);
}
