#include "suite/run/forecast.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kgaudit::run {

void Forecast::expect(const Kind& kind, std::uint64_t times) {
  work_[kind].expected += static_cast<double>(times);
  if (std::ranges::find(stages_, kind.stage) == stages_.end()) stages_.push_back(kind.stage);
}

void Forecast::under_way(const Kind& kind, double share, double seconds) {
  under_way_ = Piece{kind, share, seconds};
}

void Forecast::done(const Kind& kind, double seconds) {
  under_way_.reset();
  Work& work = work_[kind];
  work.expected = std::max(work.expected - 1.0, 0.0);
  work.done += 1.0;
  work.seconds += seconds;
}

void Forecast::drop(const Kind& kind, std::uint64_t times) {
  Work& work = work_[kind];
  work.expected = std::max(work.expected - static_cast<double>(times), 0.0);
}

std::map<Forecast::Kind, Forecast::Work> Forecast::work_so_far() const {
  std::map<Kind, Work> all = work_;
  if (under_way_) {
    Work& work = all[under_way_->kind];
    work.expected = std::max(work.expected - under_way_->share, 0.0);
    work.done += under_way_->share;
    work.seconds += under_way_->seconds;
  }
  return all;
}

Outlook Forecast::outlook() const {
  const std::map<Kind, Work> so_far = work_so_far();
  std::map<std::string, Work> stages;
  for (const auto& [kind, work] : so_far) {
    stages[kind.stage].done += work.done;
    stages[kind.stage].seconds += work.seconds;
  }
  Outlook outlook;
  double spent = 0.0;
  for (const auto& [kind, work] : so_far) {
    spent += work.seconds;
    if (work.expected == 0.0) continue;
    const Work& known = work.done > 0.0 ? work : stages.at(kind.stage);
    if (known.done == 0.0) {
      outlook.whole = false;
      continue;
    }
    outlook.seconds_left += work.expected * known.seconds / known.done;
  }
  std::vector<std::string> timed = stages_;
  std::erase_if(timed, [&](const std::string& stage) { return stages.at(stage).done == 0.0; });
  outlook.of = fmt::format("{}", fmt::join(timed, " and "));
  const double all = spent + outlook.seconds_left;
  outlook.share = all > 0.0 ? spent / all : 0.0;
  return outlook;
}

}  // namespace kgaudit::run
