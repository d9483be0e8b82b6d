#pragma once

#include "models/embedding/foreign/foreign_path.hpp"

namespace kgaudit::models {

/// Throws InputError (unreadable), naming what the file or folder is and what to do instead, if it
/// is of a kind that is known and cannot be read row by row: TensorFlow's checkpoints and
/// SavedModels, single files of PyTorch-BigGraph's checkpoints, Keras' HDF5 files, Parquet,
/// archives that are to be unpacked first, images of models for other programs.
void refuse_unsupported_files(ForeignPath& path);

}  // namespace kgaudit::models
