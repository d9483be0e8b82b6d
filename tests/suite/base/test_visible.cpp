#include "suite/base/visible.hpp"

#include <string>
#include <utility>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("Characters that act on a terminal or hide text are written out", "[base][text]") {
  const std::pair<std::string, const char*> texts[] = {
      {"\x1b[31mRED", "\\x1b[31mRED"},
      {"a\rb\x07\x7f", "a\\x0db\\x07\\u007f"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"\xc2\x9b"
       "31m",
       "\\u009b31m"},  // CSI as one C1 character
      {"\xe2\x80\xae"
       "gnp.exe",
       "\\u202egnp.exe"},  // right-to-left override
      {"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"},
      {"ma\xe2\x80\x8ble", "ma\\u200ble"},  // zero-width space
      {"\xef\xbb\xbf"
       "male",
       "\\ufeffmale"},                         // byte order mark
      {"ma\xc2\xadle", "ma\\u00adle"},         // soft hyphen
      {"\xf3\xa0\x81\x81", "\\udb40\\udc41"},  // a tag, as JSON writes it
      {"male\xe3\x85\xa4", "male\\u3164"},     // Hangul filler
      {"male\xef\xb8\x8f", "male\\ufe0f"},     // variation selector
      {"\xff\xc3", "\\xff\\xc3"},
  };
  for (const auto& [text, shown] : texts) CHECK(visible(text) == shown);
  for (const char* plain :
       {"", "plain", "a\tb\nc", "Zo\xc3\xab", "\xe4\xb8\xad\xe6\x96\x87", "1 \xe2\x80\x93 2"}) {
    CHECK(visible(plain) == plain);
  }
}

TEST_CASE("No part of a message about input acts on the terminal", "[base][error]") {
  const InputError error =
      InputError::unreadable(std::string("a\0b", 3), "\x1b[2J", "\xe2\x80\xaex", "\x07");
  CHECK(std::string(error.what()) == "a\\x00b: \\x1b[2J\n  expected: \\u202ex\n  try: \\x07");
}
