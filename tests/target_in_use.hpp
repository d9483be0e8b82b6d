#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "suite/base/vectors/vector_target.hpp"

namespace kgaudit::tests {

/// Makes kernels run with one set of vectors until the end of the scope, then with the best again.
class TargetInUse {
 public:
  explicit TargetInUse(std::string_view name) { use_vector_target(name, "test"); }
  ~TargetInUse() { use_vector_target(vector_targets().front(), "test"); }
  TargetInUse(const TargetInUse&) = delete;
  TargetInUse& operator=(const TargetInUse&) = delete;
};

/// What `compute` gives with each set of vectors of this processor, in the order of
/// vector_targets().
template <typename F>
[[nodiscard]] auto with_all_targets(const F& compute) {
  std::vector<decltype(compute())> results;
  for (const std::string& target : vector_targets()) {
    const TargetInUse in_use(target);
    results.push_back(compute());
  }
  return results;
}

}  // namespace kgaudit::tests
