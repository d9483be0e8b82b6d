#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void safetensors(std::string_view bytes) {
  read_embedding(scratch_file("safetensors", "rows.safetensors", bytes), "safetensors");
}

}  // namespace kgaudit::fuzz::targets
