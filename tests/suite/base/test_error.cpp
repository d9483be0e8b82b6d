#include <array>
#include <vector>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("An input error says place, got, expected and advice", "[base][error]") {
  const auto error = InputError::unreadable("a.tsv:3", "2 columns", "3 columns", "add a tab");
  CHECK(std::string(error.what()) == "a.tsv:3: 2 columns\n  expected: 3 columns\n  try: add a tab");
  CHECK(error.code() == ExitCode::kUnreadable);
  CHECK(error.complaint().advice == "add a tab");
  CHECK(std::string(InputError::usage("x", "y", "").what()) == "x: y");
  CHECK(InputError::usage("x", "y", "z").code() == ExitCode::kUsage);
  CHECK(InputError::unsafe("x", "y", "z").code() == ExitCode::kUnsafe);
}

TEST_CASE("An unknown word is answered with the known ones and the nearest", "[base][error]") {
  const std::vector<std::string> known{"basic", "kl", "kl-attr"};
  const auto slip = InputError::unknown("a.toml:3", "system", "basik", known);
  CHECK(slip.code() == ExitCode::kUsage);
  CHECK(std::string(slip.what()) ==
        "a.toml:3: unknown system 'basik'\n  expected: one of: basic, kl, kl-attr\n"
        "  did you mean 'basic'?");
  const auto far = InputError::unknown("a.toml:3", "system", "transformer", known);
  CHECK(far.complaint().advice.empty());
  CHECK(InputError::unknown("score", "", "x\n", known).complaint().got == "'x\\x0a' is not known");

  const std::array<std::string_view, 2> words{"dot", "l1"};
  const auto own = InputError::none_of("here", "'l2', which nobody has", "l2", words);
  CHECK(own.complaint().got == "'l2', which nobody has");
  CHECK(own.complaint().expected == "one of: dot, l1");
  CHECK(own.complaint().advice == "did you mean 'l1'?");
  CHECK(InputError::guess("reciprocal", words).empty());
  // A word that is a part of a known one before a colon is that one, not one that is spelt alike.
  const std::vector<std::string> rows = {"neutral", "neutral+attr:rows"};
  CHECK(InputError::guess("neutral+attr", rows) == "did you mean 'neutral+attr:rows'?");
  CHECK(InputError::guess("dott", words) == "did you mean 'dot'?");
}

TEST_CASE("Exit codes keep their numbers", "[base][error]") {
  CHECK(static_cast<int>(ExitCode::kPass) == 0);
  CHECK(static_cast<int>(ExitCode::kRegression) == 1);
  CHECK(static_cast<int>(ExitCode::kUsage) == 2);
  CHECK(static_cast<int>(ExitCode::kInconclusive) == 3);
  CHECK(static_cast<int>(ExitCode::kNotComparable) == 4);
  CHECK(static_cast<int>(ExitCode::kUnreadable) == 5);
  CHECK(static_cast<int>(ExitCode::kUnsafe) == 6);
  CHECK(static_cast<int>(ExitCode::kNothingMeasured) == 7);
  CHECK(static_cast<int>(ExitCode::kBug) == 70);
}

TEST_CASE("A broken invariant names the place, the expression and the values", "[base][error]") {
  const int left = 3;
  try {
    KGA_REQUIRE(left == 4, "left = {}", left);
    FAIL("not thrown");
  } catch (const BrokenInvariant& error) {
    CHECK_THAT(error.what(), Catch::Contains("test_error.cpp:") &&
                                 Catch::EndsWith("left == 4 does not hold: left = 3"));
  }
  CHECK_NOTHROW([&] { KGA_REQUIRE(left == 3, "left = {}", left); }());
}

TEST_CASE("Printable text has no control bytes and a limit", "[base][error]") {
  CHECK(printable("plain é") == "plain é");
  CHECK(printable("a\x1b[31m\n\x7f") == "a\\x1b[31m\\x0a\\u007f");
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(printable("a\xE2\x80\xAE"
                  "b\xC2\x9B") == "a\\u202eb\\u009b");
  CHECK(printable("abcdef", 3) == "abc...");
  CHECK(printable("abc", 3) == "abc");
  // Characters, whatever bytes they take; one that is written out counts as it is shown.
  CHECK(printable("éééé", 3) == "ééé...");
  CHECK(printable("ééé", 3) == "ééé");
  CHECK(printable("\n\n", 4) == "\\x0a...");
  CHECK(printable("").empty());
}
