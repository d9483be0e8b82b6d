#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/reading.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

/// Nothing tells such a file but its name.
bool sniff_headerless_binary(ForeignPath& path) {
  if (path.is_folder()) return false;
  const std::string name = path.file_name();
  return name.ends_with(".bin") && path.file()->size() % sizeof(float) == 0 &&
         (path.options().dimension.has_value() || name.find("2vec") != std::string::npos);
}

/// "dimension_50" in one of the folders above, as OpenKE's archives have it.
std::optional<std::uint64_t> width_in_folders(const std::filesystem::path& file) {
  static constexpr std::string_view kWord = "dimension_";
  for (const auto& part : std::filesystem::absolute(file).parent_path()) {
    const std::string name = part.string();
    if (!name.starts_with(kWord)) continue;
    std::uint64_t width = 0;
    for (const char c : std::string_view(name).substr(kWord.size())) {
      if (c < '0' || c > '9' || width > 1'000'000) return std::nullopt;
      width = width * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (width > 0) return width;
  }
  return std::nullopt;
}

TensorView headerless_binary_rows_in(const MappedFile& file, std::uint64_t width) {
  const std::uint64_t numbers = file.size() / sizeof(float);
  if (file.size() % sizeof(float) != 0 || numbers % width != 0 || numbers == 0) {
    throw InputError::unreadable(file.path().string(), fmt::format("{} bytes", file.size()),
                                 fmt::format("rows of {} floats", width),
                                 "another --dimension, or the whole file");
  }
  TensorView tensor;
  tensor.name = file.path().filename().string();
  tensor.shape = {numbers / width, width};
  tensor.strides = packed_strides(tensor.shape);
  tensor.bytes = file.bytes();
  return tensor;
}

ForeignEmbedding read_headerless_binary(ForeignPath& path) {
  auto width = path.options().dimension;
  const auto told = width_in_folders(path.path());
  if (!width) width = told;
  if (!width || *width == 0) {
    throw InputError::usage(path.place(), "floats without a header", "how many make a row",
                            "--dimension N");
  }
  ForeignEmbedding embedding;
  embedding.entities = headerless_binary_rows_in(*path.file(), *width);
  embedding.conclude("dimension", fmt::format("{}", *width),
                     path.options().dimension ? "--dimension says so" : "the name of a folder",
                     path.options().dimension ? Certainty::kStated : Certainty::kGuessed,
                     "--dimension");
  const std::string relations = relation_file_of(path.file_name());
  if (!relations.empty() && path.has(relations)) {
    embedding.relations.push_back(
        {RelationSide::kBoth, headerless_binary_rows_in(*path.open(relations), *width)});
    embedding.conclude("relation table", relations, "the file beside it", Certainty::kGuessed);
  }
  attach_names(path, embedding, {{"entity2id.txt"}, {"relation2id.txt"}});
  return embedding;
}

}  // namespace

extern const EmbeddingFormat headerless_binary;
constinit const EmbeddingFormat headerless_binary = {
    .id = "headerless-binary",
    .title = "floats without a header",
    .description =
        "Float32 numbers row by row and nothing else, named entity2vec.bin; the width comes from "
        "--dimension or a folder 'dimension_50'",
    .source = "OpenKE's pre-trained archives",
    .pitfalls = "A wrong width that divides the size gives rows of nonsense.",
    .sniff = &sniff_headerless_binary,
    .read = &read_headerless_binary,
    .reads_unsniffed = true,
};

}  // namespace kgaudit::models::embedding_formats_roster
