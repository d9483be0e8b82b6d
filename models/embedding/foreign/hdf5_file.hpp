#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/embedding/foreign/tensor.hpp"
#include "suite/base/files/mapped_file.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// An array in an HDF5 file.
struct Hdf5Dataset {
  std::string path;  ///< "/embeddings"
  bool numeric = false;
  NumberType type = NumberType::kFloat32;
  bool big_endian = false;
  std::vector<std::uint64_t> shape;
  std::optional<std::uint64_t> offset;  ///< of its numbers, where they lie in one piece in the file
  std::map<std::string, std::string> attributes;
};

/// What an HDF5 file holds.
struct Hdf5Contents {
  std::vector<Hdf5Dataset> datasets;
  std::map<std::string, std::string> attributes;  ///< of the root: texts, and whole numbers as text

  [[nodiscard]] const Hdf5Dataset* find(std::string_view path) const;
};

/// Lists a file with the HDF5 library, which runs in a process of its own with limits on time and
/// memory (what is left of the budget, and 256 MiB at least): a file that makes it crash or hang is
/// refused, and nothing else happens. Links to other files and soft links are not followed. Throws
/// InputError (unreadable).
[[nodiscard]] Hdf5Contents read_hdf5_contents(const MappedFile& file, const MemoryBudget& budget);

/// The numbers of one of its arrays: a view of the file where they lie in one piece, else a copy
/// that the other process sends. Throws InputError (unreadable) if they do not lie in the file or
/// do not fit the budget.
[[nodiscard]] TensorView hdf5_tensor(const MappedFile& file, const Hdf5Dataset& dataset,
                                     MemoryBudget& budget);

}  // namespace kgaudit::models
