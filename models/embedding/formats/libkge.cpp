#include <array>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::string_view kReciprocal = "_base_model.";

bool sniff_libkge(ForeignPath& path) {
  if (path.is_folder()) return false;
  const auto torch = path.torch();
  if (torch == nullptr) return false;
  const auto type = torch->root().get("type").text();
  return (type == "train" || type == "package" || type == "search") && torch->root().get("model");
}

/// "RotatE" for "rotate": the field's spelling.
std::string spelled_model(std::string_view id) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kNames = {
      {{"transe", "TransE"},
       {"distmult", "DistMult"},
       {"complex", "ComplEx"},
       {"rotate", "RotatE"},
       {"rescal", "RESCAL"},
       {"conve", "ConvE"},
       {"simple", "SimplE"},
       {"cp", "CP"},
       {"transh", "TransH"}}};
  for (const auto& [known, name] : kNames) {
    if (known == id) return std::string(name);
  }
  return std::string(id);
}

std::vector<std::string> texts_of(const PickleValue& list) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i) {
    names.emplace_back(list.at(i).text().value_or(""));
  }
  return names;
}

ForeignEmbedding read_libkge(ForeignPath& path) {
  const auto torch = path.torch();
  const PickleValue root = torch->root();
  // (state dict, facts)
  const std::map<std::string, TensorView> tensors =
      state_dict_tensors(*torch, root.get("model").at(0));
  ForeignEmbedding embedding;
  embedding.tool = "LibKGE";
  embedding.conclude("tool", "LibKGE",
                     fmt::format("a checkpoint of type '{}'", *root.get("type").text()));
  const PickleValue options = root.get("config").get("options");
  std::string id(options.get("model").text().value_or(""));
  const bool reciprocal = id == "reciprocal_relations_model";
  if (reciprocal) {
    id = options.get(id).get("base_model").get("type").text().value_or("");
  }
  const std::string prefix = reciprocal ? std::string(kReciprocal) : std::string();
  const auto table = [&](std::string_view what) -> const TensorView* {
    for (const std::string_view name : {"_embeddings.weight", "embeddings.weight"}) {
      for (const std::string& before : {prefix, std::string(kReciprocal), std::string()}) {
        const auto at = tensors.find(fmt::format("{}_{}_embedder.{}", before, what, name));
        if (at != tensors.end()) return &at->second;
      }
    }
    return nullptr;
  };
  const TensorView* const entities = table("entity");
  const TensorView* const relations = table("relation");
  embedding.model = spelled_model(id);
  if (!embedding.model.empty()) {
    embedding.conclude("model", embedding.model, "the configuration in the checkpoint",
                       Certainty::kStated, "--model");
  }
  if (entities == nullptr || relations == nullptr || embedding.model == "RESCAL" ||
      embedding.model == "ConvE" || embedding.model == "TransH") {
    throw not_row_by_row(path, fmt::format("a {} of LibKGE without plain tables of entities and "
                                           "relations",
                                           embedding.model.empty() ? "model" : embedding.model));
  }
  embedding.entities = *entities;
  embedding.relations.push_back({RelationSide::kBoth, *relations});
  embedding.normalise = false;
  if (const auto norm = options.get(id).get("l_norm").number();
      norm && (*norm == 1 || *norm == 2)) {
    embedding.norm = static_cast<int>(*norm);
    embedding.conclude("norm", fmt::format("{}", *embedding.norm), "l_norm of the configuration",
                       Certainty::kStated, "--norm");
  }
  if (embedding.model == "ComplEx" || embedding.model == "RotatE") {
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.conclude("complex layout", "halves", "as LibKGE splits rows", Certainty::kStated,
                       "--layout");
  }
  if (embedding.model == "RotatE") {
    embedding.phase_scale = 1.0;
    embedding.conclude("phase scale", "1", "relations are angles in radians");
  }
  if (reciprocal) {
    embedding.inverse_layout = InverseLayout::kAppended;
    embedding.conclude("inverse relations", "appended: rows r and R + r",
                       "a model of reciprocal relations");
    embedding.note("doubled-relations",
                   fmt::format("{} relation rows are {} relations and their inverses",
                               relations->shape_text(), relations->shape.at(0) / 2));
  }
  note_pickle(embedding, torch->notes());
  const PickleValue facts = root.get("dataset").get("meta");
  if (facts.get("entity_ids").size() > 0) {
    attach_entity_names(embedding, texts_of(facts.get("entity_ids")), "dataset in the package");
    attach_relation_names(embedding, texts_of(facts.get("relation_ids")), "dataset in the package");
  }
  attach_names(
      path, embedding,
      {{"entity_ids.del", "data/entity_ids.del"}, {"relation_ids.del", "data/relation_ids.del"}});
  return embedding;
}

}  // namespace

extern const EmbeddingFormat libkge;
constinit const EmbeddingFormat libkge = {
    .id = "libkge",
    .title = "LibKGE checkpoint",
    .description =
        "PyTorch file with 'type', 'model' and 'config': checkpoint_*.pt, or a package model_*.pt, "
        "which has names too",
    .source = "LibKGE: kge/job/train.py, kge/util/package.py",
    .pitfalls =
        "Checkpoints have no names: entity_ids.del of the data set gives them. Models of "
        "reciprocal relations append the inverse ones.",
    .sniff = &sniff_libkge,
    .read = &read_libkge,
};

}  // namespace kgaudit::models::embedding_formats_roster
