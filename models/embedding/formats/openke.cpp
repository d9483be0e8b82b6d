#include <array>
#include <numbers>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/json_tables.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

using Tensors = std::map<std::string, TensorView>;

constexpr std::string_view kOpenkeEntities = "ent_embeddings.weight";
constexpr std::string_view kOpenkeRelations = "rel_embeddings.weight";
constexpr std::string_view kRealParts = "ent_re_embeddings.weight";

const TensorView* find(const Tensors& tensors, std::string_view key) {
  const auto at = tensors.find(std::string(key));
  return at == tensors.end() ? nullptr : &at->second;
}

bool is_export(ForeignPath& path) {
  const std::string_view head = path.head();
  if (!head.starts_with('{')) return false;
  const std::string_view bytes = path.file()->bytes();
  return bytes.substr(0, 4096).find(kOpenkeEntities) != std::string_view::npos ||
         bytes.substr(0, 4096).find("ent_re_embeddings") != std::string_view::npos ||
         bytes.substr(0, 4096).find("\"zero_const\"") != std::string_view::npos;
}

bool sniff_openke(ForeignPath& path) {
  if (path.is_folder()) return false;
  if (is_export(path)) return true;
  const Tensors& tensors = path.tensors();
  return (find(tensors, kOpenkeEntities) != nullptr || find(tensors, kRealParts) != nullptr);
}

struct OtherModel {
  std::string_view key;
  std::string_view words;
};
constexpr std::array<OtherModel, 7> kOpenkeOthers = {
    {{"norm_vector.weight",
      "a TransH model of OpenKE, whose score projects entities with a normal "
      "vector for each relation"},
     {"transfer_matrix.weight",
      "a TransR model of OpenKE, whose score moves entities with a matrix for each relation"},
     {"ent_transfer.weight",
      "a TransD model of OpenKE, whose score moves entities with transfer vectors"},
     {"rel_matrices.weight", "a RESCAL model of OpenKE, whose relations are matrices"},
     {"rel_inv_embeddings.weight", "a SimplE model of OpenKE, whose relations have two vectors"},
     {"ent_re_embeddings.weight", "an ANALOGY model of OpenKE, which joins DistMult and ComplEx"},
     {"rel_transfer.weight", "a TransD model of OpenKE"}}};

/// Real and imaginary parts in tables of their own: ComplEx.
void read_parts(ForeignPath& path, const Tensors& tensors, ForeignEmbedding& embedding) {
  const TensorView* const re = find(tensors, kRealParts);
  const TensorView* const im = find(tensors, "ent_im_embeddings.weight");
  const TensorView* const rel_re = find(tensors, "rel_re_embeddings.weight");
  const TensorView* const rel_im = find(tensors, "rel_im_embeddings.weight");
  if (im == nullptr || rel_re == nullptr || rel_im == nullptr) {
    throw not_row_by_row(path, "a ComplEx model of OpenKE that lacks a table",
                         "save the model again");
  }
  embedding.model = "ComplEx";
  embedding.complex_layout = ComplexLayout::kHalves;
  embedding.entities = side_by_side(*re, *im, path.place(), path.budget());
  embedding.relations.push_back(
      {RelationSide::kBoth, side_by_side(*rel_re, *rel_im, path.place(), path.budget())});
  embedding.conclude("model", "ComplEx", "tables of real and imaginary parts", Certainty::kDerived,
                     "--model");
  embedding.conclude("complex layout", "halves", "the two tables side by side",
                     Certainty::kDerived);
}

void conclude_rotation(const Tensors& tensors, ForeignEmbedding& embedding) {
  embedding.model = "RotatE";
  embedding.complex_layout = ComplexLayout::kHalves;
  embedding.conclude("model", "RotatE", "entity rows are twice as wide as relation rows",
                     Certainty::kDerived, "--model");
  embedding.conclude("complex layout", "halves", "as OpenKE splits rows", Certainty::kDerived,
                     "--layout");
  if (const TensorView* range = find(tensors, "rel_embedding_range")) {
    if (const auto number = only_number(*range); number && *number > 0) {
      embedding.phase_scale = std::numbers::pi / *number;
      embedding.conclude("phase scale", fmt::format("{}", *embedding.phase_scale),
                         "pi / rel_embedding_range");
    }
  }
}

ForeignEmbedding read_openke(ForeignPath& path) {
  JsonTables exported;
  const bool json = is_export(path);
  if (json) {
    exported = read_json_tables(path.file()->bytes(), path.place(), path.budget());
  } else {
    static_cast<void>(path.torch());
  }
  const Tensors& tensors = json ? exported.tensors : path.tensors();
  ForeignEmbedding embedding;
  embedding.tool = "OpenKE";
  embedding.conclude("tool", "OpenKE",
                     json ? "an export with its keys"
                          : fmt::format("a PyTorch file ({}) with its keys", path.torch()->form()));
  const TensorView* const entities = find(tensors, kOpenkeEntities);
  const TensorView* const relations = find(tensors, kOpenkeRelations);
  if (entities == nullptr && find(tensors, kRealParts) != nullptr) {
    read_parts(path, tensors, embedding);
  } else {
    for (const OtherModel& other : kOpenkeOthers) {
      if (find(tensors, other.key) != nullptr) {
        throw not_row_by_row(path, std::string(other.words));
      }
    }
    if (entities == nullptr || relations == nullptr) {
      throw not_row_by_row(path,
                           fmt::format("an OpenKE file without '{}'",
                                       entities == nullptr ? kOpenkeEntities : kOpenkeRelations),
                           "the file that holds entities and relations");
    }
    embedding.entities = *entities;
    embedding.relations.push_back({RelationSide::kBoth, *relations});
    if (entities->is_matrix() && relations->is_matrix() &&
        entities->width() == 2 * relations->width()) {
      conclude_rotation(tensors, embedding);
    } else {
      embedding.model = "TransE";
      embedding.conclude("model", "TransE",
                         "one table each for entities and relations; DistMult and HolE have the "
                         "same",
                         Certainty::kGuessed, "--model");
      embedding.conclude("norm", "1 or 2", "OpenKE does not store p_norm; its examples use 1",
                         Certainty::kGuessed, "--norm");
      embedding.conclude("normalised before scoring", "yes",
                         "OpenKE does not store norm_flag; it is on unless somebody turned it off",
                         Certainty::kGuessed, "--normalise");
    }
  }
  if (const TensorView* margin = find(tensors, "margin")) embedding.gamma = only_number(*margin);
  if (!json) note_pickle(embedding, path.torch()->notes());
  attach_names(path, embedding, {{"entity2id.txt"}, {"relation2id.txt"}});
  return embedding;
}

}  // namespace

extern const EmbeddingFormat openke;
constinit const EmbeddingFormat openke = {
    .id = "openke",
    .title = "OpenKE checkpoint",
    .description =
        "PyTorch file or JSON with the keys ent_embeddings.weight and rel_embeddings.weight; "
        "ComplEx in four tables",
    .source = "OpenKE: openke/module/model; save_checkpoint, save_parameters",
    .pitfalls =
        "Norm and normalisation are not stored. TransH, TransR, TransD, RESCAL, SimplE and ANALOGY "
        "are named and refused.",
    .sniff = &sniff_openke,
    .read = &read_openke,
};

}  // namespace kgaudit::models::embedding_formats_roster
