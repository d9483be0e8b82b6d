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

TEST_CASE("Names of raw files are plain and tell system, view and seed apart", "[run][directory]") {
  CHECK(RunDirectory::raw_name("kl+attr", "", 7) == "raw/kl+attr-seed7.kgaraw");
  CHECK(RunDirectory::raw_name("bose", "s:gender", 0) == "raw/bose-s-gender-seed0.kgaraw");
}

}  // namespace
}  // namespace kgaudit::run
