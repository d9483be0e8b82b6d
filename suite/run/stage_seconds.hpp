#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.hpp"

namespace kgaudit::run {

/// Where the time of a run goes: wall seconds by stage ("ranking", "leakage" ...).
class StageSeconds {
 public:
  using Clock = std::chrono::steady_clock;

  void add(std::string_view stage, double seconds) { seconds_[std::string(stage)] += seconds; }
  /// Adds the time since `begun`.
  void add_since(std::string_view stage, Clock::time_point begun) {
    add(stage, std::chrono::duration<double>(Clock::now() - begun).count());
  }
  /// One "time.stage" for each stage, with the facets `stage` and `of`: "system" for what was done
  /// for one system and seed, "run" for what was done once. They are then forgotten.
  [[nodiscard]] std::vector<metrics::Fact> take_facts(std::string_view of);

 private:
  std::map<std::string, double> seconds_;
};

}  // namespace kgaudit::run
