#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

using Tensors = std::map<std::string, TensorView>;

constexpr std::string_view kModelFile = "trained_model.pkl";
constexpr std::string_view kTriplesFile = "training_triples/base.pth";

/// The keys of the two tables: PyKEEN 1.8 and newer, 1.0 to 1.7, and 0.0.x.
struct Keys {
  std::string_view entities;
  std::string_view relations;
  std::string_view version;
};
constexpr std::array<Keys, 3> kPykeenKeys = {
    {{"entity_representations.0._embeddings.weight",
      "relation_representations.0._embeddings.weight", "1.8 or newer"},
     {"entity_embeddings._embeddings.weight", "relation_embeddings._embeddings.weight",
      "1.0 to 1.7"},
     {"entity_embeddings.weight", "relation_embeddings.weight", "0.0.x"}}};
/// A training loop's own checkpoint keeps the state below this key.
constexpr std::string_view kInLoop = "model_state_dict.";

struct Found {
  const Keys* keys;
  std::string prefix;
};

std::optional<Found> find_keys(const Tensors& tensors) {
  for (const std::string_view prefix : {std::string_view(), kInLoop}) {
    for (const Keys& keys : kPykeenKeys) {
      if (tensors.count(fmt::format("{}{}", prefix, keys.entities)) > 0) {
        return Found{&keys, std::string(prefix)};
      }
    }
  }
  return std::nullopt;
}

bool sniff_pykeen(ForeignPath& path) {
  if (path.is_folder()) return path.has(kModelFile);
  const auto torch = path.torch();
  if (torch == nullptr) return false;
  if (torch->root().symbol().starts_with("pykeen.")) return true;
  return find_keys(path.tensors()).has_value();
}

/// What the module says of its interaction: PyKEEN 1.x keeps it as a module of its own.
PickleValue interaction_of(const PickleValue& model) {
  const PickleValue modules = model.get("_modules");
  return modules.get("interaction");
}

void conclude_from_module(const PickleValue& model, ForeignEmbedding& embedding) {
  const std::string_view symbol = model.symbol();
  if (!symbol.starts_with("pykeen.")) return;
  embedding.model = last_part(symbol);
  embedding.conclude("model", embedding.model, fmt::format("the module is a {}", symbol),
                     Certainty::kStated, "--model");
  const PickleValue interaction = interaction_of(model);
  auto norm = interaction.get("p").number();
  if (!norm) norm = model.get("scoring_fct_norm").number();
  if (norm && (*norm == 1 || *norm == 2)) {
    embedding.norm = static_cast<int>(*norm);
    embedding.conclude("norm", fmt::format("{}", *embedding.norm), "p of the interaction",
                       Certainty::kStated, "--norm");
  }
}

/// configuration.json of PyKEEN 0.0.x.
void conclude_from_configuration(const nlohmann::ordered_json& config,
                                 ForeignEmbedding& embedding) {
  const auto model = config_text(config, "kg_embedding_model_name");
  if (!model) return;
  embedding.model = *model;
  embedding.conclude("model", *model, "configuration.json: kg_embedding_model_name",
                     Certainty::kStated, "--model");
  if (const auto norm = config_number(config, "scoring_function");
      norm && (*norm == 1 || *norm == 2)) {
    embedding.norm = static_cast<int>(*norm);
    embedding.conclude("norm", fmt::format("{}", *embedding.norm),
                       "configuration.json: scoring_function", Certainty::kStated, "--norm");
  }
}

/// Real relations by training_triples/base.pth, and whether inverse ones were made.
struct Triples {
  std::optional<std::int64_t> relations;
  std::optional<bool> inverse;
};

Triples triples_of(ForeignPath& path) {
  Triples triples;
  if (!path.has(kTriplesFile)) return triples;
  const auto file = path.open(kTriplesFile);
  const TorchFile base(file->bytes(), file->path().string(), path.budget());
  triples.relations = base.root().get("num_relations").integer();
  triples.inverse = base.root().get("create_inverse_triples").boolean();
  return triples;
}

void conclude_inverse(const Triples& triples, ForeignEmbedding& embedding) {
  const std::uint64_t rows = embedding.relations.front().rows.rows();
  const auto real = static_cast<std::uint64_t>(triples.relations.value_or(0));
  if (triples.inverse == true && rows % 2 == 0) {
    embedding.inverse_layout = InverseLayout::kInterleaved;
    embedding.conclude(
        "inverse relations", "interleaved: rows 2r and 2r + 1",
        fmt::format("create_inverse_triples is true, {} rows for {} relations", rows, real));
    embedding.note(
        "doubled-relations",
        fmt::format("{} relation rows are {} relations and their inverses", rows, rows / 2));
  } else if (real > 0 && rows != real) {
    embedding.note("relation-count",
                   fmt::format("{} says {} relations; there are {} rows", kTriplesFile, real, rows),
                   Finding::Weight::kError);
  }
}

/// Maps in a training loop's checkpoint: {name: id}.
void names_in_checkpoint(const PickleValue& root, ForeignEmbedding& embedding) {
  for (const bool entities : {true, false}) {
    const std::string_view key = entities ? "entity_to_id_dict" : "relation_to_id_dict";
    const PickleValue map = root.get(key);
    if (map.pairs() == 0) continue;
    std::vector<std::string> names;
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < map.pairs(); ++i) {
      const auto [name, id] = map.pair(i);
      if (!name.text() || !id.integer()) return;
      names.emplace_back(*name.text());
      ids.push_back(*id.integer());
    }
    names = ordered_names(std::move(names), ids, std::string(key));
    if (entities) {
      attach_entity_names(embedding, std::move(names), std::string(key));
    } else {
      attach_relation_names(embedding, std::move(names), std::string(key));
    }
  }
}

ForeignEmbedding read_pykeen(ForeignPath& path) {
  if (path.is_folder()) {
    ReadOptions options = path.options();
    options.format.clear();
    return read_foreign_embedding(path.path() / kModelFile, options);
  }
  const auto torch = path.torch();
  if (torch == nullptr) throw not_row_by_row(path, "no PyTorch file");
  const Tensors& tensors = path.tensors();
  const auto found = find_keys(tensors);
  ForeignEmbedding embedding;
  embedding.tool = "PyKEEN";
  conclude_from_module(torch->root(), embedding);
  const auto config = config_in(path, "configuration.json");
  if (config && embedding.model.empty()) conclude_from_configuration(*config, embedding);
  if (!found) {
    throw not_row_by_row(path, fmt::format("a {} of PyKEEN without plain tables of entities and "
                                           "relations",
                                           embedding.model.empty() ? "model" : embedding.model));
  }
  embedding.conclude("tool", "PyKEEN",
                     fmt::format("the keys of version {} in a PyTorch file ({})",
                                 found->keys->version, torch->form()));
  const auto relations = tensors.find(fmt::format("{}{}", found->prefix, found->keys->relations));
  static constexpr std::array<std::string_view, 6> kMatrixModels = {"TransR", "TransH", "TransD",
                                                                    "RESCAL", "TuckER", "NTN"};
  const bool matrices = std::find(kMatrixModels.begin(), kMatrixModels.end(), embedding.model) !=
                            kMatrixModels.end() ||
                        std::any_of(tensors.begin(), tensors.end(), [](const auto& entry) {
                          return entry.first.find("proj") != std::string::npos ||
                                 entry.first.find("normal_vector") != std::string::npos ||
                                 entry.first.starts_with("relation_representations.1");
                        });
  if (matrices) {
    throw not_row_by_row(
        path,
        fmt::format("a {} model of PyKEEN, whose score needs further tables for each relation",
                    embedding.model.empty() ? "TransR or TransH" : embedding.model));
  }
  if (relations == tensors.end()) throw not_row_by_row(path, "a PyKEEN file without relations");
  embedding.entities = tensors.at(fmt::format("{}{}", found->prefix, found->keys->entities));
  embedding.relations.push_back({RelationSide::kBoth, relations->second});
  embedding.normalise = false;
  embedding.conclude("normalised before scoring", "no",
                     "PyKEEN normalises while it trains, and stores the result",
                     Certainty::kGuessed, "--normalise");
  if (embedding.model == "ComplEx" || embedding.model == "RotatE") {
    embedding.complex_layout = ComplexLayout::kInterleaved;
    embedding.conclude("complex layout", "interleaved", "as PyKEEN views rows", Certainty::kStated,
                       "--layout");
  }
  if (embedding.model.empty()) {
    embedding.conclude("model", "unknown", "a state dict does not say it", Certainty::kGuessed,
                       "--model");
  }
  conclude_inverse(triples_of(path), embedding);
  note_pickle(embedding, torch->notes());
  names_in_checkpoint(torch->root(), embedding);
  attach_names(path, embedding,
               {{"training_triples/entity_to_id.tsv.gz", "entity_to_id.json"},
                {"training_triples/relation_to_id.tsv.gz", "relation_to_id.json"},
                Certainty::kStated});
  return embedding;
}

}  // namespace

extern const EmbeddingFormat pykeen;
constinit const EmbeddingFormat pykeen = {
    .id = "pykeen",
    .title = "PyKEEN folder or state dict",
    .description =
        "Folder with trained_model.pkl and training_triples, that file alone, a state dict, or the "
        "checkpoint of a training loop; PyKEEN 0.0.x to 1.10",
    .source = "PyKEEN: pipeline/api.py, triples/triples_factory.py, nn/representation.py",
    .pitfalls =
        "Complex numbers and inverse relations are interleaved, unlike in most other tools. A "
        "state dict does not say the model or its norm.",
    .sniff = &sniff_pykeen,
    .read = &read_pykeen,
};

}  // namespace kgaudit::models::embedding_formats_roster
