#pragma once

#include <atomic>

namespace kgaudit::cli {

/// From now on Ctrl-C and SIGTERM set the returned flag. A second signal ends the process without
/// waiting for the current step.
[[nodiscard]] const std::atomic<bool>& watch_stop_signals();

}  // namespace kgaudit::cli
