#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void csv(std::string_view bytes) { read_embedding(scratch_file("csv", "rows.csv", bytes), "csv"); }

}  // namespace kgaudit::fuzz::targets
