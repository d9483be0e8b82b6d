#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "suite/base/progress.hpp"

namespace kgaudit {

/// A fixed set of worker threads for short, uniform tasks.
///
/// Determinism rule of the house: a task writes only what belongs to its index, and whoever needs a
/// sum adds the tasks' results in index order afterwards. Then the bits do not depend on how many
/// workers there are or which of them ran what.
class ThreadPool {
 public:
  /// `threads` workers in all, the calling thread counted; at least 1. With `pin`, worker i is
  /// bound to the i-th processor that this process may use (for timing); a refusal by the system is
  /// ignored. Throws InputError (usage) if the system does not give so many threads.
  explicit ThreadPool(std::size_t threads, bool pin = false);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] std::size_t threads() const;

  /// From now on run() begins no further task once the user asks to stop, and throws Interrupted
  /// instead: for jobs of which nothing is kept. One that saves its state looks itself, where its
  /// state is whole. `progress` must outlive the pool.
  void heed(const Progress& progress);

  /// Calls `task(index, worker)` once for every index in [0, count), `worker` in [0, threads()),
  /// and returns when all are done. The first exception of the lowest index is thrown again here.
  /// Not reentrant.
  void run(std::size_t count,
           const std::function<void(std::size_t index, std::size_t worker)>& task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Processors this process may run on; at least 1.
[[nodiscard]] std::size_t available_processors();

}  // namespace kgaudit
