#include "reports/document/finding_sentence.hpp"

#include <string>

#include "tests/test_support.hpp"

namespace kgaudit::reports {
namespace {

std::string sentence_of(std::string message, std::string check = "several_values") {
  return finding_sentence({"note", std::move(check), "gender", std::move(message)});
}

TEST_CASE("A finding that counts is a sentence", "[reports][finding]") {
  CHECK(sentence_of("29: Persons with two or more values of gender in train, e.g. 'x' with 2.") ==
        "There are 29 persons with two or more values of gender in train, e.g. 'x' with 2.");
  CHECK(sentence_of("1,935: Persons whose value no score gap compares (top_m = 30): a, b.") ==
        "There are 1,935 persons whose value no score gap compares (top_m = 30): a, b.");
  CHECK(sentence_of("8: Optional names of the whitelist that the graph lacks, e.g. 'x'.") ==
        "There are 8 optional names of the whitelist that the graph lacks, e.g. 'x'.");
}

TEST_CASE("A finding about one is in the singular", "[reports][finding]") {
  CHECK(sentence_of("1: Relations of valid that never occur in train, e.g. 'P155'.") ==
        "There is 1 relation of valid that never occurs in train, e.g. 'P155'.");
  CHECK(sentence_of("1: Triples of valid that are in train too.") ==
        "There is 1 triple of valid that is in train too.");
  CHECK(sentence_of("1: Of 9 persons these have no value of gender in train.") ==
        "Of 9 persons 1 has no value of gender in train.");
}

TEST_CASE("A finding about a part of all says how many where its words point to it",
          "[reports][finding]") {
  CHECK(sentence_of("6,983: Of 66377 persons these have no value of gender in train.") ==
        "Of 66377 persons 6,983 have no value of gender in train.");
}

TEST_CASE("What is a sentence already stays one", "[reports][finding]") {
  CHECK(sentence_of("3 triples stand twice") == "3 triples stand twice");
  CHECK(sentence_of("") == "");
  CHECK(sentence_of("2: ") == " (2 in all).");
  CHECK(sentence_of("1: Nobody has a gender in train.") == "Nobody has a gender in train.");
  CHECK(sentence_of("2: Values that differ in capitals alone are different values.",
                    "values_alike") ==
        "Values that differ in capitals alone are different values (2 in all).");
}

}  // namespace
}  // namespace kgaudit::reports
