#pragma once

#include <string>
#include <vector>

#include "suite/cli/command.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::cli {

/// What `bench --sweep` was asked for.
struct SweepRequest {
  std::vector<std::string> words;  ///< as typed: "", "7" or "system.bose.gamma=1,10"
  bool resume = false;
  std::string mirror;
};

/// Runs every point, shows the trade-off table and writes it with its figures into the plan's
/// folder. Throws InputError (usage) for words that make no sense.
ExitCode sweep(Session& session, const run::Plan& plan, const SweepRequest& request);

}  // namespace kgaudit::cli
