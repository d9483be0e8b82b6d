#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/yaml_scalars.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::string_view kRows = "embeddings.bin";
constexpr std::string_view kModel = "model.pt";
constexpr std::string_view kNodes = "node_mapping.txt";
constexpr std::string_view kConfig = "full_config.yaml";
constexpr std::string_view kLayers = "model.encoder.layers.";
constexpr std::string_view kDecoder = "model.decoder.type";

/// What the decoder of full_config.yaml says of the score.
void conclude_decoder(ForeignPath& path, ForeignEmbedding& embedding) {
  std::string decoder;
  if (path.has(kConfig)) {
    const auto file = path.open(kConfig);
    const auto scalars = read_yaml_scalars(file->bytes(), file->path().string());
    for (const auto& [key, value] : scalars) {
      if (key.starts_with(kLayers) && key.ends_with(".type") && value == "GNN") {
        throw not_row_by_row(path,
                             "a Marius model with graph layers, whose rows depend on neighbours");
      }
    }
    if (const auto at = scalars.find(std::string(kDecoder)); at != scalars.end()) {
      decoder = at->second;
    }
  }
  const std::string reason = fmt::format("{}: {} = {}", kConfig, kDecoder, decoder);
  if (decoder == "TRANSE") {
    embedding.model = "TransE";
    embedding.norm = 2;
    embedding.normalise = false;
    embedding.conclude("norm", "2", "Marius' TransE has no other", Certainty::kStated, "--norm");
    embedding.conclude("normalised before scoring", "no", "Marius never does", Certainty::kStated,
                       "--normalise");
  } else if (decoder == "DISTMULT") {
    embedding.model = "DistMult";
  } else if (decoder == "COMPLEX") {
    embedding.model = "ComplEx";
    embedding.complex_layout = ComplexLayout::kHalves;
    embedding.conclude("complex layout", "halves", "as Marius splits rows", Certainty::kStated,
                       "--layout");
  } else {
    embedding.conclude("model", decoder.empty() ? "unknown" : decoder,
                       decoder.empty() ? fmt::format("no {} says it", kConfig) : reason,
                       Certainty::kGuessed, "--model");
    return;
  }
  embedding.conclude("model", embedding.model, reason, Certainty::kStated, "--model");
}

bool sniff_marius(ForeignPath& path) {
  return path.is_folder() && path.has(kRows) && (path.has(kModel) || path.has(kNodes));
}

ForeignEmbedding read_marius(ForeignPath& path) {
  ForeignEmbedding embedding;
  embedding.tool = "Marius";
  embedding.conclude("tool", "Marius", "the files of the folder");
  if (!path.has(kNodes)) {
    throw half_of(
        path, fmt::format("a Marius folder without {}, by which rows are counted", kNodes),
        fmt::format("{} and {} in one folder", kRows, kNodes), "the folder as Marius wrote it");
  }
  const auto nodes = path.open(kNodes);
  NameMap map = read_name_map(nodes->bytes(), nodes->path().string(), path.budget());
  const auto rows = path.open(kRows);
  const std::uint64_t numbers = rows->size() / sizeof(float);
  if (map.names.empty() || rows->size() % sizeof(float) != 0 || numbers % map.names.size() != 0) {
    throw InputError::unreadable(rows->path().string(), fmt::format("{} bytes", rows->size()),
                                 fmt::format("rows of floats for {} nodes", map.names.size()),
                                 "files of one run");
  }
  embedding.entities.name = kRows;
  embedding.entities.shape = {map.names.size(), numbers / map.names.size()};
  embedding.entities.strides = packed_strides(embedding.entities.shape);
  embedding.entities.bytes = rows->bytes();
  embedding.conclude("dimension", fmt::format("{}", embedding.entities.width()),
                     fmt::format("the size of {} by the names in {}", kRows, kNodes),
                     Certainty::kDerived);
  attach_entity_names(embedding, std::move(map.names), std::string(kNodes));
  if (path.has(kModel)) {
    const auto model = path.open(kModel);
    const TorchFile torch(model->bytes(), model->path().string(), path.budget());
    for (auto& [key, tensor] : state_dict_tensors(torch, torch.root())) {
      if (last_part(key) != "relation_embeddings" &&
          last_part(key) != "inverse_relation_embeddings") {
        continue;
      }
      TensorView kept = tensor;
      // The parsed file ends here; the mapped one stays. Deflated members would not.
      const std::string_view file = model->bytes();
      if (kept.bytes.data() < file.data() || kept.bytes.data() > file.data() + file.size()) {
        throw not_row_by_row(path, "a model.pt whose numbers are deflated");
      }
      const bool inverse = last_part(key) == "inverse_relation_embeddings";
      embedding.relations.push_back(
          {inverse ? RelationSide::kHeads : RelationSide::kTails, std::move(kept)});
    }
    if (embedding.relations.size() == 1) embedding.relations.front().side = RelationSide::kBoth;
    note_pickle(embedding, torch.notes());
  }
  conclude_decoder(path, embedding);
  attach_names(path, embedding, {{}, {"relation_mapping.txt"}, Certainty::kStated});
  return embedding;
}

}  // namespace

extern const EmbeddingFormat marius;
constinit const EmbeddingFormat marius = {
    .id = "marius",
    .title = "Marius folder",
    .description =
        "Folder with embeddings.bin (floats without a header), node_mapping.txt, model.pt and "
        "full_config.yaml",
    .source = "Marius: constants.h, in_memory_exporter.py, model.cpp",
    .pitfalls =
        "Ids are assigned at random: names are ordered by the second column of the mapping. Its "
        "TransE uses the L2 distance. The model stands in full_config.yaml; without it, name it "
        "with "
        "--model.",
    .sniff = &sniff_marius,
    .read = &read_marius,
};

}  // namespace kgaudit::models::embedding_formats_roster
