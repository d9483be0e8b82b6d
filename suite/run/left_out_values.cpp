#include "suite/run/left_out_values.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {

std::vector<reports::FindingLine> left_out_values(const Plan& plan, const datasets::Dataset& data) {
  constexpr const char* kMetric = "score_gap";
  constexpr std::size_t kNamed = 3;
  std::vector<reports::FindingLine> findings;
  if (std::ranges::find(plan.metrics, kMetric) == plan.metrics.end()) return findings;
  const Parameters& parameters = plan.metric(kMetric);
  for (const datasets::PersonAttribute& attribute : data.attributes.sensitive()) {
    const std::string key = parameters.own_or_general("top_m", attribute.id(), "top_m");
    const auto counts = attribute.train_counts();
    std::uint64_t persons = 0;
    bool more = false;
    std::vector<std::string> names;
    for (std::size_t v = parameters.count(key); v < counts.size(); ++v) {
      if (counts[v] == 0) continue;
      persons += counts[v];
      if (names.size() == kNamed) {
        more = true;
        continue;
      }
      names.push_back(fmt::format("{} with {}",
                                  printable(data.labels[attribute.values()[v].index()]),
                                  with_thousands(counts[v])));
    }
    if (persons == 0) continue;
    findings.push_back(
        {"note", "left_out_values", attribute.id(),
         fmt::format("{}: Persons whose value of {} no score gap compares ({} = {}): {}{}.",
                     with_thousands(persons), attribute.id(), key, parameters.count(key),
                     fmt::join(names, ", "), more ? " and others" : "")});
  }
  return findings;
}

}  // namespace kgaudit::run
