#include "suite/base/files/line_reader.hpp"

#include <string>
#include <utility>

#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("A compressed file is named with the program that unpacks it", "[base][files]") {
  const std::pair<std::string, const char*> files[] = {
      {std::string("\xfd"
                   "7zXZ\0\0\x04",
                   8),
       "xz -d train.txt"},
      {"\x1f\x8b\x08\xff\n", "gunzip train.txt"},
      {"\x28\xb5\x2f\xfd\x24", "zstd -d train.txt"},
      {"BZh91AY&SY\xff", "bunzip2 train.txt"},
      {"PK\x03\x04\x14\xff", "unzip train.txt"},
  };
  for (const auto& [bytes, advice] : files) {
    MemorySource source(bytes);
    LineReader lines(source, "train.txt");
    try {
      static_cast<void>(lines.next());
      FAIL("accepted: " << advice);
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUnreadable);
      CHECK(error.complaint().place == "train.txt:1");
      CHECK(error.complaint().advice == advice);
    }
  }
}

TEST_CASE("A name that begins like a compressed file is a name", "[base][files]") {
  MemorySource source("BZh_person\tknows\tann\n");
  LineReader lines(source, "train.txt");
  REQUIRE(lines.next());
  CHECK(lines.line() == "BZh_person\tknows\tann");
}
