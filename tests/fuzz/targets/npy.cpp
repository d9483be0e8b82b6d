#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void npy(std::string_view bytes) { read_embedding(scratch_file("npy", "rows.npy", bytes), "npy"); }

}  // namespace kgaudit::fuzz::targets
