#include "suite/cli/stop_signal.hpp"

#include <csignal>
#include <cstdint>
#include <ctime>

namespace kgaudit::cli {
namespace {

// timeout(1) sends its signal twice, to the program and to its process group. What comes as soon as
// this after the first one is the same wish to stop.
constexpr std::int64_t kSameWish = 500;  // ms

std::atomic<bool> stop_requested{false};
std::atomic<std::int64_t> first_signal{0};  // ms of the monotonic clock; 0: none yet
static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may not lock");

extern "C" void on_stop_signal(int number) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t milliseconds = std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000 + 1;
  std::int64_t first = 0;
  if (first_signal.compare_exchange_strong(first, milliseconds)) {
    stop_requested.store(true, std::memory_order_relaxed);
  } else if (milliseconds - first > kSameWish) {
    std::signal(number, SIG_DFL);  // who asks twice wants the end now
    std::raise(number);
  }
}

}  // namespace

const std::atomic<bool>& watch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop_requested;
}

void survive_file_size_limit() { std::signal(SIGXFSZ, SIG_IGN); }

}  // namespace kgaudit::cli
