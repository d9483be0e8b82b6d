#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

using Tensors = std::map<std::string, TensorView>;

bool sniff_pyg(ForeignPath& path) {
  if (path.is_folder()) return false;
  const Tensors& tensors = path.tensors();
  return tensors.count("node_emb.weight") > 0 && tensors.count("rel_emb.weight") > 0;
}

ForeignEmbedding read_pyg(ForeignPath& path) {
  const Tensors& tensors = path.tensors();
  ForeignEmbedding embedding;
  embedding.tool = "PyTorch Geometric";
  embedding.conclude("tool", "PyTorch Geometric", "the keys of the state dict");
  const TensorView& nodes = tensors.at("node_emb.weight");
  const TensorView& relations = tensors.at("rel_emb.weight");
  const auto imaginary = tensors.find("node_emb_im.weight");
  if (imaginary == tensors.end()) {
    embedding.entities = nodes;
    embedding.relations.push_back({RelationSide::kBoth, relations});
    embedding.model = "TransE";
    embedding.conclude("model", "TransE", "DistMult has the same tables", Certainty::kGuessed,
                       "--model");
    embedding.conclude("norm", "1 or 2", "p_norm is not stored; its default is 1",
                       Certainty::kGuessed, "--norm");
    embedding.conclude("normalised before scoring", "yes",
                       "its TransE normalises entities with p_norm", Certainty::kGuessed,
                       "--normalise");
  } else {
    embedding.entities = side_by_side(nodes, imaginary->second, path.place(), path.budget());
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.conclude("complex layout", "halves", "the two tables side by side",
                       Certainty::kDerived);
    const auto relation_parts = tensors.find("rel_emb_im.weight");
    if (relation_parts == tensors.end()) {
      embedding.model = "RotatE";
      embedding.phase_scale = 1.0;
      embedding.relations.push_back({RelationSide::kBoth, relations});
      embedding.conclude("phase scale", "1", "relations are angles in radians");
    } else {
      embedding.model = "ComplEx";
      embedding.relations.push_back(
          {RelationSide::kBoth,
           side_by_side(relations, relation_parts->second, path.place(), path.budget())});
    }
    embedding.conclude("model", embedding.model, "the tables that the state dict has",
                       Certainty::kDerived, "--model");
  }
  note_pickle(embedding, path.torch()->notes());
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat pyg;
constinit const EmbeddingFormat pyg = {
    .id = "pyg",
    .title = "PyTorch Geometric KGE state dict",
    .description =
        "PyTorch file with the keys node_emb.weight and rel_emb.weight, and those of imaginary "
        "parts for ComplEx and RotatE",
    .source = "PyTorch Geometric: torch_geometric.nn.kge",
    .pitfalls = "It holds no names, and neither TransE's norm nor which of TransE and DistMult.",
    .sniff = &sniff_pyg,
    .read = &read_pyg,
};

}  // namespace kgaudit::models::embedding_formats_roster
