#include "reports/tables/erasing_table.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;

namespace {

Measurement near(double value) { return Measurement::of(value, 10, "", Direction::kNearer); }

}  // namespace

TEST_CASE("What the strongest probe reads stands by attribute, as AUC and in points above a guess",
          "[reports][erasing]") {
  const Measurement none =
      Measurement::undefined("no value has 10 persons", 4, "", Direction::kNearer);
  const std::vector<ProbedRows> rows = {
      {"as read", {{"gender", near(0.875)}}, {{"gender", near(0.25)}}},
      {"inlp [a]", {{"gender", near(0.5)}}, {{"gender", none}}},
      {"inlp [s:age]", {}, {}}};
  const std::string text = render_terminal(erasing_table(rows, "Of persons."), {0, false});
  INFO(text);
  CHECK_THAT(text, Contains("                       gender\n"
                            "rows          AUC →0.5  balanced, points →0\n"
                            "as read          0.875                 25.0\n"
                            "inlp [a]         0.500           undef. [1]\n"
                            "inlp [s:age]         –                    –\n"
                            "\n"
                            "Of persons.\n"
                            "[1] no value has 10 persons\n"));
  CHECK(erasing_table({}, "").rows.empty());
}
