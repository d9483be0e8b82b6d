#include "suite/base/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

/// Tells the processor that this is a loop that waits.
void pause_spinning() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

cpu_set_t allowed_processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  return allowed;
}

void pin_to_nth_of(const cpu_set_t& allowed, std::size_t n) {
  const auto count = static_cast<std::size_t>(CPU_COUNT(&allowed));
  if (count == 0) return;
  std::size_t skip = n % count;
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    if (skip-- != 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    pthread_setaffinity_np(pthread_self(), sizeof one, &one);
    return;
  }
}

// Jobs of a training step take tens of microseconds, less than a futex wake-up; so a waiting thread
// first spins for about that long before it goes to sleep.
constexpr int kSpins = 4000;

}  // namespace

struct ThreadPool::State {
  const std::function<void(std::size_t, std::size_t)>* task = nullptr;
  std::size_t count = 0;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> busy{0};
  std::atomic<std::uint64_t> generation{0};
  bool quit = false;
  const Progress* heeded = nullptr;

  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable idle;
  std::mutex failure_mutex;
  std::exception_ptr failure;
  std::size_t failed_index = 0;
  std::vector<std::thread> workers;
  bool pinned = false;
  cpu_set_t caller_processors{};  // to give back when the pool ends

  void work(std::size_t worker) {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      try {
        if (heeded != nullptr && heeded->stop_requested()) throw Interrupted();
        (*task)(i, worker);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure || i < failed_index) {
          failure = std::current_exception();
          failed_index = i;
        }
      }
    }
  }

  void serve(std::size_t worker) {
    std::uint64_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && generation.load(std::memory_order_acquire) == seen;
           ++spin) {
        pause_spinning();
      }
      if (generation.load(std::memory_order_acquire) == seen) {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return generation.load(std::memory_order_acquire) != seen; });
      }
      seen = generation.load(std::memory_order_acquire);
      if (quit) return;
      work(worker);
      if (busy.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::lock_guard lock(mutex);
        idle.notify_one();
      }
    }
  }

  void dismiss() {
    quit = true;
    announce();
    for (std::thread& worker : workers) worker.join();
  }

  void announce() {
    {
      const std::lock_guard lock(mutex);
      generation.fetch_add(1, std::memory_order_release);
    }
    wake.notify_all();
  }
};

ThreadPool::ThreadPool(std::size_t threads, bool pin) : state_(std::make_unique<State>()) {
  KGA_REQUIRE(threads >= 1, "threads = {}", threads);
  // The mask is read before the caller is bound: new threads inherit the caller's.
  const cpu_set_t allowed = allowed_processors();
  state_->pinned = pin;
  state_->caller_processors = allowed;
  if (pin) pin_to_nth_of(allowed, 0);
  try {
    state_->workers.reserve(threads - 1);
    for (std::size_t i = 1; i < threads; ++i) {
      state_->workers.emplace_back([this, i, pin, allowed] {
        if (pin) pin_to_nth_of(allowed, i);
        state_->serve(i);
      });
    }
  } catch (const std::system_error& error) {
    const std::size_t made = state_->workers.size() + 1;
    state_->dismiss();
    throw InputError::usage(
        "threads",
        fmt::format("only {} of {} could be made ({})", made, threads, error.code().message()),
        "as many as the system lets this process have",
        fmt::format("--threads {}", std::max<std::size_t>(made / 2, 1)));
  } catch (...) {
    state_->dismiss();
    throw;
  }
}

ThreadPool::~ThreadPool() {
  state_->dismiss();
  if (state_->pinned) {
    pthread_setaffinity_np(pthread_self(), sizeof state_->caller_processors,
                           &state_->caller_processors);
  }
}

std::size_t ThreadPool::threads() const { return state_->workers.size() + 1; }

void ThreadPool::heed(const Progress& progress) { state_->heeded = &progress; }

void ThreadPool::run(std::size_t count, const std::function<void(std::size_t, std::size_t)>& task) {
  State& s = *state_;
  s.task = &task;
  s.count = count;
  s.next.store(0);
  if (count > 1 && !s.workers.empty()) {
    s.busy.store(s.workers.size());
    s.announce();
    s.work(0);
    for (int spin = 0; spin < kSpins && s.busy.load(std::memory_order_acquire) != 0; ++spin) {
      pause_spinning();
    }
    std::unique_lock lock(s.mutex);
    s.idle.wait(lock, [&] { return s.busy.load(std::memory_order_acquire) == 0; });
  } else {
    s.work(0);
  }
  if (s.failure) {
    const std::exception_ptr failure = s.failure;
    s.failure = nullptr;
    std::rethrow_exception(failure);
  }
}

std::size_t available_processors() {
  const cpu_set_t allowed = allowed_processors();
  const int count = CPU_COUNT(&allowed);
  return count > 0 ? static_cast<std::size_t>(count) : 1;
}

}  // namespace kgaudit
