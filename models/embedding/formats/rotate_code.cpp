#include <numbers>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::string_view kRotateCodeEntities = "entity_embedding.npy";
constexpr std::string_view kRotateCodeRelations = "relation_embedding.npy";
constexpr std::string_view kRotateCodeKeys = "model_state_dict.";
/// That code's own 3.14159262358979 for pi: scores are the same only with it.
constexpr double kItsPi = 3.14159262358979;
constexpr double kRotateCodeItsEpsilon = 2.0;

bool sniff_rotate_code(ForeignPath& path) {
  const std::string name = path.file_name();
  if (path.is_folder() || name == kRotateCodeEntities || name == kRotateCodeRelations) {
    const auto config = config_in(path, "config.json");
    return config && config->contains("double_entity_embedding") &&
           (path.has(kRotateCodeEntities) || path.has(kRotateCodeRelations));
  }
  const auto& tensors = path.tensors();
  return tensors.count(fmt::format("{}entity_embedding", kRotateCodeKeys)) > 0 &&
         tensors.count(fmt::format("{}relation_embedding", kRotateCodeKeys)) > 0;
}

void read_folder(ForeignPath& path, ForeignEmbedding& embedding) {
  for (const std::string_view needed : {kRotateCodeEntities, kRotateCodeRelations}) {
    if (!path.has(needed)) {
      throw half_of(path, fmt::format("half a checkpoint: no {}", needed),
                    "the files of entities and relations in one folder",
                    "the folder as the program wrote it");
    }
  }
  const auto entities = path.open(kRotateCodeEntities);
  embedding.entities = parse_npy(entities->bytes(), entities->path().string());
  embedding.entities.name = kRotateCodeEntities;
  const auto relations = path.open(kRotateCodeRelations);
  TensorView rows = parse_npy(relations->bytes(), relations->path().string());
  rows.name = kRotateCodeRelations;
  embedding.relations.push_back({RelationSide::kBoth, std::move(rows)});
}

ForeignEmbedding read_rotate_code(ForeignPath& path) {
  ForeignEmbedding embedding;
  embedding.tool = "KnowledgeGraphEmbedding (RotatE code)";
  std::optional<double> range;
  const std::string name = path.file_name();
  if (path.is_folder() || name == kRotateCodeEntities || name == kRotateCodeRelations) {
    read_folder(path, embedding);
    embedding.conclude("tool", embedding.tool, "the files of the folder and its config.json");
  } else {
    const auto& tensors = path.tensors();
    const auto of = [&](std::string_view key) -> const TensorView* {
      const auto at = tensors.find(fmt::format("{}{}", kRotateCodeKeys, key));
      return at == tensors.end() ? nullptr : &at->second;
    };
    embedding.entities = *of("entity_embedding");
    embedding.relations.push_back({RelationSide::kBoth, *of("relation_embedding")});
    if (const TensorView* gamma = of("gamma")) embedding.gamma = only_number(*gamma);
    if (const TensorView* scale = of("embedding_range")) range = only_number(*scale);
    note_pickle(embedding, path.torch()->notes());
    embedding.conclude("tool", embedding.tool, "the keys of the checkpoint");
  }
  const auto config = config_in(path, "config.json");
  if (config) {
    if (const auto model = config_text(*config, "model")) {
      embedding.model = *model;
      embedding.conclude("model", *model, "config.json: model", Certainty::kStated, "--model");
    }
    if (const auto gamma = config_number(*config, "gamma")) embedding.gamma = gamma;
    if (const auto width = config_number(*config, "hidden_dim");
        !range && width && *width > 0 && embedding.gamma) {
      range = (*embedding.gamma + kRotateCodeItsEpsilon) / *width;
    }
  } else {
    embedding.note("config-missing",
                   "no config.json beside the checkpoint: the model follows from shapes alone",
                   Finding::Weight::kWarning);
  }
  if (embedding.model.empty() && embedding.entities.is_matrix() &&
      embedding.entities.width() == 2 * embedding.relations[0].rows.shape.at(1)) {
    embedding.model = "RotatE";
    embedding.conclude("model", "RotatE", "entity rows are twice as wide as relation rows",
                       Certainty::kDerived, "--model");
  }
  if (embedding.model == "TransE") {
    embedding.norm = 1;
    embedding.normalise = false;
    embedding.conclude("norm", "1", "this code's TransE has no other", Certainty::kStated,
                       "--norm");
    embedding.conclude("normalised before scoring", "no", "this code never does",
                       Certainty::kStated, "--normalise");
  } else if (embedding.model == "ComplEx" || embedding.model == "RotatE") {
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.conclude("complex layout", "halves", "as this code splits rows", Certainty::kStated,
                       "--layout");
  }
  if (embedding.model == "RotatE" && range && *range > 0) {
    embedding.phase_scale = kItsPi / *range;
    embedding.conclude("phase scale", fmt::format("{}", *embedding.phase_scale),
                       "pi / ((gamma + 2) / hidden_dim)");
  }
  attach_names(
      path, embedding,
      {{"data/entities.dict", "entities.dict"}, {"data/relations.dict", "relations.dict"}});
  return embedding;
}

}  // namespace

extern const EmbeddingFormat rotate_code;
constinit const EmbeddingFormat rotate_code = {
    .id = "rotate-code",
    .title = "RotatE code's folder",
    .description =
        "Folder with config.json, entity_embedding.npy and relation_embedding.npy, or the "
        "checkpoint file in it",
    .source = "KnowledgeGraphEmbedding: codes/run.py, codes/model.py (Sun et al. 2019)",
    .pitfalls =
        "Its TransE uses the L1 distance. Rotations need gamma and hidden_dim of config.json. The "
        "maps of names lie in the data folder that was trained on.",
    .sniff = &sniff_rotate_code,
    .read = &read_rotate_code,
};

}  // namespace kgaudit::models::embedding_formats_roster
