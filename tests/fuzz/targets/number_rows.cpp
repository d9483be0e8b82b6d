#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// The same bytes are entities and relations, as KB2E writes them side by side.
void number_rows(std::string_view bytes) {
  scratch_file("number_rows", "relation2vec.bern", bytes);
  read_embedding(scratch_file("number_rows", "entity2vec.bern", bytes), "number-rows");
}

}  // namespace kgaudit::fuzz::targets
