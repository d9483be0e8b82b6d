#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::fuzz;
using namespace kgaudit::tests;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("Every file that once troubled a reader, and every seed, is read or refused", "[fuzz]") {
  for (const FuzzTarget& target : fuzz_targets()) {
    const auto files = files_in(source_file("tests/fuzz/corpus") / target.id);
    CAPTURE(target.id);
    CHECK_FALSE(files.empty());
    for (const fs::path& file : files) {
      CAPTURE(file.filename().string());
      CHECK_NOTHROW(run_fuzz_target(target, read_file(file)));
    }
  }
}

TEST_CASE("Seeds that are cut off anywhere are read or refused", "[fuzz]") {
  for (const FuzzTarget& target : fuzz_targets()) {
    CAPTURE(target.id);
    for (const fs::path& file : files_in(source_file("tests/fuzz/corpus") / target.id)) {
      const std::string bytes = read_file(file);
      CAPTURE(file.filename().string());
      const std::size_t step = std::max<std::size_t>(1, bytes.size() / 20);
      for (std::size_t length = 0; length < bytes.size(); length += step) {
        CHECK_NOTHROW(run_fuzz_target(target, bytes.substr(0, length)));
      }
    }
  }
}

TEST_CASE("Each dictionary belongs to a target and has one quoted word a line", "[fuzz]") {
  const auto files = files_in(source_file("tests/fuzz/dictionaries"));
  CHECK(files.size() >= 3);
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string());
    CHECK(find_fuzz_target(file.stem().string()) != nullptr);
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      if (line.starts_with('#')) continue;
      CHECK(line.size() > 2);
      CHECK(line.front() == '"');
      CHECK(line.back() == '"');
    }
  }
}

TEST_CASE("Each folder of seeds belongs to a target", "[fuzz]") {
  for (const fs::path& folder : files_in(source_file("tests/fuzz/corpus"))) {
    CAPTURE(folder.filename().string());
    CHECK(find_fuzz_target(folder.filename().string()) != nullptr);
  }
}
