#pragma once

#include "datasets/dataset.hpp"

namespace kgaudit::bench {

/// FB15k-237 when the cache or a mirror (KGAUDIT_MIRROR) has it, else a made graph with its counts
/// and a like degree skew; `data.title` says which. Loaded once.
const datasets::Dataset& fb15k237_like();

}  // namespace kgaudit::bench
