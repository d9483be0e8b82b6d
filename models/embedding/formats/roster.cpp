#include <array>

#include "models/embedding/foreign/embedding_format.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {

namespace embedding_formats_roster {
#define KGA_ENTRY(stem, id) extern const EmbeddingFormat stem;
#include "models/embedding/formats/roster.def"
#undef KGA_ENTRY
}  // namespace embedding_formats_roster

std::span<const EmbeddingFormat* const> embedding_formats() {
#define KGA_ENTRY(stem, id) &embedding_formats_roster::stem,
  static constexpr std::array kAll = {
#include "models/embedding/formats/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const EmbeddingFormat& find_embedding_format(std::string_view id) {
  return find_in_roster(embedding_formats(), id, "embedding format");
}

}  // namespace kgaudit::models
