#pragma once

#include "suite/base/thread_pool.hpp"

namespace kgaudit::bench {

/// Multiply-adds x 2 a second that the processor can do at all: independent chains of fused
/// multiply-adds in registers, on every thread of the pool at once, with the vectors that kernels
/// use. Nothing is loaded or stored, so no product of matrices can reach it. Best of several runs.
double peak_flops(ThreadPool& pool);

}  // namespace kgaudit::bench
