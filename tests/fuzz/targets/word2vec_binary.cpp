#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void word2vec_binary(std::string_view bytes) {
  read_embedding(scratch_file("word2vec_binary", "rows.bin", bytes), "word2vec-binary");
}

}  // namespace kgaudit::fuzz::targets
