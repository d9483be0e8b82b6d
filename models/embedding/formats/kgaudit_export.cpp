#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

bool sniff_kgaudit(ForeignPath& path) { return path.is_folder() && path.has(kManifestFile); }

/// Reads the tables that a manifest lists, each by the reader of its format.
class ExportedTables {
 public:
  ExportedTables(ForeignPath& path, const FormatFiles& files)
      : path_(path), reader_(find_embedding_format(files.reader)) {}

  /// The table in a file, of the shape that the manifest states.
  ForeignEmbedding read(const std::string& name, const TensorView& stated) {
    const auto file = path_.open(name);
    ReadOptions options;
    options.max_memory = path_.budget().left();
    ForeignPath own(file->path(), options);
    ForeignEmbedding table = reader_.read(own);
    path_.budget().take(options.max_memory - own.budget().left(), file->path().string(),
                        "its tables together");
    if (table.entities.shape != stated.shape) {
      throw InputError::unreadable(
          file->path().string(), fmt::format("a table of {}", table.entities.shape_text()),
          fmt::format("{}, as {} says", stated.shape_text(), kManifestFile));
    }
    kept_->push_back(own.keep());
    if (table.owner != nullptr) kept_->push_back(table.owner);
    for (SourceFile& source : own.sources()) {
      if (source.name != name) others_.push_back(std::move(source));
    }
    return table;
  }
  /// The files that were read.
  [[nodiscard]] std::vector<SourceFile> sources() const {
    std::vector<SourceFile> all = path_.sources();
    for (const SourceFile& other : others_) {
      const bool known = std::ranges::any_of(
          all, [&](const SourceFile& source) { return source.name == other.name; });
      if (!known) all.push_back(other);
    }
    return all;
  }
  std::shared_ptr<const void> keep() {
    kept_->push_back(path_.keep());
    return kept_;
  }

 private:
  ForeignPath& path_;
  const EmbeddingFormat& reader_;
  std::shared_ptr<std::vector<std::shared_ptr<const void>>> kept_ =
      std::make_shared<std::vector<std::shared_ptr<const void>>>();
  std::vector<SourceFile> others_;
};

void note_origin(ForeignEmbedding& embedding) {
  const RunOrigin& origin = *embedding.origin;
  const std::string whose =
      fmt::format("{}{}, seed {}", origin.system,
                  origin.view.empty() ? "" : " [" + origin.view + "]", origin.seed);
  embedding.conclude("run", whose, std::string(kManifestFile));
  if (!embedding.attribute_vectors.empty()) {
    embedding.note("attribute-vectors",
                   "vectors that state the sensitive value of every person who has one lie beside "
                   "the rows; figures are with them",
                   Finding::Weight::kWarning);
  } else if (origin.vectors_left_out) {
    embedding.note("no-attribute-vectors",
                   "the attribute vectors of the system were left out: figures are those of its "
                   "rows alone");
  }
}

ForeignEmbedding read_kgaudit(ForeignPath& path) {
  const auto file = path.open(kManifestFile);
  path.budget().take(file->bytes().size(), 4, path.place(), "the description of the tables");
  ExportManifest manifest = parse_manifest(file->bytes(), file->path().string());
  const FormatFiles& files = manifest.formats.front();
  ExportedTables tables(path, files);
  ForeignEmbedding embedding = std::move(manifest.facts);
  std::erase_if(embedding.conclusions, [](const Conclusion& one) {
    return one.what == "entity names" || one.what == "relation names" || one.what == "run";
  });

  ForeignEmbedding entities = tables.read(files.entities, embedding.entities);
  embedding.entities = std::move(entities.entities);
  if (manifest.entity_names) {
    attach_entity_names(embedding, std::move(entities.entity_names), std::string(kManifestFile));
  }
  for (std::size_t i = 0; i < files.relations.size(); ++i) {
    ForeignEmbedding relations = tables.read(files.relations[i], embedding.relations[i].rows);
    embedding.relations[i].rows = std::move(relations.entities);
    if (!manifest.relation_names || i > 0) continue;
    attach_relation_names(
        embedding, real_relation_names(std::move(relations.entity_names), embedding.inverse_layout),
        std::string(kManifestFile));
  }
  for (std::size_t j = 0; j < files.attribute_vectors.size(); ++j) {
    VectorTable& vectors = embedding.attribute_vectors[j];
    ForeignEmbedding read = tables.read(files.attribute_vectors[j], vectors.rows);
    vectors.rows = std::move(read.entities);
    vectors.names = std::move(read.entity_names);
  }
  if (embedding.origin) note_origin(embedding);
  embedding.files = tables.sources();
  require_as_written(manifest, embedding.files, path.path());
  embedding.owner = tables.keep();
  return embedding;
}

}  // namespace

extern const EmbeddingFormat kgaudit_export;
constinit const EmbeddingFormat kgaudit_export = {
    .id = "kgaudit",
    .title = "kgaudit export",
    .description =
        "A folder with kgaudit_embedding.json, which says how rows are scored and in which files "
        "entities, relations, names and attribute vectors lie, in one or more output formats",
    .source = "kgaudit export, convert, erase and bench --keep-embeddings",
    .pitfalls =
        "Where several formats lie in the folder, the first that the file lists is read. Attribute "
        "vectors state sensitive values openly.",
    .sniff = &sniff_kgaudit,
    .read = &read_kgaudit,
};

}  // namespace kgaudit::models::embedding_formats_roster
