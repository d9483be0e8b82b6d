#pragma once

#include <map>
#include <string>
#include <vector>

#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// Wall seconds of one stage of a run, all systems and seeds together.
struct StageTime {
  std::string stage;
  double seconds = 0.0;
  std::map<std::string, double> by_system;  ///< empty for what was done once for the run
};

/// Where the time of a run went, longest first: training from the lines of epochs, other stages as
/// the run timed them. What an interruption lost is not in it. Empty for a record of an older
/// program, which timed no stages.
[[nodiscard]] std::vector<StageTime> stage_times(const RunRecord& record);

/// "512 s: training 61 %, leakage 18 %, ranking 9 %, the rest 12 %"; empty where stage_times is.
[[nodiscard]] std::string stage_times_in_words(const RunRecord& record);

}  // namespace kgaudit::reports
