#include <string>

#include <sys/stat.h>

#include "suite/base/error.hpp"
#include "suite/base/files/mapped_file.hpp"
#include "suite/base/memory_budget.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

std::string refusal(const std::filesystem::path& file) {
  try {
    const MappedFile mapped(file);
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.complaint().got;
  }
  return "";
}

}  // namespace

TEST_CASE("A mapped file shows its bytes and its identity", "[base][files]") {
  const TemporaryDirectory folder;
  write_file(folder / "f", "abc");
  const MappedFile mapped(folder / "f");
  CHECK(mapped.bytes() == "abc");
  CHECK(mapped.identity().name == "f");
  CHECK(mapped.identity().bytes == 3);
  CHECK(mapped.identity().sha256 ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_file(folder / "empty", "");
  CHECK(MappedFile(folder / "empty").bytes().empty());
}

TEST_CASE("Folders, pipes and devices are no mapped files, and nobody waits for them",
          "[base][files]") {
  const TemporaryDirectory folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refusal(folder / "pipe") == "a pipe");
  CHECK(refusal(folder.path()) == "a directory");
  CHECK(refusal("/dev/zero") == "a device");
  CHECK(refusal(folder / "missing") == "No such file or directory");
}

TEST_CASE("A memory budget refuses before anything is allocated", "[base]") {
  MemoryBudget budget(1000);
  budget.take(10, 60, "f", "rows");
  CHECK(budget.left() == 400);
  CHECK_THROWS_AS(budget.take(401, "f", "rows"), InputError);
  CHECK_THROWS_AS(budget.take(std::uint64_t{1} << 63U, 4, "f", "rows"), InputError);
  CHECK(budget.left() == 400);
  budget.give_back(600);
  CHECK(budget.left() == 1000);
  CHECK(parse_memory_size("2G", "--max-memory") == 2147483648);
  CHECK(parse_memory_size("1.5 KiB", "--max-memory") == 1536);
  CHECK(parse_memory_size("500MB", "--max-memory") == 500'000'000);
  CHECK(parse_memory_size("17", "--max-memory") == 17);
  for (const char* wrong : {"", "G", "0", "-1G", "1X", "1e99G"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_memory_size(wrong, "--max-memory"), InputError);
  }
}
