#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/runner.hpp"

namespace kgaudit::tests {

using run::Assignment;
using run::Plan;

/// What a fact speaks of.
using FactKey = std::tuple<std::string, std::string, std::uint64_t, std::string,
                           std::map<std::string, std::string>>;

/// Two systems and two seeds on a thousand entities, validated every second epoch; `more` wins.
inline Plan tiny_plan(std::vector<Assignment> more = {}) {
  std::vector<Assignment> assignments = {{"dataset.planted-people.entities", "1000", "test"},
                                         {"training.dimension", "8", "test"},
                                         {"training.epochs", "4", "test"},
                                         {"seeds", "2", "test"},
                                         {"systems", "basic,kl", "test"},
                                         {"metrics", "link_prediction,score_gap", "test"},
                                         {"evaluation.validate_every", "2", "test"},
                                         {"evaluation.patience", "1", "test"},
                                         {"run.checkpoint_every", "1", "test"},
                                         {"run.threads", "1", "test"},
                                         // Probes of every kind, that learn little and fast.
                                         {"metric.leakage.folds", "2", "test"},
                                         {"metric.leakage.mlp_epochs", "2", "test"},
                                         {"metric.leakage.mlp_most_epochs", "3", "test"},
                                         {"metric.leakage.rbf_persons", "32", "test"}};
  assignments.insert(assignments.end(), more.begin(), more.end());
  return run::resolve_plan({std::nullopt, "plan", std::move(assignments)});
}

inline reports::RunRecord run_in(const std::filesystem::path& folder, const Plan& plan,
                                 bool resume = false,
                                 std::optional<std::uint64_t> stop_after = std::nullopt) {
  Progress silent;
  run::RunOptions options;
  options.directory = folder;
  options.resume = resume;
  options.stop_after_epochs = stop_after;
  run::Runner runner(plan, std::move(options), silent);
  runner.run();
  return reports::read_record(runner.directory().record());
}

/// All facts that may not depend on threads, interruptions or the hour.
inline std::map<FactKey, Measurement> timeless_facts(const reports::RunRecord& record) {
  std::map<FactKey, Measurement> facts;
  for (const auto& line : record.measurements) {
    if (line.metric.starts_with("time.") || line.metric.starts_with("memory.")) continue;
    facts.emplace(FactKey{line.system, line.view, line.seed, line.metric, line.facets},
                  line.measurement);
  }
  return facts;
}

inline std::map<std::pair<std::string, std::uint64_t>, std::string> hashes(
    const reports::RunRecord& record) {
  std::map<std::pair<std::string, std::uint64_t>, std::string> all;
  for (const auto& line : record.table_hashes) all[{line.system, line.seed}] = line.digest;
  return all;
}

inline std::map<std::string, std::string> raw_hashes(const reports::RunRecord& record) {
  std::map<std::string, std::string> all;
  for (const auto& line : record.raw) all[line.file] = line.sha256;
  return all;
}

}  // namespace kgaudit::tests
