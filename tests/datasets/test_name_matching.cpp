#include <string>
#include <vector>

#include "datasets/name_matching.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace name_matching_tests {
namespace {

using Names = std::vector<std::string>;

NameMatches matches(const Names& rows, const Names& asked, NameRule loosest) {
  return match_names(rows, asked, {loosest});
}

std::string refusal(const NameMatches& found, const Names& asked, bool strict) {
  try {
    require_matches(found, asked, strict, "people.csv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Each rule of names loosens one thing and keeps what the stricter ones loosened",
          "[datasets][name_matching]") {
  const std::string name = "<http://dbpedia.org/resource/Ren%C3%A9_Descartes>";
  CHECK(normal_form(name, NameRule::kExact) == name);
  CHECK(normal_form(name, NameRule::kBrackets) ==
        "http://dbpedia.org/resource/Ren%C3%A9_Descartes");
  CHECK(normal_form(name, NameRule::kPercent) ==
        "http://dbpedia.org/resource/Ren\xc3\xa9_Descartes");
  CHECK(normal_form(name, NameRule::kBlanks) ==
        "http://dbpedia.org/resource/Ren\xc3\xa9 Descartes");
  CHECK(normal_form(name, NameRule::kIriPrefix) == "Ren\xc3\xa9 Descartes");
  CHECK(normal_form("ENTITY/Ada_Lovelace", NameRule::kBrackets) == "ENTITY/Ada_Lovelace");
  CHECK(normal_form("ENTITY/Ada_Lovelace", NameRule::kEntityMark) == "Ada_Lovelace");
  CHECK(normal_form("http://a/b#c", NameRule::kIriPrefix) == "c");
}

TEST_CASE("What is no bracket, no encoding and no address stays as it is",
          "[datasets][name_matching]") {
  CHECK(normal_form("<>", NameRule::kIriPrefix) == "<>");
  CHECK(normal_form("100% sure", NameRule::kIriPrefix) == "100% sure");
  CHECK(normal_form("%ff", NameRule::kIriPrefix) == "%ff");  // no UTF-8 when decoded
  CHECK(normal_form("a%00b", NameRule::kIriPrefix) == "a%00b");
  CHECK(normal_form("/m/02mjmr", NameRule::kIriPrefix) == "/m/02mjmr");
  CHECK(normal_form("http://a/b/", NameRule::kIriPrefix) == "http://a/b/");
  CHECK(normal_form("ENTITY/", NameRule::kIriPrefix) == "ENTITY/");
  CHECK(normal_form("Ada", NameRule::kIriPrefix) == "Ada");  // capitals stay
}

TEST_CASE("Names of Wikidata, DBpedia and Wikipedia2Vec meet plain ones, with the rule on record",
          "[datasets][name_matching]") {
  const Names rows = {"<http://www.wikidata.org/entity/Q42>", "ENTITY/Ada Lovelace", "Zuse",
                      "http://dbpedia.org/resource/Kurt_G%C3%B6del"};
  const Names asked = {"Q42", "Ada_Lovelace", "Zuse",
                       "Kurt G\xc3\xb6"
                       "del",
                       "Q7"};
  const NameMatches found = matches(rows, asked, NameRule::kIriPrefix);
  CHECK(found.row_of == std::vector<std::optional<std::uint32_t>>{0U, 1U, 2U, 3U, std::nullopt});
  CHECK(found.rule_of[0] == NameRule::kIriPrefix);
  CHECK(found.rule_of[1] == NameRule::kBlanks);
  CHECK(found.rule_of[2] == NameRule::kExact);
  CHECK(found.matched_by == std::array<std::uint64_t, kNameRules>{1, 0, 0, 0, 0, 1, 2});
  CHECK(found.missing == std::vector<std::uint32_t>{4});
  CHECK(found.share_of_asked() == near(.8));
  CHECK(found.share_of_rows() == near(1.0));
  CHECK(matches_text(found, asked) ==
        "4 of 5 names have a row (80.0 %; 1 exact, 1 by blanks, 2 by iri); they are 100.0 % of 4 "
        "rows; 1 have none, such as 'Q7'");
  const NameMatches strict = matches(rows, asked, NameRule::kExact);
  CHECK(strict.matched() == 1);
  CHECK(strict.missing.size() == 4);
  const Names others = {"Q7", "Q8"};
  CHECK(matches_text(matches(rows, others, NameRule::kExact), others) ==
        "0 of 2 names have a row (0.0 %); they are 0.0 % of 4 rows; 2 have none, such as 'Q7'; the "
        "first row is called '<http://www.wikidata.org/entity/Q42>'");
}

TEST_CASE("Letters composed in two ways are one name, capitals are not",
          "[datasets][name_matching]") {
  const Names rows = {"Rene\xcc\x81", "Zo%65%CC%88", "E\xcc\x81mile"};
  const Names asked = {"Ren\xc3\xa9", "Zo\xc3\xab", "\xc3\xa9mile"};
  const NameMatches found = matches(rows, asked, NameRule::kComposition);
  CHECK(found.row_of == std::vector<std::optional<std::uint32_t>>{0U, 1U, std::nullopt});
  CHECK(found.rule_of[0] == NameRule::kComposition);
  CHECK(found.missing_by_case == 1);
  CHECK(matches(rows, asked, NameRule::kPercent).matched() == 0);
}

TEST_CASE("A name that meets two rows by one rule gets neither and is listed",
          "[datasets][name_matching]") {
  const Names rows = {"http://a/Paris", "http://b/Paris", "Rome", "http://a/Rome"};
  const Names asked = {"Paris", "Rome"};
  const NameMatches found = matches(rows, asked, NameRule::kIriPrefix);
  REQUIRE(found.ambiguous.size() == 1);
  CHECK(found.ambiguous[0].asked == 0);
  CHECK(found.ambiguous[0].rows == std::vector<std::uint32_t>{0, 1});
  CHECK_FALSE(found.ambiguous[0].rival);
  // The stricter rule decides, and that a looser one knew another row is counted.
  CHECK(found.row_of[1] == std::optional<std::uint32_t>(2));
  CHECK(found.with_looser_rivals == 1);
  // The order of the rows does not matter.
  const NameMatches turned = matches({"http://a/Rome", "Rome"}, {"Rome"}, NameRule::kIriPrefix);
  CHECK(turned.row_of[0] == std::optional<std::uint32_t>(1));
  CHECK(turned.with_looser_rivals == 1);
  CHECK(matches({"x", "x"}, {"x"}, NameRule::kExact).ambiguous.size() == 1);
}

TEST_CASE("Two names that claim one row get it by the stricter rule, or neither gets it",
          "[datasets][name_matching]") {
  const NameMatches stricter = matches({"Ada_L"}, {"Ada L", "Ada_L"}, NameRule::kBlanks);
  CHECK(stricter.row_of[1] == std::optional<std::uint32_t>(0));
  REQUIRE(stricter.ambiguous.size() == 1);
  CHECK(stricter.ambiguous[0].asked == 0);
  CHECK(stricter.ambiguous[0].rival == std::optional<std::uint32_t>(1));
  const NameMatches equal = matches({"<Ada_L>"}, {"Ada L", "Ada%20L"}, NameRule::kBlanks);
  CHECK(equal.matched() == 0);
  REQUIRE(equal.ambiguous.size() == 2);
  CHECK(equal.ambiguous[0].rival == std::optional<std::uint32_t>(1));
  CHECK(equal.ambiguous[1].rival == std::optional<std::uint32_t>(0));
}

TEST_CASE("Of three names that claim one row each is told the first other one",
          "[datasets][name_matching]") {
  const NameMatches found =
      matches({"a"}, {"http://x.org/a", "http://y.org/a", "http://z.org/a"}, NameRule::kIriPrefix);
  REQUIRE(found.ambiguous.size() == 3);
  CHECK(found.ambiguous[0].rival == std::optional<std::uint32_t>(1));
  CHECK(found.ambiguous[1].rival == std::optional<std::uint32_t>(0));
  CHECK(found.ambiguous[2].rival == std::optional<std::uint32_t>(0));
}

TEST_CASE("Capitals are never changed; names that differ in them alone are counted and advised on",
          "[datasets][name_matching]") {
  const Names asked = {"Ada", "bob"};
  const NameMatches found = matches({"ada", "eve"}, asked, NameRule::kIriPrefix);
  CHECK(found.matched() == 0);
  CHECK(found.missing_by_case == 1);
  CHECK_THAT(refusal(found, asked, false),
             Contains("0 of 2 names have a row") && Contains("differ in capitals alone"));
}

TEST_CASE("Strict refuses one missing name; otherwise only a source without any match is refused",
          "[datasets][name_matching]") {
  const Names asked = {"Ada", "Bob"};
  const NameMatches some = matches({"Ada", "x"}, asked, NameRule::kIriPrefix);
  CHECK(refusal(some, asked, false).empty());
  CHECK_THAT(refusal(some, asked, true), Contains("people.csv") && Contains("such as 'Bob'"));
  const NameMatches all = matches({"Ada", "Bob"}, asked, NameRule::kIriPrefix);
  CHECK(refusal(all, asked, true).empty());
  CHECK_THAT(refusal(matches({"x"}, asked, NameRule::kIriPrefix), asked, false),
             Contains("rows for some of the names"));
}

TEST_CASE("A matcher tells at once which rows need not be kept", "[datasets][name_matching]") {
  const Names asked = {"Ada"};
  NameMatcher matcher(asked);
  CHECK_FALSE(matcher.add_row("Bob"));
  CHECK(matcher.add_row("ENTITY/Ada"));
  CHECK_FALSE(matcher.add_row("ada"));
  CHECK(matcher.finish().row_of[0] == std::optional<std::uint32_t>(1));
}

TEST_CASE("The rules of names have ids, and an unknown one is answered with the nearest",
          "[datasets][name_matching]") {
  for (const NameRuleText& text : name_rules()) CHECK(name_rule(text.id, "--names") == text.rule);
  CHECK_THROWS_WITH(name_rule("bracket", "--names"), Contains("brackets"));
}

}  // namespace name_matching_tests
