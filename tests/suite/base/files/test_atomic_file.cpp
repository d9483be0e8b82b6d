#include <csignal>

#include <sys/resource.h>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

std::size_t entries_of(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// While it lives, no file may grow beyond `bytes`: the disk refuses as a full one does.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace

TEST_CASE("A file written atomically replaces the old one and leaves nothing else",
          "[base][files]") {
  const TemporaryDirectory folder;
  write_atomically(folder / "f", "old");
  write_atomically(folder / "f", std::string_view("new\0", 4));
  CHECK(read_file(folder / "f") == std::string("new\0", 4));
  CHECK(entries_of(folder.path()) == 1);
}

TEST_CASE("A file has its name only after the commit", "[base][files]") {
  const TemporaryDirectory folder;
  const std::string large(1'000'000, 'x');
  {
    AtomicFile file(folder / "f");
    file.write("head ");
    file.write(large);
    file.write(" tail");
    CHECK_FALSE(fs::exists(folder / "f"));
    CHECK(fs::exists(file.path()));
    file.commit();
    CHECK(read_file(folder / "f") == "head " + large + " tail");
  }
  CHECK(entries_of(folder.path()) == 1);
}

TEST_CASE("A new file never replaces one that is there, nor one that another has just made",
          "[base][files]") {
  const TemporaryDirectory folder;
  CHECK(write_new_atomically(folder / "f", "first"));
  CHECK_FALSE(write_new_atomically(folder / "f", "second"));
  CHECK(read_file(folder / "f") == "first");
  {
    AtomicFile late(folder / "g");
    late.write("late");
    fs::copy_file(folder / "f", folder / "g");
    CHECK_FALSE(late.commit_new());
  }
  CHECK(read_file(folder / "g") == "first");
  fs::create_symlink(folder / "nowhere", folder / "link");
  CHECK_FALSE(write_new_atomically(folder / "link", "through a link"));
  CHECK_FALSE(fs::exists(folder / "nowhere"));
  CHECK(entries_of(folder.path()) == 3);
}

TEST_CASE("A file that is given up leaves the old one as it was", "[base][files]") {
  const TemporaryDirectory folder;
  write_file(folder / "f", "old");
  {
    AtomicFile file(folder / "f");
    file.write(std::string(1'000'000, 'x'));
  }
  CHECK(read_file(folder / "f") == "old");
  CHECK(entries_of(folder.path()) == 1);
}

TEST_CASE("A disk that refuses leaves nothing half-written", "[base][files]") {
  const TemporaryDirectory folder;
  fs::create_directory(folder / "taken");
  CHECK_THROWS_WITH(write_atomically(folder / "taken", "x"),
                    Contains("taken: cannot be written (") && Contains("expected: a place"));
  CHECK_THROWS_WITH(write_atomically(folder / "none/f", "x"), Contains("No such file"));
  {
    const SmallDisk disk(1000);
    CHECK_THROWS_WITH(write_atomically(folder / "f", std::string(2000, 'x')),
                      Contains("f: cannot be written (File too large)"));
    AtomicFile file(folder / "g");
    file.write(std::string(2000, 'x'));
    CHECK_THROWS_AS(file.commit(), InputError);
  }
  CHECK(entries_of(folder.path()) == 1);
  CHECK(fs::is_empty(folder / "taken"));
}

TEST_CASE("Who is told of a refusal decides the exit code", "[base][files]") {
  const TemporaryDirectory folder;
  const auto code_of = [&](const WriteComplaint& complaint) {
    try {
      write_atomically(folder / "none/f", "x", complaint);
    } catch (const InputError& error) {
      return error.code();
    }
    return ExitCode::kPass;
  };
  CHECK(code_of({}) == ExitCode::kUsage);
  CHECK(code_of(kOutputComplaint) == ExitCode::kUsage);
}

TEST_CASE("A resumable file goes on where an earlier one stopped", "[base][files]") {
  const TemporaryDirectory folder;
  {
    ResumableFile file(folder / "f");
    CHECK(file.size() == 0);
    file.append("one ");
  }
  CHECK(read_file(folder / "f.part") == "one ");
  {
    ResumableFile file(folder / "f");
    CHECK(file.size() == 4);
    file.append("two");
    file.commit();
  }
  CHECK(read_file(folder / "f") == "one two");
  CHECK(entries_of(folder.path()) == 1);
  {
    ResumableFile file(folder / "f");
    file.append("xxx");
    file.clear();
    file.append("three");
    file.commit();
  }
  CHECK(read_file(folder / "f") == "three");
}

TEST_CASE("A resumable file has one writer at a time", "[base][files]") {
  const TemporaryDirectory folder;
  ResumableFile first(folder / "f");
  CHECK_THROWS_WITH(ResumableFile(folder / "f"), Contains("another process writes this file"));
  first.remove();
  CHECK(entries_of(folder.path()) == 0);
}
