#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kgaudit {

// Kernels are compiled for several sets of vector instructions, and the best that the processor has
// runs. All of them give the same bits.

/// The set that kernels run with: "avx2", "avx512", "neon" or "portable".
[[nodiscard]] std::string_view vector_target();

/// Those that this program has and this processor can run, the best first.
[[nodiscard]] std::vector<std::string> vector_targets();

/// Makes kernels run with `name`, one of vector_targets(). Not while a kernel runs. Throws
/// InputError (usage) for another name; `place` is what named it.
void use_vector_target(std::string_view name, std::string_view place);

}  // namespace kgaudit
