#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/zip_directory.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

bool sniff_npz(ForeignPath& path) {
  // The name of the first member follows its header of 30 bytes.
  const std::string_view head = path.head();
  return ZipDirectory::begins_like_zip(head) && head.size() > 30 &&
         head.substr(30, 200).find(".npy") != std::string_view::npos;
}

bool npz_names_relations(std::string_view name) {
  return name.find("rel") != std::string_view::npos;
}

ForeignEmbedding read_npz(ForeignPath& path) {
  const ZipDirectory zip(path.file()->bytes(), path.place());
  ForeignEmbedding embedding;
  std::vector<TensorView> matrices;
  std::vector<std::string> others;
  for (const ZipMember& member : zip.members()) {
    const std::string where = fmt::format("{}:{}", path.place(), printable(member.name));
    std::shared_ptr<const std::string> own;
    std::string_view content = member.packed;
    if (member.deflated) {
      own = std::make_shared<const std::string>(zip.unpack(member, path.budget()));
      content = *own;
    }
    if (!begins_like_npy(content)) continue;
    if (!ZipDirectory::checksum_fits(member, content)) {
      embedding.note("checksum", fmt::format("the checksum of {} does not fit its data", where),
                     Finding::Weight::kWarning);
    }
    TensorView array;
    try {
      array = parse_npy(content, where);
    } catch (const InputError& error) {
      // Arrays of objects beside the vectors, names for example.
      others.push_back(printable(member.name));
      if (zip.members().size() == 1) throw;
      continue;
    }
    array.owner = own;
    array.name = member.name.substr(0, member.name.rfind(".npy"));
    if (array.is_matrix() && (is_real(array.type) || is_complex(array.type))) {
      matrices.push_back(std::move(array));
    } else {
      others.push_back(printable(member.name));
    }
  }
  std::optional<std::size_t> entities;
  std::optional<std::size_t> relations;
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    auto& place = npz_names_relations(matrices[i].name) ? relations : entities;
    if (place) {
      throw InputError::unreadable(path.place(),
                                   fmt::format("'{}' and '{}'", printable(matrices[*place].name),
                                               printable(matrices[i].name)),
                                   "one matrix of entities, and one of relations with 'rel' in its "
                                   "name",
                                   "save the one that is meant with numpy.save");
    }
    place = i;
  }
  if (!entities) {
    throw InputError::unreadable(path.place(), "no matrix of numbers for entities",
                                 "a matrix with a row for each entity");
  }
  embedding.conclude("entity table", fmt::format("'{}'", matrices[*entities].name),
                     matrices.size() == 1 ? "the only matrix" : "the name does not say relations",
                     matrices.size() == 1 ? Certainty::kDerived : Certainty::kGuessed);
  embedding.entities = std::move(matrices[*entities]);
  if (relations) {
    embedding.conclude("relation table", fmt::format("'{}'", matrices[*relations].name),
                       "the name says relations", Certainty::kGuessed);
    embedding.relations.push_back({RelationSide::kBoth, std::move(matrices[*relations])});
  }
  if (!others.empty()) {
    embedding.note("other-arrays", fmt::format("not read: {}", fmt::join(others, ", ")));
  }
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat npz;
constinit const EmbeddingFormat npz = {
    .id = "npz",
    .title = "npz",
    .description =
        "Arrays of numpy in a zip file, packed or not: the one matrix is the entities', a second "
        "with 'rel' in its name the relations'",
    .source = "numpy.savez, numpy.savez_compressed",
    .pitfalls = "It holds no names and no model. Arrays of Python objects are not read.",
    .sniff = &sniff_npz,
    .read = &read_npz,
};

}  // namespace kgaudit::models::embedding_formats_roster
