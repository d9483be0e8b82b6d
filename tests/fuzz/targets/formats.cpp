#include <string>

#include "models/embedding/foreign/embedding_format.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// A file that a user calls one of the formats, which its first byte chooses: rightly or not.
void formats(std::string_view bytes) {
  if (bytes.empty() || bytes.find("\x89HDF") != std::string_view::npos) return;
  const auto all = models::embedding_formats();
  const auto chosen = static_cast<unsigned char>(bytes.front()) % all.size();
  read_embedding(scratch_file("formats", "embeddings", bytes.substr(1)), all[chosen]->id);
}

}  // namespace kgaudit::fuzz::targets
