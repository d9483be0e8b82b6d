#include "suite/run/forecast.hpp"

#include <algorithm>

namespace kgaudit::run {

void Forecast::expect(const Kind& kind, std::uint64_t times) { work_[kind].expected += times; }

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
  const double all = spent + outlook.seconds_left;
  outlook.share = all > 0.0 ? spent / all : 0.0;
  return outlook;
}

}  // namespace kgaudit::run
