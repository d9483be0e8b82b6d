#include <string>

#include "suite/base/error.hpp"
#include "suite/base/files/zip_directory.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("Stored members of a zip file are views of it, behind padded local headers",
          "[base][files]") {
  BuiltMember padded = stored("a/data/0", "numbers");
  padded.padding = 51;
  const std::string file = zip_file({padded, stored("a/version", "3\n")});
  const ZipDirectory zip(file, "f.zip");
  REQUIRE(zip.members().size() == 2);
  const ZipMember* member = zip.find("a/data/0");
  REQUIRE(member != nullptr);
  CHECK(member->packed == "numbers");
  CHECK(member->packed.data() >= file.data());
  CHECK(member->packed.data() < file.data() + file.size());
  CHECK(ZipDirectory::checksum_fits(*member, member->packed));
  CHECK(zip.find("b") == nullptr);
}

TEST_CASE("Deflated members are unpacked to the size that the directory says", "[base][files]") {
  const std::string text(100'000, 'x');
  BuiltMember member = stored("a", raw_deflate(text));
  member.deflated = true;
  member.size = text.size();
  member.crc32 = crc_of(text);
  const std::string file = zip_file({member});
  const ZipDirectory zip(file, "f.zip");
  MemoryBudget budget(200'000);
  const std::string unpacked = zip.unpack(zip.members()[0], budget);
  CHECK(unpacked == text);
  CHECK(ZipDirectory::checksum_fits(zip.members()[0], unpacked));
  MemoryBudget small(99'999);
  CHECK_THROWS_AS(zip.unpack(zip.members()[0], small), InputError);
}

TEST_CASE("A checksum of 0 is told and is no reason to refuse", "[base][files]") {
  BuiltMember member = stored("a", "data");
  member.crc32 = 0;
  const std::string file = zip_file({member});
  const ZipDirectory zip(file, "f.zip");
  CHECK(zip.members()[0].packed == "data");
  CHECK_FALSE(ZipDirectory::checksum_fits(zip.members()[0], "data"));
}
