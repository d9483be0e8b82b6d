#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "models/embedding/foreign/name_search.hpp"
#include "models/embedding/foreign/numpy_arrays.hpp"
#include "models/embedding/foreign/packed_text.hpp"
#include "models/embedding/foreign/reading.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"

namespace kgaudit::models::embedding_formats_roster {
namespace {

bool is_packed(ForeignPath& path) {
  return !path.is_folder() && compression_of(path.head()) != Compression::kNone;
}

bool sniff_npy(ForeignPath& path) {
  if (begins_like_npy(path.head())) return true;
  return is_packed(path) && begins_like_npy(unpacked_head(path.file()->bytes(), path.place(), 16));
}

void require_npy_matrix(const TensorView& array, const ForeignPath& path) {
  if (array.is_matrix()) return;
  throw InputError::unreadable(path.place(), fmt::format("an array of {}", array.shape_text()),
                               "a matrix with a row for each entity");
}

void conclude_numbers(const TensorView& array, ForeignEmbedding& embedding) {
  if (array.type == NumberType::kFloat32 && !array.big_endian) return;
  embedding.conclude(
      "numbers",
      fmt::format("{}{}", number_type_name(array.type), array.big_endian ? ", big-endian" : ""),
      "the header says so");
}

/// Relations that were saved with the entities have a file of their own beside theirs. In a folder
/// of ours the manifest says which.
void add_relation_file(ForeignPath& path, ForeignEmbedding& embedding) {
  const std::string name = relation_file_of(path.file_name());
  if (name.empty() || !path.has(name) || path.has(kManifestFile)) return;
  const auto file = path.look_at(name);
  if (!begins_like_npy(file->bytes())) return;
  TensorView rows;
  try {
    rows = parse_npy(file->bytes(), file->path().string());
  } catch (const InputError& error) {
    embedding.note("relations-unreadable",
                   fmt::format("{} beside the rows is not read: {}", name, error.complaint().got),
                   Finding::Weight::kWarning);
    return;
  }
  if (!rows.is_matrix()) return;
  static_cast<void>(path.open(name));
  rows.name = name;
  rows.owner = file;
  embedding.relations.push_back({RelationSide::kBoth, std::move(rows)});
  embedding.conclude("relation table", name, "the file beside it", Certainty::kGuessed);
}

/// The numbers of a packed file, one row after another.
class PackedRows {
 public:
  PackedRows(ForeignPath& path, std::uint64_t row_bytes)
      : place_(path.place()), text_(path, *path.file()), row_(row_bytes, '\0') {}

  void skip(std::size_t bytes) {
    std::string head(bytes, '\0');
    if (fill(head) < bytes) throw cut_off();
  }
  [[nodiscard]] std::string_view next() {
    if (fill(row_) < row_.size()) throw cut_off();
    return row_;
  }
  [[nodiscard]] bool at_end() {
    std::string one(1, '\0');
    return fill(one) == 0;
  }
  [[nodiscard]] double share_read() const { return text_.share_read(); }

 private:
  std::size_t fill(std::span<char> buffer) {
    std::size_t have = 0;
    for (std::size_t got = 1; got > 0 && have < buffer.size(); have += got) {
      got = text_.read(buffer.subspan(have));
    }
    return have;
  }
  [[nodiscard]] InputError cut_off() const {
    return InputError::unreadable(place_, "the end of the file within the array",
                                  "all rows that its header announces",
                                  "the file is cut off: fetch it again");
  }

  std::string place_;
  PackedText text_;
  std::string row_;
};

/// Unpacks row by row; the names, which are there already, say which rows are kept.
void read_packed_rows(ForeignPath& path, ForeignEmbedding& embedding) {
  const NpyHead head = parse_npy_head(
      unpacked_head(path.file()->bytes(), path.place(), NpyHead::kLongest), path.place());
  const TensorView& array = head.array;
  require_npy_matrix(array, path);
  if (array.strides != packed_strides(array.shape) || is_complex(array.type)) {
    throw half_of(path,
                  is_complex(array.type) ? "a packed array of complex numbers"
                                         : "a packed array in Fortran's order",
                  "a packed array of real numbers, row by row",
                  "unpack the file first (gunzip --keep FILE)");
  }
  embedding.entities = array;
  conclude_numbers(array, embedding);
  if (array.width() == 0) return;  // which is refused for all readers
  attach_names(path, embedding);
  const auto& keep = path.options().keep;
  const bool choose = keep && !embedding.entity_names.empty();
  const std::uint64_t row_bytes = array.width() * bytes_of_number(array.type);
  path.budget().take(row_bytes, 4, path.place(), "a row");
  GrowingRows rows(path);
  if (!choose) rows.expect(array.rows(), array.width(), path.file()->size());
  PackedRows packed(path, row_bytes);
  packed.skip(head.bytes);
  std::vector<std::string> names;
  TensorView row = array;
  row.shape = {1, array.width()};
  row.strides = packed_strides(row.shape);
  for (std::uint64_t i = 0; i < array.rows(); ++i) {
    row.bytes = packed.next();
    if (choose) {
      if (!keep(embedding.entity_names[i])) continue;
      names.push_back(std::move(embedding.entity_names[i]));
    }
    MemoryBudget own(path.budget().left());
    const ConvertedRows converted = rows_of(row, path.place(), own);
    rows.add(converted.rows.values(0), packed.share_read());
  }
  if (!packed.at_end()) {
    embedding.note("bytes-left", "the file goes on after the last number",
                   Finding::Weight::kWarning);
  }
  if (choose) {
    count_rows_left(embedding, rows.rows(), array.rows());
    embedding.entity_names = std::move(names);
  }
  embedding.entities = std::move(rows).take("", array.width());
}

ForeignEmbedding read_npy(ForeignPath& path) {
  ForeignEmbedding embedding;
  if (is_packed(path)) {
    read_packed_rows(path, embedding);
    return embedding;
  }
  embedding.entities = parse_npy(path.file()->bytes(), path.place());
  require_npy_matrix(embedding.entities, path);
  conclude_numbers(embedding.entities, embedding);
  add_relation_file(path, embedding);
  attach_names(path, embedding);
  return embedding;
}

}  // namespace

extern const EmbeddingFormat npy;
constinit const EmbeddingFormat npy = {
    .id = "npy",
    .title = "npy",
    .description =
        "One matrix of numpy, a row for each entity; any width and order of numbers; packed with "
        "gzip, zstd or bzip2 or not. A relation_embeddings.npy beside an entity_embeddings.npy "
        "holds "
        "the relations",
    .source = "numpy.save (numpy.lib.format)",
    .pitfalls = "It holds no names and no model: names come from a file beside it or --entities.",
    .sniff = &sniff_npy,
    .read = &read_npy,
};

}  // namespace kgaudit::models::embedding_formats_roster
