#include "suite/run/forecast.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kgaudit::run {

void Forecast::expect(const Kind& kind, std::uint64_t times) {
  work_[kind].expected += times;
  if (std::ranges::find(stages_, kind.stage) == stages_.end()) stages_.push_back(kind.stage);
}

void Forecast::done(const Kind& kind, double seconds) {
  Work& work = work_[kind];
  if (work.expected > 0) --work.expected;
  ++work.done;
  work.seconds += seconds;
}

void Forecast::drop(const Kind& kind, std::uint64_t times) {
  Work& work = work_[kind];
  work.expected -= std::min(work.expected, times);
}

Outlook Forecast::outlook() const {
  std::map<std::string, Work> stages;
  for (const auto& [kind, work] : work_) {
    stages[kind.stage].done += work.done;
    stages[kind.stage].seconds += work.seconds;
  }
  Outlook outlook;
  double spent = 0.0;
  for (const auto& [kind, work] : work_) {
    spent += work.seconds;
    if (work.expected == 0) continue;
    const Work& known = work.done > 0 ? work : stages.at(kind.stage);
    if (known.done == 0) {
      outlook.whole = false;
      continue;
    }
    outlook.seconds_left +=
        static_cast<double>(work.expected) * known.seconds / static_cast<double>(known.done);
  }
  std::vector<std::string> timed = stages_;
  std::erase_if(timed, [&](const std::string& stage) { return stages.at(stage).done == 0; });
  outlook.of = fmt::format("{}", fmt::join(timed, " and "));
  const double all = spent + outlook.seconds_left;
  outlook.share = all > 0.0 ? spent / all : 0.0;
  return outlook;
}

}  // namespace kgaudit::run
