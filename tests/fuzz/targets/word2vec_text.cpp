#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void word2vec_text(std::string_view bytes) {
  read_embedding(scratch_file("word2vec_text", "rows.vec", bytes), "word2vec-text");
}

}  // namespace kgaudit::fuzz::targets
