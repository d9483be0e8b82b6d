#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

namespace kgaudit::tests {

/// A comparison with an absolute margin: CHECK(x == near(0.1)).
[[nodiscard]] inline Catch::Detail::Approx near(double value, double margin = 1e-12) {
  return Catch::Detail::Approx(value).epsilon(0).margin(margin);
}

/// A fresh directory that is removed with everything in it at the end of the scope.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

void write_file(const std::filesystem::path& file, std::string_view bytes);
[[nodiscard]] std::string read_file(const std::filesystem::path& file);

/// A file or folder of this checkout, and the program that this build makes.
[[nodiscard]] std::filesystem::path source_file(std::string_view relative);
[[nodiscard]] std::filesystem::path program_file();

/// A file of the shared public data, or nothing when it is absent on this machine.
[[nodiscard]] std::optional<std::filesystem::path> shared_data(std::string_view relative);

/// Leaves the test, which then shows as skipped: in ctest's list, and at the end of its own
/// program, which names all that it skipped. For tests that lack data or wait for a word in the
/// environment.
#define KGA_SKIP(reason)                          \
  do {                                            \
    ::kgaudit::tests::note_skipped(reason);       \
    WARN("test skipped: " << (reason)); /*ctest*/ \
    return;                                       \
  } while (false)

/// Skips the test when a file of the shared public data is absent.
#define KGA_SHARED_DATA_OR_SKIP(variable, relative)                                          \
  const auto variable##_found = ::kgaudit::tests::shared_data(relative);                     \
  if (!variable##_found) {                                                                   \
    KGA_SKIP(std::string("the public data file ") + (relative) + " is not on this machine"); \
  }                                                                                          \
  const std::filesystem::path& variable = *variable##_found

/// Behind KGA_SKIP: remembers the running test for the list at the end.
void note_skipped(const std::string& reason);

/// The tags of all tests in this program, without brackets.
[[nodiscard]] std::set<std::string> test_tags();

}  // namespace kgaudit::tests
