#include <archive.h>
#include <archive_entry.h>

#include "datasets/tar_reader.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using Catch::Matchers::Contains;

namespace {

/// A tar archive in memory; a path that ends in '/' is a folder.
std::string tar(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string bytes(1'000'000, '\0');
  std::size_t used = 0;
  archive* a = archive_write_new();
  archive_write_set_format_ustar(a);
  REQUIRE(archive_write_open_memory(a, bytes.data(), bytes.size(), &used) == ARCHIVE_OK);
  for (const auto& [path, text] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, path.c_str());
    archive_entry_set_filetype(entry, path.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    REQUIRE(archive_write_header(a, entry) == ARCHIVE_OK);
    archive_write_data(a, text.data(), text.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
  bytes.resize(used);
  return bytes;
}

constexpr std::uint64_t kPlenty = 1'000'000;

}  // namespace

TEST_CASE("An archive is read file by file", "[datasets]") {
  const std::string bytes = tar({{"g/", ""}, {"g/a.txt", "one"}, {"g/b.txt", ""}, {"c", "three"}});
  MemorySource source(bytes);
  TarReader reader(source, "x.tar", kPlenty);
  REQUIRE(reader.next());
  CHECK(reader.path() == "g/a.txt");
  CHECK(reader.name() == "a.txt");
  CHECK(reader.read() == "one");
  REQUIRE(reader.next());
  CHECK(reader.read().empty());
  REQUIRE(reader.next());
  CHECK(reader.name() == "c");
  CHECK(reader.read() == "three");
  CHECK_FALSE(reader.next());
}

TEST_CASE("Files of an archive may be passed over, and count for the limit", "[datasets]") {
  const std::string bytes = tar({{"a", std::string(600, 'x')}, {"b", std::string(600, 'y')}});
  {
    MemorySource source(bytes);
    TarReader reader(source, "x.tar", 1200);
    REQUIRE(reader.next());
    REQUIRE(reader.next());
    CHECK(reader.read() == std::string(600, 'y'));
    CHECK_FALSE(reader.next());
  }
  MemorySource source(bytes);
  TarReader reader(source, "x.tar", 1199);
  REQUIRE(reader.next());
  REQUIRE(reader.next());
  CHECK_THROWS_WITH(reader.read(), Contains("x.tar: more than 1.2 KiB when unpacked"));
}

TEST_CASE("An archive's paths stay inside it", "[datasets]") {
  for (const char* path : {"../a", "g/../../a", "/etc/passwd"}) {
    const std::string bytes = tar({{path, "x"}});
    MemorySource source(bytes);
    TarReader reader(source, "x.tar", kPlenty);
    try {
      static_cast<void>(reader.next());
      FAIL("passed: " << path);
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUnsafe);
      CHECK_THAT(error.what(), Contains(path));
    }
  }
}

TEST_CASE("Bytes that are no archive are refused with its place", "[datasets]") {
  MemorySource source("certainly not an archive");
  const auto read = [&] {
    TarReader reader(source, "x.tar", kPlenty);
    static_cast<void>(reader.next());
  };
  CHECK_THROWS_WITH(read(), Contains("x.tar: ") && Contains("a whole tar archive"));
}

TEST_CASE("An error of the source comes through the archive unchanged", "[datasets]") {
  struct Broken : ByteSource {
    std::size_t read(std::span<char>) override {
      throw InputError::unreadable("the disk", "is gone", "a disk");
    }
  } source;
  const auto read = [&] {
    TarReader reader(source, "x.tar", kPlenty);
    static_cast<void>(reader.next());
  };
  CHECK_THROWS_WITH(read(), Contains("the disk: is gone"));
}
