#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void npz(std::string_view bytes) { read_embedding(scratch_file("npz", "rows.npz", bytes), "npz"); }

}  // namespace kgaudit::fuzz::targets
