#include "reports/record/search_record.hpp"
#include "suite/base/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// search.jsonl of `kgaudit tune`. What is read is written as it reads.
void searches(std::string_view bytes) {
  const reports::SearchRecord search = reports::parse_search(bytes, "search.jsonl");
  for (const reports::TrialLine& trial : search.trials) {
    const std::string line = to_json_line(trial);
    KGA_REQUIRE(reports::parse_trial_line(line, "again") == trial, "{} reads as another trial",
                line);
  }
}

}  // namespace kgaudit::fuzz::targets
