#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

bool sniff_graphvite(ForeignPath& path) {
  if (path.is_folder()) return false;
  const auto pickle = path.pickle();
  return pickle != nullptr && pickle->root().get("solver") &&
         pickle->root().get("solver").get("entity_embeddings");
}

ForeignEmbedding read_graphvite(ForeignPath& path) {
  const auto pickle = path.pickle();
  const PickleValue solver = pickle->root().get("solver");
  const PickleValue graph = pickle->root().get("graph");
  ForeignEmbedding embedding;
  embedding.tool = "GraphVite";
  embedding.conclude("tool", "GraphVite", "the keys of its pickle");
  const auto entities = numpy_array(solver.get("entity_embeddings"), path.place());
  const auto relations = numpy_array(solver.get("relation_embeddings"), path.place());
  if (!entities || !relations || !entities->is_matrix() || !relations->is_matrix()) {
    throw not_row_by_row(path, "a GraphVite file without tables of entities and relations");
  }
  embedding.entities = *entities;
  embedding.relations.push_back({RelationSide::kBoth, *relations});
  if (entities->width() == 2 * relations->width()) {
    embedding.model = "RotatE";
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.conclude("model", "RotatE", "entity rows are twice as wide as relation rows",
                       Certainty::kDerived, "--model");
    embedding.conclude("complex layout", "halves", "as GraphVite splits rows", Certainty::kGuessed,
                       "--layout");
  } else {
    embedding.conclude("model", "unknown", "GraphVite does not store it", Certainty::kGuessed,
                       "--model");
  }
  attach_entity_names(embedding, names_by_row(graph.get("entity2id"), path.place() + ":entity2id"),
                      "graph.entity2id");
  attach_relation_names(embedding,
                        names_by_row(graph.get("relation2id"), path.place() + ":relation2id"),
                        "graph.relation2id");
  note_pickle(embedding, pickle->notes());
  return embedding;
}

}  // namespace

extern const EmbeddingFormat graphvite;
constinit const EmbeddingFormat graphvite = {
    .id = "graphvite",
    .title = "GraphVite pickle",
    .description =
        "Pickle with graph.entity2id, graph.relation2id, solver.entity_embeddings and "
        "solver.relation_embeddings",
    .source = "GraphVite: application/application.py (KnowledgeGraphApplication.save_model)",
    .pitfalls = "It does not say the model.",
    .sniff = &sniff_graphvite,
    .read = &read_graphvite,
};

}  // namespace kgaudit::models::embedding_formats_roster
