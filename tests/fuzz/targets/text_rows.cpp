#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void text_rows(std::string_view bytes) {
  read_embedding(scratch_file("text_rows", "rows.tsv", bytes), "text-rows");
}

}  // namespace kgaudit::fuzz::targets
