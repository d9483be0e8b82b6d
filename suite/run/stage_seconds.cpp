#include "suite/run/stage_seconds.hpp"

#include "reports/record/fact_names.hpp"

namespace kgaudit::run {

std::vector<metrics::Fact> StageSeconds::take_facts(std::string_view of) {
  std::vector<metrics::Fact> facts;
  for (const auto& [stage, seconds] : seconds_) {
    facts.push_back({std::string(reports::kStageSeconds.metric),
                     {{"stage", stage}, {"of", std::string(of)}},
                     Measurement::of(seconds, 1, "s", Direction::kDescriptive)});
  }
  seconds_.clear();
  return facts;
}

}  // namespace kgaudit::run
