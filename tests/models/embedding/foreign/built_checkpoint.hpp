#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <hdf5.h>

namespace kgaudit::tests {

/// An HDF5 file as PyTorch-BigGraph writes it: groups on the way to an array of floats.
class CheckpointFile {
 public:
  explicit CheckpointFile(const std::filesystem::path& path);
  CheckpointFile(const CheckpointFile&) = delete;
  CheckpointFile& operator=(const CheckpointFile&) = delete;
  ~CheckpointFile();

  /// In one piece, or in pieces of one row, packed where the library can.
  void put(const std::string& name, const std::vector<hsize_t>& shape,
           const std::vector<float>& values, bool in_pieces = false);

 private:
  hid_t file_;
};

/// A checkpoint of two entities and two dynamic relations, width 2.
void write_checkpoint(const std::filesystem::path& folder, const std::string& comparator = "dot",
                      bool in_pieces = false);

}  // namespace kgaudit::tests
