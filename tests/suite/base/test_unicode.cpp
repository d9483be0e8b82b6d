#include "suite/base/unicode.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("Two ways to compose a letter become one, and nothing else changes", "[base][unicode]") {
  CHECK(composed("Rene\xcc\x81") == "Ren\xc3\xa9");
  CHECK(composed("Ren\xc3\xa9") == "Ren\xc3\xa9");
  CHECK(composed("Ada_Lovelace <1>") == "Ada_Lovelace <1>");
  CHECK(composed("").empty());
  // Accents in another order: one below and one above.
  CHECK(composed("s\xcc\x87\xcc\xa3") == composed("s\xcc\xa3\xcc\x87"));
  // Hangul syllables of their letters.
  CHECK(composed("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab") == "\xed\x95\x9c");
  // What only looks alike stays apart: a ligature, a wide letter, capitals.
  CHECK(composed("\xef\xac\x81") == "\xef\xac\x81");
  CHECK(composed("\xef\xbc\xa1") == "\xef\xbc\xa1");
  CHECK(composed("\xc3\x89") == "\xc3\x89");
}

TEST_CASE("Without capitals texts are equal in every alphabet", "[base][unicode]") {
  CHECK(case_folded("Ada") == "ada");
  CHECK(case_folded("\xc3\x89"
                    "COLE") == case_folded("e\xcc\x81"
                                           "cole"));
  CHECK(case_folded("\xce\xa3\xce\x91\xce\xa3") == case_folded("\xcf\x83\xce\xb1\xcf\x82"));
  CHECK(case_folded("Stra\xc3\x9f"
                    "e") == "strasse");
  CHECK(case_folded("\xd0\x9c\xd0\x98\xd0\xa0") == "\xd0\xbc\xd0\xb8\xd1\x80");
  CHECK(case_folded("ecole") != case_folded("\xc3\xa9"
                                            "cole"));
}

TEST_CASE("A text that is not UTF-8 keeps its bytes", "[base][unicode]") {
  CHECK(composed("e\xcc\x81\xff") == "e\xcc\x81\xff");
  CHECK(case_folded("A\xff\xe2\x80") == "a\xff\xe2\x80");
  CHECK(composed(std::string_view("\xc3\xa9\0\xc3\xa9", 5)) ==
        std::string_view("\xc3\xa9\0\xc3\xa9", 5));
}
