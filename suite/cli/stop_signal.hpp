#pragma once

#include <atomic>

namespace kgaudit::cli {

/// From now on Ctrl-C and SIGTERM set the returned flag. A second signal, half a second later or
/// more, ends the process without waiting for the current step.
[[nodiscard]] const std::atomic<bool>& watch_stop_signals();

/// Makes a write over the limit of file sizes (ulimit -f) an error with a message, like a full
/// disk, in place of the end of the process.
void survive_file_size_limit();

}  // namespace kgaudit::cli
