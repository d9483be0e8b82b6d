#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::size_t kMostListed = 12;

bool sniff_torch_state(ForeignPath& path) { return !path.is_folder() && path.torch() != nullptr; }

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

/// The words by which people name the two tables.
bool torch_state_names_relations(std::string_view key) {
  static constexpr std::array<std::string_view, 3> kWords = {"rel", "Rel", "predicate"};
  return has_any(key, kWords);
}
bool names_entities(std::string_view key) {
  static constexpr std::array<std::string_view, 5> kWords = {"ent", "Ent", "node", "Node", "emb"};
  return has_any(key, kWords);
}
/// Weights of layers say that rows come out of a network and are not stored.
bool names_layer(std::string_view key) {
  static constexpr std::array<std::string_view, 7> kWords = {"conv",    "lin",  "att", "layer",
                                                             "encoder", "lstm", "bn"};
  return has_any(key, kWords);
}
bool is_optimizer(std::string_view key) { return key.find("optim") != std::string_view::npos; }

ForeignEmbedding read_torch_state(ForeignPath& path) {
  const auto torch = path.torch();
  ForeignEmbedding embedding;
  std::vector<const TensorView*> entities;
  std::vector<const TensorView*> relations;
  std::vector<std::string> listed;
  std::size_t layers = 0;
  std::size_t count = 0;
  for (const auto& [key, tensor] : path.tensors()) {
    if (is_optimizer(key)) continue;
    ++count;
    if (listed.size() < kMostListed) {
      listed.push_back(fmt::format("{} ({})", printable(key), tensor.shape_text()));
    }
    if (names_layer(key)) ++layers;
    if (!tensor.is_matrix() || !(is_real(tensor.type) || is_complex(tensor.type))) continue;
    if (names_layer(key)) continue;
    if (torch_state_names_relations(key)) {
      relations.push_back(&tensor);
    } else if (names_entities(key)) {
      entities.push_back(&tensor);
    }
  }
  const std::string tensors =
      count == 0 ? "no tensor" : fmt::format("{} tensors: {}", count, fmt::join(listed, ", "));
  if (layers > 0) {
    throw not_row_by_row(path,
                         fmt::format("a checkpoint of a neural network, whose vectors come "
                                     "out of layers: {}",
                                     tensors),
                         "run the network and save the rows that come out as npy");
  }
  // A lone tensor is what somebody saved with torch.save(rows).
  const std::optional<TensorView> lone = torch->tensor(torch->root());
  if (lone) {
    embedding.entities = *lone;
    embedding.conclude("entity table", "the tensor", "the only one in the file",
                       Certainty::kDerived);
  } else if (entities.size() == 1 && relations.size() <= 1) {
    embedding.entities = *entities.front();
    embedding.conclude("entity table", entities.front()->name, "by its name", Certainty::kGuessed);
    if (!relations.empty()) {
      embedding.relations.push_back({RelationSide::kBoth, *relations.front()});
      embedding.conclude("relation table", relations.front()->name, "by its name",
                         Certainty::kGuessed);
    }
  } else {
    const std::string_view module = torch->root().symbol();
    const std::string what = module.empty()
                                 ? std::string("a PyTorch file of no known tool")
                                 : fmt::format("a module of the class {}", printable(module));
    throw not_row_by_row(path, fmt::format("{}; {}", what, tensors));
  }
  note_pickle(embedding, torch->notes());
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat torch_state;
constinit const EmbeddingFormat torch_state = {
    .id = "torch-state",
    .title = "PyTorch state dict",
    .description =
        "PyTorch file of no known tool: one matrix whose key says entities or nodes, at most one "
        "whose key says relations, or a tensor by itself",
    .source = "torch.save",
    .pitfalls =
        "It says neither model nor names. Networks whose vectors come out of layers are refused.",
    .sniff = &sniff_torch_state,
    .read = &read_torch_state,
};

}  // namespace kgaudit::models::embedding_formats_roster
