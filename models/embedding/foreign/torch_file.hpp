#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/tensor.hpp"
#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/files/zip_directory.hpp"

namespace kgaudit::models {

/// A file of torch.save: a zip with one pickle and its storages, or the five pickles of PyTorch
/// before 1.6, read without PyTorch and without executing anything. TorchScript archives are read
/// as far as their pickle of data goes. The tar files before 0.1.10 are refused by name.
class TorchFile {
 public:
  [[nodiscard]] static bool begins_like_torch(std::string_view bytes);

  /// Throws InputError at `place`, unreadable or unsafe as Pickle. `bytes` must outlive this.
  TorchFile(std::string_view bytes, std::string place, MemoryBudget& budget);

  [[nodiscard]] PickleValue root() const { return pickle_->root(); }
  /// A tensor or parameter, as a view of its storage. Nothing if the value is none. Throws
  /// InputError (unreadable) if it is one whose numbers do not lie in the file.
  [[nodiscard]] std::optional<TensorView> tensor(const PickleValue& value) const;
  /// "zip" or "legacy", for people.
  [[nodiscard]] std::string_view form() const { return zip_ ? "zip" : "legacy"; }
  /// Notes of the pickle, and members whose checksum is wrong.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  void read_zip(std::string_view bytes, MemoryBudget& budget);
  void read_legacy(std::string_view bytes, MemoryBudget& budget);
  /// Offsets of the storages of a legacy file, whose sizes depend on their types.
  void place_legacy_storages(std::string_view rest, const PickleValue& keys);

  std::string place_;
  std::optional<ZipDirectory> zip_;
  std::unique_ptr<Pickle> pickle_;
  std::map<std::string, std::string_view, std::less<>> storages_;
  std::vector<std::unique_ptr<std::string>> unpacked_;
  bool big_endian_ = false;
  std::vector<std::string> notes_;
};

/// All tensors of a state dict: a dict, OrderedDict or module whose values are tensors, with the
/// keys joined by dots where dicts and modules are nested ("model.0.weight"). Values of other kinds
/// are passed over, and so are names of more than 1,024 bytes.
[[nodiscard]] std::map<std::string, TensorView> state_dict_tensors(const TorchFile& file,
                                                                   const PickleValue& value);

}  // namespace kgaudit::models
