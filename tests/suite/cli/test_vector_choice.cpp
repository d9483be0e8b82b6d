#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "reports/record/rows.hpp"
#include "suite/base/vectors/vector_target.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

TEST_CASE("KGAUDIT_TARGET chooses the vectors of kernels, and all of them give the same record",
          "[cli][bench]") {
  const ProgramRun kgaudit;
  // Tables and figures; what depends on the clock is left out.
  const auto facts_with = [&kgaudit](const std::string& target) {
    const Outcome run =
        kgaudit(std::string(kTinyBench) + "--out " + target, "KGAUDIT_TARGET=" + target);
    CHECK(run.exit_code == 0);
    std::istringstream record(read_file(kgaudit.folder() / target / "record.jsonl"));
    std::vector<std::string> facts;
    for (std::string line; std::getline(record, line);) {
      const Json json = Json::parse(line);
      if (json["kind"] == "run") CHECK(json["machine"]["vectors"] == target);
      const bool figure =
          json["kind"] == "measurement" && !reports::of_training(json["metric"].get<std::string>());
      if (figure || json["kind"] == "table_hash") facts.push_back(line);
    }
    return facts;
  };
  const std::vector<std::string> targets = vector_targets();
  const auto wanted = facts_with(targets.front());
  CHECK(wanted.size() > 20);
  for (std::size_t i = 1; i < targets.size(); ++i) CHECK(facts_with(targets[i]) == wanted);
}

TEST_CASE("Vectors that the processor has not end with code 2 and those that it has",
          "[cli][errors]") {
  const ProgramRun kgaudit;
  const Outcome refused = kgaudit("list", "KGAUDIT_TARGET=mmx");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("KGAUDIT_TARGET: 'mmx'") && Contains(vector_targets().front()));
  CHECK(kgaudit("list", "KGAUDIT_TARGET=").exit_code == 0);
}

}  // namespace
}  // namespace kgaudit::tests
