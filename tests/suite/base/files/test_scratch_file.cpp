#include "suite/base/files/scratch_file.hpp"

#include <filesystem>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("A scratch file gives back what was appended, and has no name", "[base][files]") {
  const TemporaryDirectory folder;
  std::string expected;
  std::shared_ptr<const std::string_view> bytes;
  {
    // The folder that is wanted need not be there yet.
    ScratchFile file(folder / "not" / "yet");
    for (int i = 0; i < 300'000; ++i) {
      const std::string line = std::to_string(i) + "\n";
      file.append(line);
      expected += line;
    }
    CHECK(file.size() == expected.size());
    CHECK(std::filesystem::is_empty(folder.path()));
    bytes = file.map();
  }
  // It outlives the object while somebody looks at it.
  CHECK(*bytes == expected);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("An empty scratch file has no bytes", "[base][files]") {
  const TemporaryDirectory folder;
  ScratchFile file(folder.path());
  CHECK(file.map()->empty());
}

TEST_CASE("A scratch file that the disk refuses is an error of the user's folder",
          "[base][files]") {
  CHECK_THROWS_WITH(ScratchFile("/proc/self"),
                    Catch::Contains("a temporary file cannot be written"));
}
