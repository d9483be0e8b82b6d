#include "suite/run/run_directory.hpp"

#include <optional>

#include "suite/base/error.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("A directory takes one plan and says how another differs", "[run][directory]") {
  const tests::TemporaryDirectory folder;
  const auto root = folder / "run";
  const auto plan = [](const char* epochs) {
    return resolve_plan({std::nullopt, "plan", {{"training.epochs", epochs, "--epochs"}}});
  };
  using Start = RunDirectory::Start;
  const RunDirectory first(root, plan("3"), Start::kFresh);
  CHECK(parse_plan(tests::read_file(root / "plan.toml")) == plan("3"));
  CHECK_NOTHROW(RunDirectory(root, plan("3"), Start::kFresh));  // no record yet: nothing to lose
  tests::write_file(first.record(), "");
  CHECK_THROWS_WITH(RunDirectory(root, plan("3"), Start::kFresh),
                    Contains("a run is already there") && Contains("--resume"));
  CHECK_NOTHROW(RunDirectory(root, plan("3"), Start::kResume));
  try {
    const RunDirectory other(root, plan("4"), Start::kResume);
    FAIL("another plan was accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kNotComparable);
    CHECK_THAT(error.what(), Contains("training.epochs (3 there, 4 now)"));
  }
}

TEST_CASE("A directory that cannot be made is refused before any work", "[run][directory]") {
  const tests::TemporaryDirectory folder;
  tests::write_file(folder / "file", "x");
  CHECK_THROWS_AS(
      RunDirectory(folder / "file" / "run", resolve_plan({}), RunDirectory::Start::kFresh),
      InputError);
}

TEST_CASE("A folder with something of the user's is refused, and it stays", "[run][directory]") {
  using Start = RunDirectory::Start;
  for (const char* name :
       {"plan.toml", "report.md", "comparison.csv", "notes", "raw", "record.jsonl"}) {
    INFO(name);
    const tests::TemporaryDirectory folder;
    tests::write_file(folder / name, "precious");
    for (const Start start : {Start::kFresh, Start::kResume}) {
      if (start == Start::kResume && std::string(name) == "record.jsonl") continue;
      try {
        const RunDirectory taken(folder.path(), resolve_plan({}), start);
        FAIL("begun");
      } catch (const InputError& error) {
        CHECK(error.code() == ExitCode::kUsage);
        CHECK_THAT(error.what(), Contains(std::string("'") + name + "' is there already") &&
                                     Contains("new or empty folder"));
      }
    }
    CHECK(tests::read_file(folder / name) == "precious");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()),
                        std::filesystem::directory_iterator()) == 1);
  }
}

TEST_CASE("What a start left that came to nothing is no obstacle", "[run][directory]") {
  using Start = RunDirectory::Start;
  const tests::TemporaryDirectory folder;
  const auto with_threads = [](const char* threads) {
    return resolve_plan({std::nullopt, "plan", {{"run.threads", threads, "--threads"}}});
  };
  const auto root = folder / "run";
  CHECK_NOTHROW(RunDirectory(root, with_threads("64"), Start::kFresh));  // too many, say
  CHECK_NOTHROW(RunDirectory(root, with_threads("2"), Start::kFresh));
  RunDirectory(root, with_threads("2"), Start::kFresh).abandon();
  CHECK_FALSE(std::filesystem::exists(root));
  // A plan of the same numbers that was written by hand is the user's.
  tests::write_file(folder / "plan.toml", "# mine\n[run]\nthreads = 2\n");
  CHECK_THROWS_AS(RunDirectory(folder.path(), with_threads("2"), Start::kFresh), InputError);
  CHECK(tests::read_file(folder / "plan.toml").starts_with("# mine"));
}

TEST_CASE("A link in the folder of a run leads to nobody's file", "[run][directory]") {
  const tests::TemporaryDirectory folder;
  std::filesystem::create_directory(folder / "run");
  for (const char* name : {"plan.toml", "record.jsonl", "report.md", "raw"}) {
    INFO(name);
    std::filesystem::create_symlink(folder / "nowhere", folder / "run" / name);
    CHECK_THROWS_AS(RunDirectory(folder / "run", resolve_plan({}), RunDirectory::Start::kFresh),
                    InputError);
    CHECK_FALSE(std::filesystem::exists(folder / "nowhere"));
    std::filesystem::remove(folder / "run" / name);
  }
  CHECK_NOTHROW(RunDirectory(folder / "run", resolve_plan({}), RunDirectory::Start::kFresh));
}

TEST_CASE("Names of raw files are plain and tell system, view and seed apart", "[run][directory]") {
  CHECK(RunDirectory::raw_name("kl+attr", "", 7) == "raw/kl+attr-seed7.kgaraw");
  CHECK(RunDirectory::raw_name("bose", "s:gender", 0) == "raw/bose-s-gender-seed0.kgaraw");
}

}  // namespace
}  // namespace kgaudit::run
