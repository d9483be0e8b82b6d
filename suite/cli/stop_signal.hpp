#pragma once

#include <atomic>

namespace kgaudit::cli {

/// From now on Ctrl-C and SIGTERM set the returned flag, once: a second signal ends the process at
/// once, for a user who cannot wait for the step to finish.
[[nodiscard]] const std::atomic<bool>& watch_stop_signals();

/// Sets the flag as a signal would.
void request_stop();

}  // namespace kgaudit::cli
