#include <optional>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

bool sniff_ampligraph(ForeignPath& path) {
  if (path.is_folder()) return false;
  const auto pickle = path.pickle();
  return pickle != nullptr && pickle->root().get("class_name") && pickle->root().get("ent_to_idx");
}

ForeignEmbedding read_ampligraph(ForeignPath& path) {
  const auto pickle = path.pickle();
  const PickleValue root = pickle->root();
  ForeignEmbedding embedding;
  embedding.tool = "AmpliGraph";
  embedding.model = root.get("class_name").text().value_or("");
  embedding.conclude("tool", "AmpliGraph", "the keys of its pickle (version 1)");
  embedding.conclude("model", embedding.model, "class_name", Certainty::kStated, "--model");
  const PickleValue parameters = root.get("model_params");
  const auto entities = numpy_array(parameters.at(0), path.place());
  const auto relations = numpy_array(parameters.at(1), path.place());
  if (!entities || !relations || !entities->is_matrix() || !relations->is_matrix()) {
    throw not_row_by_row(path, fmt::format("a {} of AmpliGraph without two tables in model_params",
                                           printable(embedding.model)));
  }
  embedding.entities = *entities;
  embedding.relations.push_back({RelationSide::kBoth, *relations});
  const PickleValue hyper = root.get("hyperparams");
  const PickleValue nested = hyper.get("embedding_model_params");
  const auto hyperparameter = [&](std::string_view key) {
    const PickleValue own = hyper.get(key);
    return own ? own : nested.get(key);
  };
  if (embedding.model == "TransE") {
    if (const auto norm = hyperparameter("norm").number(); norm && (*norm == 1 || *norm == 2)) {
      embedding.norm = static_cast<int>(*norm);
      embedding.conclude("norm", fmt::format("{}", *embedding.norm), "hyperparams: norm",
                         Certainty::kStated, "--norm");
    }
  }
  if (const auto normalise = hyperparameter("normalize_ent_emb").boolean()) {
    // It is done while training, and the stored rows are what is scored.
    embedding.normalise = false;
    embedding.conclude("normalised before scoring", "no",
                       fmt::format("hyperparams: normalize_ent_emb is {}, which acts in training",
                                   *normalise ? "True" : "False"),
                       Certainty::kStated, "--normalise");
  }
  if (embedding.model == "ComplEx") {
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.conclude("complex layout", "halves", "as AmpliGraph splits rows", Certainty::kStated,
                       "--layout");
  }
  attach_entity_names(embedding, names_by_row(root.get("ent_to_idx"), path.place() + ":ent_to_idx"),
                      "ent_to_idx");
  attach_relation_names(
      embedding, names_by_row(root.get("rel_to_idx"), path.place() + ":rel_to_idx"), "rel_to_idx");
  note_pickle(embedding, pickle->notes());
  return embedding;
}

}  // namespace

extern const EmbeddingFormat ampligraph;
constinit const EmbeddingFormat ampligraph = {
    .id = "ampligraph",
    .title = "AmpliGraph 1 pickle",
    .description =
        "Pickle of a dict with class_name, hyperparams, ent_to_idx, rel_to_idx and model_params",
    .source = "AmpliGraph 1.x: utils/model_utils.py, latent_features/models",
    .pitfalls = "AmpliGraph 2 writes SavedModels of TensorFlow, which are named and refused.",
    .sniff = &sniff_ampligraph,
    .read = &read_ampligraph,
};

}  // namespace kgaudit::models::embedding_formats_roster
