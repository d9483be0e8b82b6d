#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

bool sniff_npy(ForeignPath& path) { return begins_like_npy(path.head()); }

ForeignEmbedding read_npy(ForeignPath& path) {
  ForeignEmbedding embedding;
  embedding.entities = parse_npy(path.file()->bytes(), path.place());
  if (!embedding.entities.is_matrix()) {
    throw InputError::unreadable(path.place(),
                                 fmt::format("an array of {}", embedding.entities.shape_text()),
                                 "a matrix with a row for each entity");
  }
  if (embedding.entities.type != NumberType::kFloat32 || embedding.entities.big_endian) {
    embedding.conclude("numbers",
                       fmt::format("{}{}", number_type_name(embedding.entities.type),
                                   embedding.entities.big_endian ? ", big-endian" : ""),
                       "the header says so");
  }
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat npy;
constinit const EmbeddingFormat npy = {
    .id = "npy",
    .title = "npy",
    .description = "One matrix of numpy, a row for each entity; any width and order of numbers",
    .source = "numpy.save (numpy.lib.format)",
    .pitfalls = "It holds no names and no model: names come from a file beside it or --entities.",
    .sniff = &sniff_npy,
    .read = &read_npy,
};

}  // namespace kgaudit::models::embedding_formats_roster
