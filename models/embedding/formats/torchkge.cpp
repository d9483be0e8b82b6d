#include <array>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

using Tensors = std::map<std::string, TensorView>;

bool sniff_torchkge(ForeignPath& path) {
  if (path.is_folder()) return false;
  const Tensors& tensors = path.tensors();
  return tensors.count("ent_emb.weight") > 0 || tensors.count("re_ent_emb.weight") > 0;
}

ForeignEmbedding read_torchkge(ForeignPath& path) {
  const Tensors& tensors = path.tensors();
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTorchkgeOthers = {
      {{"norm_vect.weight",
        "a TransH model of TorchKGE, which has a normal vector for each relation"},
       {"proj_mat.weight", "a TransR model of TorchKGE, which has a matrix for each relation"},
       {"ent_proj_vect.weight", "a TransD model of TorchKGE, which has projection vectors"},
       {"rel_mat.weight", "a RESCAL model of TorchKGE, whose relations are matrices"}}};
  for (const auto& [key, words] : kTorchkgeOthers) {
    if (tensors.count(std::string(key)) > 0) throw not_row_by_row(path, std::string(words));
  }
  const auto need = [&](const std::string& key) -> const TensorView& {
    const auto at = tensors.find(key);
    if (at == tensors.end()) {
      throw not_row_by_row(path, fmt::format("a TorchKGE file without '{}'", key));
    }
    return at->second;
  };
  ForeignEmbedding embedding;
  embedding.tool = "TorchKGE";
  embedding.conclude("tool", "TorchKGE", "the keys of the state dict");
  if (tensors.count("re_ent_emb.weight") > 0) {
    embedding.model = "ComplEx";
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.entities = side_by_side(need("re_ent_emb.weight"), need("im_ent_emb.weight"),
                                      path.place(), path.budget());
    embedding.relations.push_back(
        {RelationSide::kBoth, side_by_side(need("re_rel_emb.weight"), need("im_rel_emb.weight"),
                                           path.place(), path.budget())});
    embedding.conclude("model", "ComplEx", "tables of real and imaginary parts",
                       Certainty::kDerived, "--model");
    embedding.conclude("complex layout", "halves", "the two tables side by side",
                       Certainty::kDerived);
  } else {
    embedding.entities = need("ent_emb.weight");
    embedding.relations.push_back({RelationSide::kBoth, need("rel_emb.weight")});
    embedding.model = "TransE";
    embedding.conclude("model", "TransE", "DistMult and HolE have the same tables",
                       Certainty::kGuessed, "--model");
    embedding.conclude("norm", "1 or 2", "TorchKGE does not store dissimilarity_type",
                       Certainty::kGuessed, "--norm");
    embedding.normalise = true;
    embedding.conclude("normalised before scoring", "yes",
                       "TorchKGE normalises entities to length 1", Certainty::kGuessed,
                       "--normalise");
  }
  note_pickle(embedding, path.torch()->notes());
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat torchkge;
constinit const EmbeddingFormat torchkge = {
    .id = "torchkge",
    .title = "TorchKGE state dict",
    .description = "PyTorch file with the keys ent_emb.weight and rel_emb.weight; ComplEx in four",
    .source = "TorchKGE: torchkge/models",
    .pitfalls =
        "Model, distance and names are not stored. TransH, TransR, TransD and RESCAL are named and "
        "refused.",
    .sniff = &sniff_torchkge,
    .read = &read_torchkge,
};

}  // namespace kgaudit::models::embedding_formats_roster
