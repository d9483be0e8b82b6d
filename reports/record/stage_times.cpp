#include "reports/record/stage_times.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"

namespace kgaudit::reports {

std::vector<StageTime> stage_times(const RunRecord& record) {
  std::vector<StageTime> stages;
  const auto add = [&stages](const std::string& stage, const std::string& system, double seconds) {
    auto at = std::ranges::find(stages, stage, &StageTime::stage);
    if (at == stages.end()) at = stages.insert(stages.end(), StageTime{stage, 0.0, {}});
    at->seconds += seconds;
    if (!system.empty()) at->by_system[system] += seconds;
  };
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric != kStageSeconds.metric || !line.measurement.defined()) continue;
    const bool of_system = facet_or(line.facets, "of", "") == "system";
    add(facet_or(line.facets, "stage", ""), of_system ? line.system : "", line.measurement.value());
  }
  if (stages.empty()) return stages;
  for (const EpochLine& epoch : record.epochs) add("training", epoch.system, epoch.seconds);
  std::ranges::stable_sort(stages, std::ranges::greater(), &StageTime::seconds);
  return stages;
}

std::string stage_times_in_words(const RunRecord& record) {
  const std::vector<StageTime> stages = stage_times(record);
  double all = 0.0;
  for (const StageTime& stage : stages) all += stage.seconds;
  if (!(all > 0.0)) return "";
  std::string text = fmt::format("{:.0f} s:", all);
  double named = 0.0;
  constexpr std::size_t kMostNamed = 5;
  for (std::size_t i = 0; i < std::min(stages.size(), kMostNamed); ++i) {
    named += stages[i].seconds;
    text += fmt::format(" {} {:.0f} %,", stages[i].stage, 100.0 * stages[i].seconds / all);
  }
  return text + fmt::format(" the rest {:.0f} %", 100.0 * (all - named) / all);
}

}  // namespace kgaudit::reports
