#include "reports/tables/erasing_table.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;

namespace {

Measurement accuracy(double value) { return Measurement::of(value, 10, "", Direction::kLower); }

}  // namespace

TEST_CASE("What probes read stands below what the majority's guess gets", "[reports][erasing]") {
  const std::vector<ProbedRows> rows = {
      {"as read",
       {{{"gender", "linear"}, accuracy(0.75)},
        {{"gender", "mlp"}, accuracy(0.875)},
        {{"gender", "majority"}, accuracy(0.5)}}},
      {"inlp [a]",
       {{{"gender", "linear"}, accuracy(0.5)},
        {{"gender", "mlp"},
         Measurement::undefined("no value has 10 persons", 4, "", Direction::kLower)}}},
      {"inlp [s:age]", {}}};
  CHECK(render_terminal(erasing_table(rows, "Accuracy."), {0, false}) ==
        "What probes read from the rows\n"
        "\n"
        "                      gender\n"
        "rows            linear         mlp\n"
        "majority guess   0.500       0.500\n"
        "as read          0.750       0.875\n"
        "inlp [a]         0.500  undef. [1]\n"
        "inlp [s:age]         –           –\n"
        "\n"
        "Accuracy.\n"
        "[1] no value has 10 persons\n");
  CHECK(erasing_table({}, "").rows.empty());
}
