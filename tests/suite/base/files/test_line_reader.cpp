#include "suite/base/files/line_reader.hpp"

#include <cstdlib>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("A compressed file is named with the program that unpacks it", "[base][files]") {
  const std::pair<std::string, const char*> files[] = {
      {std::string("\xfd"
                   "7zXZ\0\0\x04",
                   8),
       "xz -dc <"},
      {"\x1f\x8b\x08\xff\n", "gunzip <"},
      {"\x28\xb5\x2f\xfd\x24", "zstd -dc <"},
      {"BZh91AY&SY\xff", "bunzip2 <"},
      {"PK\x03\x04\x14\xff", "unzip -p"},
  };
  const TemporaryDirectory folder;
  const std::string file = (folder / "train.txt").string();
  for (const auto& [bytes, advice] : files) {
    MemorySource source(bytes);
    write_file(file, bytes);
    LineReader lines(source, file);
    try {
      static_cast<void>(lines.next());
      FAIL("accepted: " << advice);
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUnreadable);
      CHECK(error.complaint().place == file + ":1");
      CHECK(error.complaint().advice ==
            fmt::format("{0} {1} > {1}.unpacked && mv {1}.unpacked {1}", advice, file));
    }
  }
}

TEST_CASE("The command that unpacks a file works, whatever the file is called", "[base][files]") {
  const TemporaryDirectory folder;
  const auto file = folder / "-the 'facts'.txt";
  write_file(file, gzip_member("one\ntwo\n"));
  FileSource source(file);
  LineReader lines(source, file.string());
  try {
    static_cast<void>(lines.next());
    FAIL("accepted");
  } catch (const InputError& error) {
    REQUIRE(std::system(error.complaint().advice.c_str()) == 0);
  }
  CHECK(read_file(file) == "one\ntwo\n");
}

TEST_CASE("A packed entry of an archive is no file that a command could unpack", "[base][files]") {
  MemorySource source("\x1f\x8b\x08\xff\n");
  LineReader lines(source, "graph.tar/train.txt");
  CHECK_THROWS_WITH(lines.next(), Catch::Matchers::Contains("try: unpack it first"));
}

TEST_CASE("A name that begins like a compressed file is a name", "[base][files]") {
  MemorySource source("BZh_person\tknows\tann\n");
  LineReader lines(source, "train.txt");
  REQUIRE(lines.next());
  CHECK(lines.line() == "BZh_person\tknows\tann");
}
