#include <numbers>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::string_view kEntityEnding = "_entity.npy";
constexpr std::string_view kRelationEnding = "_relation.npy";
constexpr double kDglKeItsEpsilon = 2.0;
constexpr std::string_view kWholeDglKe =
    "config.json and the files of entities and relations in one folder";

/// The files of this ending in the folder that the path names or lies in.
std::vector<std::string> files_ending(ForeignPath& path, std::string_view ending) {
  std::vector<std::string> found;
  if (!path.is_folder()) {
    // One of the two was named; the other has the same beginning.
    const std::string name = path.file_name();
    for (const std::string_view own : {kEntityEnding, kRelationEnding}) {
      if (!name.ends_with(own)) continue;
      const std::string other = name.substr(0, name.size() - own.size()) + std::string(ending);
      if (path.has(other)) found.push_back(other);
    }
    return found;
  }
  for (const std::string& name : path.entries()) {
    if (name.ends_with(ending) && path.has(name)) found.push_back(name);
  }
  return found;
}

std::optional<std::string> either_text(const nlohmann::ordered_json& config, std::string_view one,
                                       std::string_view other) {
  const auto text = config_text(config, one);
  return text ? text : config_text(config, other);
}

bool sniff_dgl_ke(ForeignPath& path) {
  if (files_ending(path, kEntityEnding).empty() && files_ending(path, kRelationEnding).empty()) {
    return false;
  }
  const auto config = config_in(path, "config.json");
  return config && either_text(*config, "model_name", "model").has_value();
}

void conclude_model(const std::string& name, ForeignEmbedding& embedding) {
  embedding.normalise = false;
  if (name == "TransE" || name == "TransE_l1" || name == "TransE_l2") {
    embedding.model = "TransE";
    embedding.norm = name == "TransE_l1" ? 1 : 2;
    embedding.conclude("norm", fmt::format("{}", *embedding.norm),
                       fmt::format("config.json: {}", name), Certainty::kStated, "--norm");
  } else {
    embedding.model = name;
    if (name == "ComplEx" || name == "RotatE") {
      embedding.complex_layout = ComplexLayout::kHalves;
      embedding.conclude("complex layout", "halves", "as DGL-KE splits rows", Certainty::kStated,
                         "--layout");
    }
  }
  embedding.conclude("model", embedding.model, fmt::format("config.json: {}", name),
                     Certainty::kStated, "--model");
}

/// Where a file may be now whose path was written down on another machine.
std::vector<std::string> beside_or_in_data(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  if (name.empty()) return {};
  return {name, "data/" + name};
}

ForeignEmbedding read_dgl_ke(ForeignPath& path) {
  const auto config = config_in(path, "config.json");
  if (!config) {
    throw half_of(path, "a folder of DGL-KE without config.json", std::string(kWholeDglKe),
                  "the folder as DGL-KE wrote it");
  }
  const std::string name = either_text(*config, "model_name", "model").value_or("");
  if (name == "TransR" || name == "RESCAL") {
    throw not_row_by_row(path,
                         fmt::format("a {} model of DGL-KE, whose relations are matrices", name));
  }
  const auto entities = files_ending(path, kEntityEnding);
  const auto relations = files_ending(path, kRelationEnding);
  if (entities.empty() || relations.empty()) {
    const std::string have = entities.empty() ? relations.front() : entities.front();
    throw half_of(
        path,
        fmt::format("half a checkpoint of DGL-KE: {} is there, the file of the {} (ending in {}) "
                    "is not",
                    have, entities.empty() ? "entities" : "relations",
                    entities.empty() ? kEntityEnding : kRelationEnding),
        std::string(kWholeDglKe), "the folder as DGL-KE wrote it");
  }
  if (entities.size() > 1 || relations.size() > 1) {
    throw InputError::usage(path.place(),
                            fmt::format("several checkpoints: {}", fmt::join(entities, ", ")),
                            "one", "name the file of the entities");
  }
  ForeignEmbedding embedding;
  embedding.tool = "DGL-KE";
  embedding.conclude("tool", "DGL-KE", "the files of the folder and its config.json");
  conclude_model(name, embedding);
  const auto open = [&](const std::string& file) {
    const auto opened = path.open(file);
    TensorView rows = parse_npy(opened->bytes(), opened->path().string());
    rows.name = file;
    return rows;
  };
  embedding.entities = open(entities.front());
  embedding.relations.push_back({RelationSide::kBoth, open(relations.front())});
  embedding.gamma = config_number(*config, "gamma");
  auto width = config_number(*config, "hidden_dim");
  if (!width) width = config_number(*config, "emb_size");
  if (embedding.model == "RotatE" && embedding.gamma && width && *width > 0) {
    embedding.phase_scale = std::numbers::pi / ((*embedding.gamma + kDglKeItsEpsilon) / *width);
    embedding.conclude("phase scale", fmt::format("{}", *embedding.phase_scale),
                       "pi / ((gamma + 2) / hidden_dim)");
  }
  NameFiles files;
  files.certainty = Certainty::kStated;
  // "emp_file" is the code's own spelling, "emap_file" that of its documentation.
  if (const auto map = either_text(*config, "emap_file", "emp_file")) {
    files.entities = beside_or_in_data(*map);
  }
  if (const auto map = config_text(*config, "rmap_file")) {
    files.relations = beside_or_in_data(*map);
  }
  attach_names(path, embedding, files);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat dgl_ke;
constinit const EmbeddingFormat dgl_ke = {
    .id = "dgl-ke",
    .title = "DGL-KE folder",
    .description =
        "Folder with config.json, <dataset>_<model>_entity.npy and <dataset>_<model>_relation.npy, "
        "or one of these files",
    .source = "DGL-KE: general_models.py, utils.py; docs format_out.rst",
    .pitfalls =
        "Maps of names lie in the data folder, not here. TransR and RESCAL are named and refused.",
    .sniff = &sniff_dgl_ke,
    .read = &read_dgl_ke,
};

}  // namespace kgaudit::models::embedding_formats_roster
