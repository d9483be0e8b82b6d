#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/json_tables.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

/// {"name": [number
bool sniff_json_vectors(ForeignPath& path) {
  const std::string_view head = path.head();
  const std::size_t brace = head.find_first_not_of(" \t\r\n");
  if (brace == std::string_view::npos || head[brace] != '{') return false;
  const std::size_t list = head.find('[');
  if (list == std::string_view::npos) return false;
  const std::size_t value = head.find_first_not_of(" \t\r\n", list + 1);
  return value != std::string_view::npos &&
         std::string_view("-0123456789").find(head[value]) != std::string_view::npos;
}

ForeignEmbedding read_json_vectors(ForeignPath& path) {
  JsonTables tables = read_json_tables(path.file()->bytes(), path.place(), path.budget());
  if (tables.kind != JsonTables::Kind::kVectors) {
    throw half_of(path, "JSON that is no object of names and vectors",
                  "an object with a list of numbers for each name",
                  "the file that holds the vectors; --entities FILE takes a list of names");
  }
  ForeignEmbedding embedding;
  embedding.entities = std::move(tables.vectors);
  attach_entity_names(embedding, std::move(tables.names), "keys of the object");
  return embedding;
}

}  // namespace

extern const EmbeddingFormat json_vectors;
constinit const EmbeddingFormat json_vectors = {
    .id = "json-vectors",
    .title = "JSON of vectors",
    .description = "An object with a list of numbers for each name, all of one length",
    .source = "json.dump of what people make of their vectors; PyKEEN 0.0.x writes such files",
    .pitfalls = "It says neither model nor relations.",
    .sniff = &sniff_json_vectors,
    .read = &read_json_vectors,
};

}  // namespace kgaudit::models::embedding_formats_roster
