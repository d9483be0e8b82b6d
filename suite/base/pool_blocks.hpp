#pragma once

#include <algorithm>
#include <cstddef>

#include "suite/base/thread_pool.hpp"

namespace kgaudit {

/// Calls per_item(i, worker) for each i in [0, n) on the pool, `block` neighbours a task. Each call
/// writes only what belongs to its item.
template <typename F>
void run_in_blocks(ThreadPool& pool, std::size_t n, std::size_t block, const F& per_item) {
  pool.run((n + block - 1) / block, [&](std::size_t task, std::size_t worker) {
    const std::size_t last = std::min(n, (task + 1) * block);
    for (std::size_t i = task * block; i < last; ++i) per_item(i, worker);
  });
}

}  // namespace kgaudit
