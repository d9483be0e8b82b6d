#include <cstdlib>

#include "reports/figure.hpp"
#include "suite/base/error.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
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

bool gnuplot_is_here() { return std::system("command -v gnuplot >/dev/null 2>&1") == 0; }

}  // namespace

TEST_CASE("the figure's data are the table's numbers", "[reports][figure]") {
  const auto figure = bias_against_quality(example_record(), "gender");
  REQUIRE(figure);
  CHECK(figure->data ==
        "# mrr mrr_sd abs_score_gap abs_score_gap_sd name\n"
        "0.69 0.014142135623730885 3 0.7071067811865476 \"basic\"\n"
        "0.66 0 0.25 0.7071067811865476 \"kl+attr\"\n");
  CHECK_FALSE(bias_against_quality(example_record(), "religion"));
}

TEST_CASE("user text in a figure is quoted", "[reports][figure]") {
  RunRecord record = example_record();
  record.run.dataset = "it's `touch x`\n\"";
  record.run.labels["basic"] = "a\"b\\c\nd";
  const auto figure = bias_against_quality(record, "gender");
  REQUIRE(figure);
  CHECK_THAT(figure->data, Catch::Contains("\"a'b/cd\"\n"));
  CHECK_THAT(figure->script,
             Catch::Contains("set title 'Bias against quality, it''s `touch x`\"' font"));
}

TEST_CASE("a figure is drawn as SVG and PNG", "[reports][figure]") {
  if (!gnuplot_is_here()) {
    WARN("skipped: gnuplot is not installed");
    return;
  }
  const TemporaryDirectory parent;
  const auto folder = parent / "it's a folder `touch x`";
  std::filesystem::create_directory(folder);
  RunRecord record = example_record();
  record.run.labels["basic"] = "{/*9 x} $(touch y) \"@";
  const auto figure = bias_against_quality(record, "gender");
  REQUIRE(figure);
  const Drawing drawing = draw(*figure, folder);
  CHECK(drawing.not_drawn == "");
  CHECK(drawing.files == std::vector<std::string>{"bias_vs_mrr.gp", "bias_vs_mrr.dat",
                                                  "bias_vs_mrr.svg", "bias_vs_mrr.png"});
  const std::string svg = read_file(folder / "bias_vs_mrr.svg");
  CHECK_THAT(svg, Catch::Contains("kl+attr") && Catch::Contains("{/*9 x} $(touch y)") &&
                      Catch::Contains("</svg>"));
  CHECK(read_file(folder / "bias_vs_mrr.png").substr(1, 3) == "PNG");
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 4);
}

TEST_CASE("without gnuplot the sources are written and the picture is excused",
          "[reports][figure]") {
  const TemporaryDirectory folder;
  const auto figure = bias_against_quality(example_record(), "gender");
  REQUIRE(figure);
  const Path nowhere("/nonexistent");
  const Drawing drawing = draw(*figure, folder.path());
  CHECK(drawing.files == std::vector<std::string>{"bias_vs_mrr.gp", "bias_vs_mrr.dat"});
  CHECK_THAT(drawing.not_drawn, Catch::Contains("not installed"));
  CHECK(read_file(folder / "bias_vs_mrr.dat") == figure->data);
  CHECK(read_file(folder / "bias_vs_mrr.gp") == figure->script);
}

TEST_CASE("a gnuplot that fails leaves a word and no old picture", "[reports][figure]") {
  const TemporaryDirectory folder;
  kgaudit::tests::write_file(folder / "bias_vs_mrr.png", "old");
  const Drawing drawing = draw({"bias_vs_mrr", "x", "this is no gnuplot command\n"}, folder.path());
  CHECK_FALSE(drawing.not_drawn.empty());
  CHECK_FALSE(std::filesystem::exists(folder / "bias_vs_mrr.png"));
}

TEST_CASE("a figure for a folder that is not there is the user's error", "[reports][figure]") {
  const TemporaryDirectory folder;
  CHECK_THROWS_AS(draw({"x", "", ""}, folder / "none"), InputError);
  CHECK_THROWS_AS(draw({"../x", "", ""}, folder.path()), BrokenInvariant);
}
