#include "suite/base/shell_word.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("A path in a command is one word, whatever stands in it", "[base]") {
  CHECK(shell_path("data/train-1.txt") == "data/train-1.txt");
  CHECK(shell_path("sp ace;$(touch X)") == "'sp ace;$(touch X)'");
  CHECK(shell_path("o u't") == R"('o u'\''t')");
  CHECK(shell_path("~/a") == "'~/a'");
  CHECK(shell_path("Zürich") == "'Zürich'");
  CHECK(shell_path("-x.tsv") == "./-x.tsv");
  CHECK(shell_path("-x y") == "'./-x y'");
  CHECK(shell_path("") == "''");
}
