#include <array>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/hash.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

Complaint complaint_of(const std::filesystem::path& file, std::uint64_t limit = 100) {
  try {
    static_cast<void>(read_whole_file(file, limit, "a recipe"));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.complaint();
  }
  return {};
}

}  // namespace

TEST_CASE("A whole file is read up to its limit", "[base][files]") {
  const TemporaryDirectory folder;
  const std::string bytes("a\0b\xff\n", 5);
  write_file(folder / "f", bytes);
  CHECK(read_whole_file(folder / "f", 5) == bytes);
  CHECK(complaint_of(folder / "f", 4).got == "more than 4 B");
  CHECK(complaint_of(folder / "f", 4).expected == "at most 4 B");
  write_file(folder / "empty", "");
  CHECK(read_whole_file(folder / "empty", 0).empty());
  const std::string large(1'000'000, 'x');
  write_file(folder / "large", large);
  CHECK(read_whole_file(folder / "large", large.size()) == large);
}

TEST_CASE("A file that is missing or a folder is named with what should be there",
          "[base][files]") {
  const TemporaryDirectory folder;
  const Complaint missing = complaint_of(folder / "none");
  CHECK(missing.place == (folder / "none").string());
  CHECK(missing.got == "No such file or directory");
  CHECK(missing.expected == "a recipe");
  CHECK(missing.advice == "check the path");
  CHECK(complaint_of(folder.path()).got == "a directory");
}

TEST_CASE("A hashed file tells the identity of the bytes that were read", "[base][files]") {
  const TemporaryDirectory folder;
  write_file(folder / "f.txt", "hello");
  HashedFileSource source(folder / "f.txt");
  std::string read;
  std::array<char, 2> buffer{};
  while (const std::size_t got = source.read(buffer)) read.append(buffer.data(), got);
  CHECK(read == "hello");
  const SourceFile identity = source.identity();
  CHECK(identity.name == "f.txt");
  CHECK(identity.bytes == 5);
  CHECK(identity.sha256 == sha256("hello").hex());
}

TEST_CASE("Bytes in memory are read like a file", "[base][files]") {
  MemorySource source("abc");
  std::array<char, 2> buffer{};
  CHECK(source.read(buffer) == 2);
  CHECK(source.read(buffer) == 1);
  CHECK(buffer[0] == 'c');
  CHECK(source.read(buffer) == 0);
}
