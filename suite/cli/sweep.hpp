#pragma once

#include <string>
#include <vector>

#include "suite/cli/command.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"

namespace kgaudit::cli {

/// What `bench --sweep` was asked for.
struct SweepRequest {
  std::vector<std::string> words;  ///< as typed: "", "7" or "system.bose.gamma=1,10"
  run::JobOptions job;
};

/// Runs every point, shows the table of the sweep and writes it with its figures into the job's
/// folder. Throws InputError (usage) for words that make no sense.
ExitCode sweep(Session& session, const run::Plan& plan, const SweepRequest& request);

}  // namespace kgaudit::cli
