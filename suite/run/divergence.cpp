#include "suite/run/divergence.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace kgaudit::run {
namespace {

constexpr const char* kCheck = "divergence";
/// Stands between the reason and the advice of a finding.
constexpr std::string_view kAdvice = ": ";

std::string subject_of(std::string_view system, std::uint64_t seed) {
  return fmt::format("{}, seed {}", system, seed);
}

}  // namespace

std::string divergence_reason(std::uint64_t epoch) {
  return fmt::format("diverged at epoch {}", epoch);
}

reports::FindingLine divergence_finding(std::string_view system, std::uint64_t seed,
                                        std::uint64_t epoch) {
  return {"warning", kCheck, subject_of(system, seed),
          fmt::format("{}{}the loss or the embedding is not finite, so nothing of it is measured; "
                      "try a smaller training.learning_rate or smaller weights of the system",
                      divergence_reason(epoch), kAdvice)};
}

std::optional<std::string> divergence_on_record(const reports::RunRecord& record,
                                                std::string_view system, std::uint64_t seed) {
  const std::string subject = subject_of(system, seed);
  const auto found = std::find_if(record.findings.begin(), record.findings.end(),
                                  [&](const reports::FindingLine& finding) {
                                    return finding.check == kCheck && finding.subject == subject;
                                  });
  if (found == record.findings.end()) return std::nullopt;
  return found->message.substr(0, found->message.find(kAdvice));
}

std::vector<metrics::Fact> without_values(std::vector<metrics::Fact> facts,
                                          const std::string& reason) {
  for (metrics::Fact& fact : facts) {
    fact.measurement =
        Measurement::undefined(reason, 0, fact.measurement.unit(), fact.measurement.direction());
  }
  return facts;
}

}  // namespace kgaudit::run
