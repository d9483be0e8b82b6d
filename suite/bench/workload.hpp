#pragma once

#include <cstddef>
#include <string>

#include "datasets/dataset.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::bench {

/// FB15k-237 when the cache or a mirror (KGAUDIT_MIRROR) has it, else a made graph with its counts
/// and a like degree skew; `data.title` says which. Loaded once.
const datasets::Dataset& fb15k237_like();

/// Multiply-adds x 2 a second of one large single-precision matrix product (Eigen, 1536^3) run on
/// every thread of the pool at once: the ceiling that shares are given against. Best of several
/// runs.
double peak_matrix_flops(ThreadPool& pool);

}  // namespace kgaudit::bench
