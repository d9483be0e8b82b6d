#include "suite/base/regular_file.hpp"

#include <string>

#include <sys/stat.h>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/hash.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
namespace fs = std::filesystem;

namespace regular_file_tests {
namespace {

template <typename Read>
Complaint refusal(const Read& read) {
  try {
    read();
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    return error.complaint();
  }
  return {};
}

}  // namespace

TEST_CASE("Every reader refuses what is no regular file, without waiting for it", "[base][files]") {
  const TemporaryDirectory folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  fs::create_symlink("/dev/zero", folder / "zeros");
  const std::pair<fs::path, const char*> files[] = {
      {folder / "pipe", "a pipe"}, {folder / "zeros", "a device"}, {folder.path(), "a directory"}};
  for (const auto& one : files) {
    const auto& file = one.first;
    const char* got = one.second;
    CHECK(refusal([&] { static_cast<void>(open_regular_file(file, "a plan")); }).got == got);
    CHECK(refusal([&] { static_cast<void>(read_whole_file(file, 1000)); }).got == got);
    CHECK(refusal([&] { static_cast<void>(sha256_of_file(file)); }).got == got);
  }
  CHECK(refusal([&] {
          static_cast<void>(open_regular_file(folder / "pipe", "a plan"));
        }).expected == "a plan");
}

TEST_CASE("A path that the system refuses is named with what to do", "[base][files]") {
  const TemporaryDirectory folder;
  fs::create_symlink("loop", folder / "loop");
  const auto advice = [](const fs::path& file) {
    return refusal([&] { static_cast<void>(open_regular_file(file, "a plan")); }).advice;
  };
  CHECK(advice(folder / std::string(300, 'a')) == "a shorter path");
  CHECK(advice(folder / "loop") == "a path without links that lead to one another");
  CHECK(advice(folder / "none") == "check the path");
}

TEST_CASE("A regular file is open with its size", "[base][files]") {
  const TemporaryDirectory folder;
  write_file(folder / "f", "abc");
  CHECK(open_regular_file(folder / "f", "a file").bytes == 3);
}

}  // namespace regular_file_tests
