#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void json_vectors(std::string_view bytes) {
  read_embedding(scratch_file("json_vectors", "rows.json", bytes), "json-vectors");
}

}  // namespace kgaudit::fuzz::targets
