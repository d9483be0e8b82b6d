#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using InspectJson = nlohmann::json;

TEST_CASE("Inspect says what rows are, why, and from which file", "[cli][inspect]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "rows.txt", "2 3\nx 1 2 3\ny 0 0 0\n");
  const Outcome text = kgaudit("inspect rows.txt");
  INFO(text.err);
  CHECK(text.exit_code == 0);
  CHECK_THAT(text.out, Contains("word2vec-text") && Contains("2 entities x 3 numbers") &&
                           Contains("1 rows of zeros") && !Contains("--entities") &&
                           Contains("rows.txt"));
  const InspectJson json = InspectJson::parse(kgaudit("inspect rows.txt --json").out);
  CHECK(json["format"] == "word2vec-text");
  CHECK(json["entities"]["rows"] == 2);
  CHECK(json["entities"]["zero_rows"] == 1);
  CHECK(json["relations"].empty());
  CHECK(json["files"][0]["sha256"].get<std::string>().size() == 64);
}

TEST_CASE("Inspect refuses what would run something, what is broken and what is too large",
          "[cli][inspect]") {
  const ProgramRun kgaudit;
  write_file(kgaudit.folder() / "model.pkl", "cposix\nsystem\n(S'touch ran'\ntR.");
  const Outcome unsafe = kgaudit("inspect model.pkl");
  CHECK(unsafe.exit_code == 6);
  CHECK_THAT(unsafe.err, Contains("posix.system('touch ran')"));
  CHECK_FALSE(std::filesystem::exists(kgaudit.folder() / "ran"));
  write_file(kgaudit.folder() / "rows.txt", "2 3\nx 1 2 3\n");
  CHECK(kgaudit("inspect rows.txt").exit_code == 5);
  CHECK(kgaudit("inspect nothing").exit_code == 5);
  write_file(kgaudit.folder() / "good.txt", "2 3\nx 1 2 3\ny 4 5 6\n");
  CHECK(kgaudit("inspect good.txt --max-memory 100").exit_code == 5);
  CHECK(kgaudit("inspect good.txt --max-memory lots").exit_code == 2);
  CHECK(kgaudit("inspect good.txt --format csvv").exit_code == 2);
}

}  // namespace
}  // namespace kgaudit::tests
