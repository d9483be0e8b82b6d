#include <algorithm>
#include <atomic>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "datasets/tar_reader.hpp"
#include "suite/base/error.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
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

/// How reading an archive to its end fails.
std::string error_of(std::string_view bytes, std::uint64_t limit = kPlenty) {
  MemorySource source(bytes);
  try {
    TarReader reader(source, "x.tar", limit);
    while (reader.next()) {
    }
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.what();
  }
  return "no error";
}

/// `text` packed with xz.
std::string xz(const std::string& text) {
  std::string bytes(text.size() + 10'000, '\0');
  std::size_t used = 0;
  archive* a = archive_write_new();
  archive_write_add_filter_xz(a);
  archive_write_set_format_raw(a);
  REQUIRE(archive_write_open_memory(a, bytes.data(), bytes.size(), &used) == ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  REQUIRE(archive_write_header(a, entry) == ARCHIVE_OK);
  archive_write_data(a, text.data(), text.size());
  archive_entry_free(entry);
  archive_write_close(a);
  archive_write_free(a);
  bytes.resize(used);
  return bytes;
}

/// The header of a file, or of another type of entry, with the size that it is said to have.
std::string header_of(const std::string& path, std::uint64_t size, char type = '0') {
  std::string header = tar({{path, ""}}).substr(0, 512);
  std::string octal(11, '0');
  for (std::size_t i = octal.size(); i-- > 0; size /= 8) {
    octal[i] = static_cast<char>('0' + size % 8);
  }
  header.replace(124, 11, octal);
  header[156] = type;
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

/// Gives zeros without an end, behind `head`; after some pieces the user asks to stop.
struct Endless : ByteSource {
  std::string head;
  std::atomic<bool> stop{false};
  int pieces = 0;

  std::size_t read(std::span<char> buffer) override {
    if (++pieces == 20) stop = true;
    if (pieces > 1000) throw InputError::unreadable("the source", "is read on", "an end");
    std::ranges::fill(buffer, '\0');
    const std::size_t some = std::min(head.size(), buffer.size());
    std::copy_n(head.begin(), some, buffer.begin());
    head.erase(0, some);
    return buffer.size();
  }
};

}  // namespace

TEST_CASE("Reading an archive stops when asked, also within a file that is passed over",
          "[datasets]") {
  Endless source;
  source.head = header_of("notes", std::uint64_t{4} << 30U);
  Progress progress;
  progress.watch(&source.stop);
  TarReader reader(source, "x.tar", std::uint64_t{8} << 30U, progress);
  REQUIRE(reader.next());
  CHECK_THROWS_AS(reader.next(), Interrupted);
  CHECK(source.pieces < 30);
}

TEST_CASE("A file that says it is over the limit is refused before it is unpacked", "[datasets]") {
  const std::string bytes = header_of("notes", std::uint64_t{4} << 30U);
  CHECK_THAT(
      error_of(bytes, std::uint64_t{1} << 30U),
      Contains("x.tar: more than 1.0 GiB when unpacked") && Contains("expected: at most 1.0 GiB"));
}

TEST_CASE("What follows the last file counts for the limit", "[datasets]") {
  const std::string bytes = tar({{"a", "one"}});
  const std::uint64_t mebibytes = 1U << 20U;
  CHECK(error_of(bytes + std::string(60 * mebibytes, '\0'), mebibytes) == "no error");
  CHECK_THAT(error_of(bytes + std::string(66 * mebibytes, '\0'), mebibytes),
             Contains("x.tar: more than 1.0 MiB when unpacked"));
}

TEST_CASE("A packed archive whose checksum does not fit is refused", "[datasets]") {
  const std::string plain = tar({{"a", "one"}, {"b", "two"}});
  std::string gzip = gzip_member(plain);
  CHECK(error_of(gzip) == "no error");
  CHECK_THAT(error_of(gzip.substr(0, gzip.size() - 1)), Contains("x.tar: "));
  gzip[gzip.size() - 8] = static_cast<char>(gzip[gzip.size() - 8] ^ 1);
  CHECK_THAT(error_of(gzip), Contains("x.tar: a checksum that does not fit the data"));
  std::string packed = xz(plain);
  CHECK(error_of(packed) == "no error");
  CHECK(error_of(packed.substr(0, packed.size() - 40)) != "no error");
  packed[packed.size() - 40] = static_cast<char>(packed[packed.size() - 40] ^ 1);
  CHECK(error_of(packed) != "no error");
}

TEST_CASE("Names of a pax archive are read in every locale", "[datasets]") {
  // As Python writes them: a header of its own for the path in UTF-8, then the file.
  const std::string path =
      "donn\xc3\xa9"
      "es/train.txt";
  std::string record = "27 path=" + path + "\n";
  REQUIRE(record.size() == 27);
  record.resize(512, '\0');
  const std::string bytes = header_of("x", 27, 'x') + record + tar({{"donnees/train.txt", "one"}});
  MemorySource source(bytes);
  TarReader reader(source, "x.tar", kPlenty);
  REQUIRE(reader.next());
  CHECK(reader.path() == path);
  CHECK(reader.read() == "one");
  CHECK_FALSE(reader.next());
}

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
  CHECK_THROWS_WITH(reader.next(), Contains("x.tar: more than 1.2 KiB when unpacked"));
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
