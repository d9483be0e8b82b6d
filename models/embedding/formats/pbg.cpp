#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/hdf5_file.hpp"
#include "models/embedding/foreign/name_map.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

constexpr std::string_view kVersionFile = "checkpoint_version.txt";

bool sniff_pbg(ForeignPath& path) {
  if (!path.is_folder() || !path.has("config.json")) return false;
  const auto config = config_in(path, "config.json");
  return config && config->contains("entity_path") && config->contains("relations") &&
         config->contains("entities");
}

std::string last_component(const std::string& path) {
  const std::filesystem::path given(path);
  return (given.has_filename() ? given.filename() : given.parent_path().filename()).string();
}

/// Reads one checkpoint folder.
class PbgFolder {
 public:
  PbgFolder(ForeignPath& path, ForeignEmbedding& embedding)
      : path_(path), embedding_(embedding), config_(*config_in(path, "config.json")) {}

  void read() {
    embedding_.tool = "PyTorch-BigGraph";
    embedding_.conclude("tool", embedding_.tool, "config.json");
    version();
    type();
    score();
    entities();
    relations();
    names();
  }

 private:
  [[nodiscard]] InputError refuse(std::string got, std::string advice = "") const {
    return not_row_by_row(path_, std::move(got), std::move(advice));
  }

  [[nodiscard]] InputError half(std::string_view missing) const {
    return half_of(path_, fmt::format("half a checkpoint of PyTorch-BigGraph: no {}", missing),
                   "all files of the checkpoint's version in one folder",
                   "the folder as it was trained");
  }

  void version() {
    if (path_.has(kVersionFile)) {
      const auto file = path_.open(kVersionFile);
      const std::string_view text = file->bytes().substr(0, 32);
      version_ = parse_uint(text.substr(0, text.find_last_not_of(" \r\n") + 1)).value_or(0);
    }
    if (version_ == 0) {
      throw refuse("a PyTorch-BigGraph folder without a finished checkpoint",
                   "train to the end of an epoch first");
    }
    embedding_.conclude("checkpoint version", fmt::format("{}", version_),
                        std::string(kVersionFile));
  }

  /// The entity type whose rows are read: the only one, in one partition or several.
  void type() {
    const auto& types = config_.at("entities");
    if (!types.is_object() || types.size() != 1) {
      throw refuse(fmt::format("a PyTorch-BigGraph model of {} entity types", types.size()),
                   "export the type that is meant with torchbiggraph_export_to_tsv");
    }
    type_ = types.begin().key();
    if (type_.find('/') != std::string::npos || type_.find("..") != std::string::npos) {
      throw InputError::unsafe(path_.place(), fmt::format("the entity type '{}'", printable(type_)),
                               "a type without slashes");
    }
    const auto& facts = types.begin().value();
    partitions_ = static_cast<std::uint64_t>(
        std::max(1.0, facts.is_object() ? config_number(facts, "num_partitions").value_or(1) : 1));
    if (facts.is_object() && config_flag(facts, "featurized") == true) {
      throw refuse("a PyTorch-BigGraph model of featurized entities, which have no rows");
    }
  }

  void score() {
    const auto comparator = config_text(config_, "comparator").value_or("cos");
    embedding_.comparator = comparator;
    embedding_.conclude("comparator", comparator, "config.json: comparator");
    dynamic_ = config_flag(config_, "dynamic_relations") == true;
    const auto& relations = config_.at("relations");
    if (!relations.is_array() || relations.empty() || !relations[0].is_object()) {
      throw refuse("a PyTorch-BigGraph config.json without relations");
    }
    operator_ = config_text(relations[0], "operator").value_or("none");
    for (const auto& relation : relations) {
      if (!relation.is_object() ||
          config_text(relation, "operator").value_or("none") != operator_) {
        throw refuse("a PyTorch-BigGraph model whose relations have different operators");
      }
      static_names_.push_back(config_text(relation, "name").value_or(""));
    }
    if (operator_ == "translation") {
      embedding_.model = "TransE";
    } else if (operator_ == "diagonal") {
      embedding_.model = "DistMult";
    } else if (operator_ == "complex_diagonal") {
      embedding_.model = "ComplEx";
      embedding_.complex_layout = ComplexLayout::kHalves;
      embedding_.conclude("complex layout", "halves", "complex_diagonal", Certainty::kStated,
                          "--layout");
    } else if (operator_ != "none") {
      throw refuse(
          fmt::format("a PyTorch-BigGraph model with the operator {}, whose relations are "
                      "matrices",
                      printable(operator_)));
    }
    embedding_.conclude("model", embedding_.model.empty() ? "none" : embedding_.model,
                        fmt::format("config.json: operator {}", operator_), Certainty::kStated,
                        "--model");
    embedding_.normalise = comparator == "cos";
    if (config_flag(config_, "bias") == true) {
      embedding_.note("bias-column", "the first number of each row is a bias, not a coordinate",
                      Finding::Weight::kWarning);
    }
  }

  TensorView partition(std::uint64_t part) {
    const std::string name = fmt::format("embeddings_{}_{}.v{}.h5", type_, part, version_);
    if (!path_.has(name)) {
      throw half(name);
    }
    const auto file = path_.open(name);
    const Hdf5Contents contents = read_hdf5_contents(*file, path_.budget());
    const Hdf5Dataset* rows = contents.find("/embeddings");
    if (rows == nullptr) throw refuse(fmt::format("{} without the array 'embeddings'", name));
    TensorView tensor = hdf5_tensor(*file, *rows, path_.budget());
    tensor.name = name;
    return tensor;
  }

  void entities() {
    std::vector<TensorView> parts;
    std::uint64_t rows = 0;
    for (std::uint64_t part = 0; part < partitions_; ++part) {
      parts.push_back(partition(part));
      if (!parts.back().is_matrix() || parts.back().width() != parts.front().width()) {
        throw refuse(fmt::format("partitions of different shapes, {} and {}",
                                 parts.front().shape_text(), parts.back().shape_text()));
      }
      rows += parts.back().rows();
    }
    const auto dimension = config_number(config_, "dimension");
    if (dimension && static_cast<double>(parts.front().width()) != *dimension) {
      embedding_.note("mixed-runs",
                      fmt::format("config.json says {} numbers a row; {} has {}", *dimension,
                                  parts.front().name, parts.front().width()),
                      Finding::Weight::kError);
    }
    const TensorView global = global_embedding(parts.front().width());
    if (parts.size() == 1 && global.shape.empty()) {
      embedding_.entities = std::move(parts.front());
      return;
    }
    path_.budget().take(rows, (parts.front().width() + 16) * sizeof(float), path_.place(),
                        "rows of floats");
    FloatTable all(rows, parts.front().width());
    std::size_t at = 0;
    for (const TensorView& part : parts) {
      const ConvertedRows converted = rows_of(part, path_.place(), path_.budget());
      for (std::size_t i = 0; i < converted.rows.rows(); ++i, ++at) {
        std::copy_n(converted.rows.row(i), all.width(), all.row(at));
      }
      path_.budget().give_back(converted.rows.rows() * converted.rows.stride() * sizeof(float));
    }
    if (!global.shape.empty()) {
      TensorView one = global;
      one.shape = {1, global.shape[0]};
      one.strides = {1, 1};
      const ConvertedRows add = rows_of(one, path_.place(), path_.budget());
      for (std::size_t i = 0; i < all.rows(); ++i) {
        for (std::size_t k = 0; k < all.width(); ++k) all.row(i)[k] += add.rows.row(0)[k];
      }
      embedding_.conclude("global embedding", "added to each row", "config.json: global_emb");
    }
    embedding_.entities = tensor_of(std::move(all), "embeddings");
  }

  [[nodiscard]] const Hdf5Contents& model() {
    if (model_file_) return model_;
    const std::string name = fmt::format("model.v{}.h5", version_);
    if (!path_.has(name)) {
      throw half(name);
    }
    model_file_ = path_.open(name);
    model_ = read_hdf5_contents(*model_file_, path_.budget());
    return model_;
  }

  TensorView global_embedding(std::uint64_t width) {
    if (config_flag(config_, "global_emb") != true) return {};
    const Hdf5Dataset* found =
        model().find(fmt::format("/model/entities/{}/global_embedding", type_));
    if (found == nullptr) throw refuse("a model of global embeddings without them");
    TensorView tensor = hdf5_tensor(*model_file_, *found, path_.budget());
    if (tensor.shape != std::vector<std::uint64_t>{width}) {
      throw refuse(fmt::format("a global embedding of {}", tensor.shape_text()));
    }
    return tensor;
  }

  /// The parameters of one side of a relation, as a matrix with a row for each dynamic relation or
  /// one row.
  std::optional<TensorView> parameters(std::size_t relation, std::string_view side) {
    const std::string base = fmt::format("/model/relations/{}/operator/{}/", relation, side);
    const auto get = [&](std::string_view name) -> std::optional<TensorView> {
      const Hdf5Dataset* found = model().find(base + std::string(name));
      if (found == nullptr) return std::nullopt;
      TensorView tensor = hdf5_tensor(*model_file_, *found, path_.budget());
      if (tensor.shape.size() == 1) {
        tensor.shape.insert(tensor.shape.begin(), 1);
        tensor.strides.insert(tensor.strides.begin(), tensor.strides[0]);
      }
      return tensor;
    };
    if (operator_ == "complex_diagonal") {
      const auto real = get("real");
      const auto imaginary = get("imag");
      if (!real || !imaginary) return std::nullopt;
      return side_by_side(*real, *imaginary, path_.place(), path_.budget());
    }
    const std::string name = operator_ == "translation" ? "translation" : "diagonal";
    auto many = get(name + "s");
    return many ? many : get(name);
  }

  void relations() {
    if (operator_ == "none") {
      embedding_.note("no-operator", "relations have no parameters: the operator is none");
      return;
    }
    static_cast<void>(model());
    const std::size_t count = dynamic_ ? 1 : static_names_.size();
    for (const auto& [side, meaning] :
         {std::pair{"lhs", RelationSide::kTails}, std::pair{"rhs", RelationSide::kHeads}}) {
      std::vector<TensorView> rows;
      for (std::size_t i = 0; i < count; ++i) {
        auto found = parameters(i, side);
        if (found) rows.push_back(std::move(*found));
      }
      if (rows.empty()) continue;
      if (rows.size() != count) throw refuse("relations of which some have no parameters");
      // Static relations move the right-hand side alone, whichever side is asked for.
      const RelationSide use = dynamic_ ? meaning : RelationSide::kBoth;
      embedding_.relations.push_back({use, count == 1 ? std::move(rows.front()) : stacked(rows)});
    }
    if (embedding_.relations.empty()) throw refuse("a model file without relations");
    if (dynamic_) {
      embedding_.conclude("relation tables", "two: lhs ranks tails, rhs ranks heads",
                          "config.json: dynamic_relations");
    }
  }

  TensorView stacked(const std::vector<TensorView>& rows) {
    const std::uint64_t width = rows.front().width();
    path_.budget().take(rows.size(), (width + 16) * sizeof(float), path_.place(), "rows of floats");
    FloatTable all(rows.size(), width);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].rows() != 1 || rows[i].width() != width) {
        throw refuse("relations whose parameters differ in width");
      }
      const ConvertedRows one = rows_of(rows[i], path_.place(), path_.budget());
      std::copy_n(one.rows.row(0), width, all.row(i));
    }
    return tensor_of(std::move(all), "relations");
  }

  /// Names lie in entity_path, whose last part may be a folder here.
  void names() {
    const std::string data = last_component(config_text(config_, "entity_path").value_or(""));
    NameFiles files;
    files.certainty = Certainty::kStated;
    const auto in_folders = [&](const std::string& name) {
      std::vector<std::string> found = {name, "entities/" + name};
      if (!data.empty() && data != "..") found.push_back(fmt::format("{}/{}", data, name));
      return found;
    };
    if (partitions_ == 1) {
      files.entities = in_folders(fmt::format("entity_names_{}_0.json", type_));
    } else {
      joined_names(in_folders(""));
    }
    if (dynamic_) {
      files.relations = in_folders("dynamic_rel_names.json");
    } else if (!embedding_.relations.empty()) {
      attach_relation_names(embedding_, static_names_, "config.json: relations");
    }
    attach_names(path_, embedding_, files);
  }

  void joined_names(const std::vector<std::string>& folders) {
    for (const std::string& folder : folders) {
      std::vector<std::string> all;
      std::uint64_t part = 0;
      for (; part < partitions_; ++part) {
        const std::string name = fmt::format(
            "{}entity_names_{}_{}.json",
            folder.empty() || folder.ends_with('/') ? folder : folder + "/", type_, part);
        if (!path_.has(name)) break;
        const auto file = path_.open(name);
        NameMap map = read_name_map(file->bytes(), file->path().string(), path_.budget());
        std::move(map.names.begin(), map.names.end(), std::back_inserter(all));
      }
      if (part == partitions_) {
        attach_entity_names(embedding_, std::move(all), "entity_names of all partitions");
        return;
      }
    }
  }

  ForeignPath& path_;
  ForeignEmbedding& embedding_;
  nlohmann::ordered_json config_;
  std::uint64_t version_ = 0;
  std::string type_;
  std::uint64_t partitions_ = 1;
  bool dynamic_ = false;
  std::string operator_;
  std::vector<std::string> static_names_;
  std::shared_ptr<const MappedFile> model_file_;
  Hdf5Contents model_;
};

ForeignEmbedding read_pbg(ForeignPath& path) {
  ForeignEmbedding embedding;
  PbgFolder(path, embedding).read();
  return embedding;
}

}  // namespace

extern const EmbeddingFormat pbg;
constinit const EmbeddingFormat pbg = {
    .id = "pbg",
    .title = "PyTorch-BigGraph checkpoint",
    .description =
        "Folder with config.json, checkpoint_version.txt, embeddings_<type>_<part>.v<V>.h5 and "
        "model.v<V>.h5; names in entities/ or beside it",
    .source = "PyTorch-BigGraph: checkpoint_storage.py, checkpoint_manager.py, graph_storages.py",
    .pitfalls =
        "Dynamic relations have two sets of parameters: lhs is for ranking tails, rhs for heads. "
        "Only files of the committed version count. Operators with matrices are refused.",
    .sniff = &sniff_pbg,
    .read = &read_pbg,
};

}  // namespace kgaudit::models::embedding_formats_roster
