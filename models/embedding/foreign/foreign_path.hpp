#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/torch_file.hpp"
#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/files/mapped_file.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// What a user may say about an embedding instead of letting a reader conclude it.
struct ReadOptions {
  std::string format;               ///< id of a reader; empty: sniffed
  std::filesystem::path entities;   ///< file with the names of the rows
  std::filesystem::path relations;  ///< the same for relations
  std::string model;                ///< "TransE" ...
  std::optional<int> norm;
  std::optional<bool> normalise;
  std::string complex_layout;              ///< "halves" or "interleaved"
  std::optional<std::uint64_t> dimension;  ///< of files without a header
  /// Which rows of streamed text are kept, by name; empty: all. Called once for each entity row, in
  /// the order of the file. A dump of millions of entities then takes the memory of those that are
  /// wanted; the numbers of the others are counted and not looked at. Readers that heed it set
  /// ForeignEmbedding::rows_left.
  std::function<bool(std::string_view name)> keep;
  /// Told now and then, while text is read, how many of the file's bytes on disk are done. What it
  /// throws ends the reading.
  std::function<void(std::uint64_t done, std::uint64_t size)> on_read;
  std::uint64_t max_memory = MemoryBudget::kDefault;
  /// A folder for a file without a name that takes the rows of text in place of memory, for whoever
  /// passes them on in pieces; empty: rows are kept in memory.
  std::filesystem::path scratch = {};
};

/// A file or folder that may hold an embedding: what all readers ask about it, each thing found out
/// once. Files are mapped, never copied, and every file opened through this is remembered. Links
/// are followed, but not out of the folder that was given.
class ForeignPath {
 public:
  static constexpr std::size_t kHeadBytes = 512;

  /// Throws InputError (unreadable) if there is no such file or folder, or it is something else.
  ForeignPath(std::filesystem::path path, ReadOptions options);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string place() const { return path_.string(); }
  [[nodiscard]] bool is_folder() const { return is_folder_; }
  [[nodiscard]] const ReadOptions& options() const { return options_; }
  [[nodiscard]] MemoryBudget& budget() { return budget_; }

  /// The file, mapped. Not for a folder.
  [[nodiscard]] std::shared_ptr<const MappedFile> file();
  /// Its first bytes; "" for a folder.
  [[nodiscard]] std::string_view head();
  /// "model.h5" of a file's own name, "" for a folder.
  [[nodiscard]] std::string file_name() const;

  /// The folder itself, or the one that the file lies in.
  [[nodiscard]] std::filesystem::path folder() const;
  /// Names of the files and folders in the folder itself, sorted; of a file, none.
  [[nodiscard]] const std::vector<std::string>& entries();
  /// Whether there is a regular file of this name, which may have parts ("entities/a.json"), in
  /// folder().
  [[nodiscard]] bool has(std::string_view name) const;
  /// Opens a file in folder(). Throws InputError: unreadable as MappedFile, unsafe if links lead
  /// out of the folder.
  [[nodiscard]] std::shared_ptr<const MappedFile> open(std::string_view name);
  /// The same, and does not remember it: for a file that may turn out to be none of the
  /// embedding's.
  [[nodiscard]] std::shared_ptr<const MappedFile> look_at(std::string_view name) const;
  /// Opens any file that the user named.
  [[nodiscard]] std::shared_ptr<const MappedFile> open_named(const std::filesystem::path& file);

  /// The file as a PyTorch file; nothing if it does not begin like one. Throws InputError as
  /// TorchFile.
  [[nodiscard]] std::shared_ptr<const TorchFile> torch();
  /// All tensors of that file by their keys; none if it is no PyTorch file.
  [[nodiscard]] const std::map<std::string, TensorView>& tensors();
  /// The file as a pickle that is no PyTorch file; nothing if it does not begin like one.
  [[nodiscard]] std::shared_ptr<const Pickle> pickle();

  /// For whoever has read a file to its end anyway: sources() then does not read it again.
  void remember_identity(const std::filesystem::path& file, SourceFile identity);
  /// Identities of all files opened so far, in order of opening. Reads them.
  [[nodiscard]] std::vector<SourceFile> sources() const;
  /// Keeps all opened files and what was parsed from them alive.
  [[nodiscard]] std::shared_ptr<const void> keep() const;

 private:
  struct Kept {
    std::vector<std::shared_ptr<const MappedFile>> files;
    std::shared_ptr<const TorchFile> torch;
    std::map<std::string, TensorView> tensors;
    std::shared_ptr<const Pickle> pickle;
  };
  [[nodiscard]] std::shared_ptr<const MappedFile> remember(const std::filesystem::path& file);
  /// The path of a file in folder(), whose links do not lead out of it.
  [[nodiscard]] std::filesystem::path confined(std::string_view name) const;

  std::filesystem::path path_;
  ReadOptions options_;
  MemoryBudget budget_;
  bool is_folder_ = false;
  bool torch_asked_ = false;
  bool pickle_asked_ = false;
  bool listed_ = false;
  std::vector<std::string> entries_;
  std::shared_ptr<const MappedFile> file_;
  std::map<std::filesystem::path, SourceFile> identities_;
  std::shared_ptr<Kept> kept_ = std::make_shared<Kept>();
};

}  // namespace kgaudit::models
