#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace std::string_literals;

TEST_CASE("A sequence of UTF-8 stands for its code point", "[base][text]") {
  CHECK(utf8_code_point("A") == 0x41);
  CHECK(utf8_code_point("\xc3\xa9") == 0xe9);
  CHECK(utf8_code_point("\xe2\x82\xac") == 0x20ac);
  CHECK(utf8_code_point("\xf0\x9f\x98\x80") == 0x1f600);
}

TEST_CASE("Numbers are written as the shortest text that reads back", "[base][text]") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(1.0) == "1");
  CHECK(number_text(-2.5) == "-2.5");
  CHECK(number_text(1e22) == "1e+22");
  CHECK(number_text(1.0 / 3.0) == "0.3333333333333333");
  CHECK_THROWS_AS(number_text(std::nan("")), BrokenInvariant);
  CHECK_THROWS_AS(number_text(std::numeric_limits<double>::infinity()), BrokenInvariant);
  Rng rng(1, "number text");
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t bits = rng.next_u64();
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) CHECK(parse_double(number_text(value)) == value);
  }
}

TEST_CASE("Only a whole number text is a number", "[base][text]") {
  CHECK(parse_int("-12") == -12);
  CHECK(parse_int("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_uint("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_double("1e-3") == 0.001);
  for (const char* text : {"", " 1", "1 ", "1x", "+1", "0x10", "--1", "1,5"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_int(text));
    CHECK_FALSE(parse_uint(text));
    CHECK_FALSE(parse_double(text));
  }
  CHECK_FALSE(parse_int("9223372036854775808"));
  CHECK_FALSE(parse_uint("-1"));
  CHECK_FALSE(parse_uint("18446744073709551616"));
  CHECK_FALSE(parse_int("1.0"));
  CHECK_FALSE(parse_double("1e999"));
}

TEST_CASE("UTF-8 is judged by the table of the Unicode standard", "[base][text]") {
  const std::vector<std::pair<std::string, std::size_t>> cases = {
      {"a", 1},
      {"\x7f", 1},
      {"\0"s, 1},
      {"\xc2\x80", 2},          // U+0080, the first of two bytes
      {"\xdf\xbf", 2},          // U+07FF
      {"\xe0\xa0\x80", 3},      // U+0800
      {"\xed\x9f\xbf", 3},      // U+D7FF, the last before the surrogates
      {"\xee\x80\x80", 3},      // U+E000, the first after them
      {"\xef\xbf\xbf", 3},      // U+FFFF
      {"\xf0\x90\x80\x80", 4},  // U+10000
      {"\xf4\x8f\xbf\xbf", 4},  // U+10FFFF
      {"", 0},
      {"\x80", 0},  // a continuation without a lead
      {"\xbf", 0},
      {"\xc0\x80", 0},  // overlong NUL
      {"\xc1\xbf", 0},  // overlong
      {"\xc2", 0},      // cut
      {"\xc2\x41", 0},
      {"\xe0\x9f\xbf", 0},      // overlong
      {"\xe2\x82", 0},          // cut
      {"\xed\xa0\x80", 0},      // surrogate U+D800
      {"\xf0\x8f\xbf\xbf", 0},  // overlong
      {"\xf0\x9f\x98", 0},      // cut
      {"\xf4\x90\x80\x80", 0},  // U+110000
      {"\xf5\x80\x80\x80", 0},
      {"\xff", 0},
  };
  for (const auto& [bytes, length] : cases) {
    CAPTURE(printable(bytes));
    CHECK(utf8_sequence_length(bytes) == length);
    CHECK(utf8_sequence_length(bytes + "z") == (bytes.empty() ? 1 : length));
    if (!bytes.empty()) CHECK(find_broken_utf8("ok " + bytes).has_value() == (length == 0));
  }
  CHECK(find_broken_utf8("ab\xffz") == 2);
  CHECK_FALSE(find_broken_utf8(""));
}

TEST_CASE("The width of a text is the columns it takes", "[base][text]") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Zoë") == 3);
  CHECK(display_width("Zoe\xcc\x88") == 3);  // e with a combining diaeresis
  CHECK(display_width("a\xcd\xaf"
                      "b") == 2);         // U+036F, the last combining mark
  CHECK(display_width("\xcd\xb0") == 1);  // U+0370, a letter
  CHECK(display_width("ΔS ±") == 4);
  CHECK(display_width("\xff\xfe") == 2);
  CHECK(display_width("中文 x") == 6);
  CHECK(display_width("\xe0\xa4\x95\xe0\xa5\x81") == 1);  // Devanagari: KA with a vowel below
}

TEST_CASE("Quantities are written for people", "[base][text]") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1000) == "1,000");
  CHECK(with_thousands(1234567) == "1,234,567");
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1024) == "1.0 KiB");
  CHECK(bytes_text(12897485) == "12.3 MiB");
  CHECK(bytes_text(~std::uint64_t{0}) == "16777216.0 TiB");
  CHECK(duration_text(0.85) == "850 ms");
  CHECK(duration_text(-1.0) == "0 ms");
  CHECK(duration_text(12.34) == "12.3 s");
  CHECK(duration_text(245.0) == "4 min 05 s");
  CHECK(duration_text(7380.0) == "2 h 03 min");
}

TEST_CASE("A typing slip finds the word that was meant", "[base][text]") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("sitting", "kitten") == 3);
  const std::vector<std::string> words = {"markdown", "csv", "json"};
  CHECK(nearest_word("markdwon", words) == "markdown");
  CHECK(nearest_word("cvs", words) == "csv");
  CHECK_FALSE(nearest_word("parquet", words));
}

TEST_CASE("A text is wrapped at spaces", "[base][text]") {
  CHECK(wrapped("one two three", 2, 9) == "one two\n  three");
  CHECK(wrapped("  one   two ", 0, 80) == "one two");
  CHECK(wrapped("a longwordthatdoesnotfit b", 1, 5) == "a\n longwordthatdoesnotfit\n b");
  CHECK(wrapped("", 4, 10).empty());
  // "é" takes two bytes and one column.
  CHECK(wrapped("éé éé", 0, 5) == "éé éé");
}

TEST_CASE("A wrapped text may begin left of its other lines, or have no limit", "[base][text]") {
  CHECK(wrapped("one two three", 2, 9, 0) == "one two\n  three");
  CHECK(wrapped("one two six", 4, 7) == "one\n    two\n    six");
  CHECK(wrapped("one two six", 4, 7, 0) == "one two\n    six");
  CHECK(wrapped("one two three", 2, 0) == "one two three");
}

TEST_CASE("A text for TOML keeps quotes, backslashes and control characters", "[base][text]") {
  CHECK(toml_text("a") == "\"a\"");
  CHECK(toml_text("a\"b\\c\nd") == "\"a\\\"b\\\\c\\u000Ad\"");
  CHECK(toml_text("é") == "\"é\"");
}

TEST_CASE("A list is told in words: nothing, one, two, three", "[base][text]") {
  CHECK(listed_in_words({}).empty());
  CHECK(listed_in_words(std::vector<std::string>{"a"}) == "a");
  CHECK(listed_in_words(std::vector<std::string>{"a", "b"}) == "a and b");
  CHECK(listed_in_words(std::vector<std::string>{"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("A trimmed text has no blanks at its ends and keeps those inside", "[base][text]") {
  CHECK(trimmed(" \ta b\t ") == "a b");
  CHECK(trimmed(" \n").size() == 1);
  CHECK(trimmed(" \n", " \n").empty());
  CHECK(trimmed("").empty());
}

TEST_CASE("Small letters are made of A to Z alone", "[base][text]") {
  CHECK(ascii_small("AZ[@É9"s) == "az[@É9");
}

TEST_CASE("Letters are A to Z and a to z, digits 0 to 9, and no other byte", "[base][text]") {
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string digits = "0123456789";
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    const bool letter = letters.find(c) != std::string::npos;
    CHECK(is_ascii_letter(c) == letter);
    CHECK(is_ascii_letter_or_digit(c) == (letter || digits.find(c) != std::string::npos));
    const std::size_t capital = letters.find(c);
    CHECK(ascii_small(c) == (capital < 26 ? letters[capital + 26] : c));
  }
}
