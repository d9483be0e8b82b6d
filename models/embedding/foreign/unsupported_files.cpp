#include "models/embedding/foreign/unsupported_files.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

/// The last eight bytes of LevelDB's and TensorFlow's tables.
constexpr std::string_view kTableMagic("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
constexpr std::string_view kHdf5Magic("\x89HDF\r\n\x1a\n", 8);
constexpr std::string_view kEvenAdvice =
    "export the entity rows to npy, and their names one a line: --entities";

InputError named(const ForeignPath& path, std::string what) {
  return InputError::unreadable(path.place(), std::move(what),
                                "embeddings that can be read row by row", std::string(kEvenAdvice));
}

bool holds(ForeignPath& path, std::string_view ending) {
  const auto& entries = path.entries();
  return std::any_of(entries.begin(), entries.end(),
                     [&](const std::string& name) { return name.ends_with(ending); });
}

void refuse_folder(ForeignPath& path) {
  if (path.has("saved_model.pb") || path.has("saved_model.pbtxt")) {
    throw named(path, "a SavedModel of TensorFlow (AmpliGraph 2 writes such folders)");
  }
  if (path.has("checkpoint") && holds(path, ".index") && holds(path, ".meta")) {
    throw named(path, "a checkpoint folder of TensorFlow");
  }
}

}  // namespace

void refuse_unsupported_files(ForeignPath& path) {
  if (path.is_folder()) return refuse_folder(path);
  const std::string_view bytes = path.file()->bytes();
  if (bytes.ends_with(kTableMagic)) {
    const bool v1 = bytes.find("model/") != std::string_view::npos ||
                    bytes.find("SavedTensorSlices") != std::string_view::npos;
    throw named(path, v1 ? "a checkpoint of TensorFlow V1 (tensors in one table file)"
                         : "an index of a TensorFlow checkpoint, or a LevelDB table");
  }
  if (bytes.starts_with("PAR1")) throw named(path, "a Parquet file");
  if (bytes.starts_with("ARROW1")) throw named(path, "an Arrow file");
  if (bytes.starts_with(kHdf5Magic) && path.file_name().find(".v") == std::string::npos) {
    throw InputError::unreadable(
        path.place(), "an HDF5 file by itself",
        "the folder of a PyTorch-BigGraph checkpoint, with its config.json",
        "name the folder; from other tools, export the rows to npy");
  }
  if (bytes.starts_with("SQLite format 3")) throw named(path, "an SQLite database");
  if (bytes.starts_with("%PDF")) throw named(path, "a PDF document");
  if (bytes.empty()) throw InputError::unreadable(path.place(), "an empty file", "embeddings");
}

}  // namespace kgaudit::models
