#include "models/embedding/foreign/unsupported_files.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/embedding/foreign/torch_file.hpp"
#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/files/zip_directory.hpp"

namespace kgaudit::models {
namespace {

/// The last eight bytes of LevelDB's and TensorFlow's tables.
constexpr std::string_view kTableMagic("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
constexpr std::string_view kHdf5Magic("\x89HDF\r\n\x1a\n", 8);
constexpr std::string_view kEvenAdvice =
    "export the entity rows to npy, and their names one a line: --entities";

constexpr std::string_view kTarMagic = "ustar";
constexpr std::size_t kTarMagicAt = 257;

InputError named(const ForeignPath& path, std::string what) {
  return InputError::unreadable(path.place(), std::move(what),
                                "embeddings that can be read row by row", std::string(kEvenAdvice));
}

InputError still_packed(const ForeignPath& path, std::string what, std::string_view command) {
  return InputError::unreadable(path.place(), std::move(what),
                                "the files in it, or one file packed with gzip, zstd or bzip2",
                                fmt::format("unpack it ({}) and name what comes out", command));
}

bool holds(ForeignPath& path, std::string_view ending) {
  return std::ranges::any_of(path.entries(),
                             [&](const std::string& name) { return name.ends_with(ending); });
}

/// "model.ckpt.data-00000-of-00001": the numbers of a TensorFlow checkpoint.
bool names_tensorflow_data(std::string_view name) {
  const std::size_t at = name.rfind(".data-");
  return at != std::string_view::npos && name.find("-of-", at) != std::string_view::npos;
}

/// Of a checkpoint of PyTorch-BigGraph: "embeddings_all_0.v20.h5" or "model.v20.h5".
bool names_biggraph_part(std::string_view name) {
  return name.ends_with(".h5") && name.find(".v") != std::string_view::npos &&
         (name.starts_with("embeddings_") || name.starts_with("model.v"));
}

void refuse_folder(ForeignPath& path) {
  // What AmpliGraph writes for TensorBoard has its rows as text, beside a checkpoint.
  if (path.has("embeddings_projector.tsv")) return;
  if (path.has("saved_model.pb") || path.has("saved_model.pbtxt")) {
    throw named(path, "a SavedModel of TensorFlow (AmpliGraph 2 writes such folders)");
  }
  const bool data = std::ranges::any_of(path.entries(), names_tensorflow_data);
  if (holds(path, ".index") && (data || (path.has("checkpoint") && holds(path, ".meta")))) {
    throw named(path, path.has("variables.index") ? "the variables of a SavedModel of TensorFlow"
                                                  : "a checkpoint folder of TensorFlow");
  }
  if (path.has("config.json")) return;
  for (const std::string& name : path.entries()) {
    if (!names_biggraph_part(name)) continue;
    throw InputError::unreadable(
        path.place(),
        fmt::format("half a checkpoint of PyTorch-BigGraph: {}, and no config.json", name),
        "its whole folder: config.json, checkpoint_version.txt, embeddings_*.h5 and model.v*.h5",
        "add the missing files, and the folder of entity_names_*.json");
  }
}

/// One file of a checkpoint: the rows or the relations, without what they mean.
void refuse_biggraph_part(ForeignPath& path) {
  const std::string name = path.file_name();
  if (!names_biggraph_part(name)) return;
  const bool whole = path.has("config.json");
  throw InputError::unreadable(
      path.place(),
      fmt::format("one file of a checkpoint of PyTorch-BigGraph, {}",
                  name.starts_with("model.") ? "with its relations and without its entities"
                                             : "with its entities and without names and relations"),
      "the folder of the checkpoint, with its config.json",
      whole ? fmt::format("{}", path.folder().string())
            : std::string("the folder that it came from: config.json is not beside it"));
}

bool holds_an_array(std::string_view zip) {
  return zip.size() > 30 && zip.substr(30, 200).find(".npy") != std::string_view::npos;
}

void refuse_archive(ForeignPath& path) {
  const std::string_view bytes = path.file()->bytes();
  if (bytes.starts_with(std::string_view("\xfd"
                                         "7zXZ\0",
                                         6))) {
    throw still_packed(path, "a file packed with xz",
                       "unxz --keep FILE; tar -xJf FILE for a .tar.xz");
  }
  if (bytes.starts_with("7z\xbc\xaf\x27\x1c"))
    throw still_packed(path, "a 7z archive", "7z x FILE");
  if (ZipDirectory::begins_like_zip(bytes) && !holds_an_array(bytes) &&
      !TorchFile::begins_like_torch(bytes)) {
    throw still_packed(path, "a zip archive of other files", "unzip FILE");
  }
  if (TorchFile::begins_like_torch(bytes)) return;
  const bool gzipped = compression_of(bytes.substr(0, 16)) != Compression::kNone;
  const std::string head = gzipped ? unpacked_head(bytes, path.place(), 512) : std::string();
  const std::string_view begin = gzipped ? std::string_view(head) : bytes;
  if (begin.size() > kTarMagicAt && begin.substr(kTarMagicAt).starts_with(kTarMagic)) {
    throw still_packed(path, gzipped ? "a packed tar archive" : "a tar archive", "tar -xf FILE");
  }
}

}  // namespace

void refuse_unsupported_files(ForeignPath& path) {
  if (path.is_folder()) return refuse_folder(path);
  const std::string_view bytes = path.file()->bytes();
  if (bytes.ends_with(kTableMagic) && !names_tensorflow_data(path.file_name())) {
    const bool v1 = bytes.find("model/") != std::string_view::npos ||
                    bytes.find("SavedTensorSlices") != std::string_view::npos;
    throw named(path, v1 ? "a checkpoint of TensorFlow V1 (tensors in one table file)"
                         : "an index of a TensorFlow checkpoint, or a LevelDB table");
  }
  if (bytes.starts_with("PAR1")) throw named(path, "a Parquet file");
  if (bytes.starts_with("ARROW1")) throw named(path, "an Arrow file");
  if (bytes.starts_with(kHdf5Magic)) {
    refuse_biggraph_part(path);
    throw InputError::unreadable(
        path.place(), "an HDF5 file by itself",
        "the folder of a PyTorch-BigGraph checkpoint, with its config.json",
        "name the folder; from other tools, export the rows to npy");
  }
  const std::string name = path.file_name();
  if (names_tensorflow_data(name)) throw named(path, "the numbers of a TensorFlow checkpoint");
  if (name == "saved_model.pb") {
    throw named(path, "a SavedModel of TensorFlow (AmpliGraph 2 writes such folders)");
  }
  refuse_archive(path);
  if (bytes.starts_with("id,embedding\n") || bytes.starts_with("id,embedding\r\n")) {
    throw InputError::unreadable(
        path.place(), "a CSV export of Marius, whose vectors are lists of text in one column",
        "a number in each column",
        "the folder of the model itself, with embeddings.bin and node_mapping.txt");
  }
  if (bytes.starts_with("SQLite format 3")) throw named(path, "an SQLite database");
  if (bytes.starts_with("%PDF")) throw named(path, "a PDF document");
  if (bytes.empty()) throw InputError::unreadable(path.place(), "an empty file", "embeddings");
}

}  // namespace kgaudit::models
