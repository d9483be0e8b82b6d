#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "suite/base/exit_code.hpp"

namespace kgaudit {

/// What the user is told when the disk refuses a write. An output place is a part of the command
/// line, hence the code.
struct WriteComplaint {
  ExitCode code = ExitCode::kUsage;
  std::string_view expected = "a place that can be written";
  std::string_view advice = "another folder, or more room on the disk";
};

/// For files in a folder that the user named on the command line.
inline constexpr WriteComplaint kOutputComplaint{
    .expected = "a writable folder and free disk space", .advice = ""};

/// A file that is written under a temporary name beside its own. `commit` hands it to the disk and
/// gives it its name in one step: a reader sees the old file or the whole new one, never a part.
/// Every function throws InputError with the code of its complaint when the disk refuses.
class UnfinishedFile {
 public:
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  /// Writes what is left, syncs the file, renames it and syncs its folder. The last call.
  void commit();
  /// The same, but nothing is replaced: false, and nothing is written, where a file of this name
  /// is there, also one that another process has just made.
  [[nodiscard]] bool commit_new();

  /// The temporary name.
  [[nodiscard]] const std::filesystem::path& path() const { return part_; }

 protected:
  enum class Opening {
    kEmpty,  ///< what a file of the temporary name held is dropped
    kShared  ///< what it held is kept, and no other process may open it so
  };
  UnfinishedFile(std::filesystem::path file, std::filesystem::path part, Opening opening,
                 const WriteComplaint& complaint);
  ~UnfinishedFile();

  void write_through(std::string_view bytes);
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool committed() const { return committed_; }
  void remove() noexcept;
  [[noreturn]] void refuse(int why) const;
  void hand_to_disk();
  /// What is written but still in memory.
  std::string buffer_;

 private:
  std::filesystem::path file_;
  std::filesystem::path part_;
  WriteComplaint complaint_;
  int descriptor_ = -1;
  bool committed_ = false;
};

/// A new file, for content of any size. Without a `commit` nothing is left of it.
class AtomicFile final : public UnfinishedFile {
 public:
  explicit AtomicFile(std::filesystem::path file, const WriteComplaint& complaint = {});
  ~AtomicFile();

  void write(std::string_view bytes);
};

/// A file that comes in parts, perhaps over several processes: without a `commit` the temporary
/// file `file`.part stays and is continued next time. One process at a time (InputError otherwise).
class ResumableFile final : public UnfinishedFile {
 public:
  explicit ResumableFile(std::filesystem::path file, const WriteComplaint& complaint = {});

  /// Bytes there already, of earlier processes too.
  [[nodiscard]] std::uint64_t size() const;
  /// Each call hands its bytes to the system: they survive the end of this process.
  void append(std::string_view bytes);
  /// Begins anew.
  void clear();
  using UnfinishedFile::remove;
};

/// Writes a whole file by AtomicFile.
void write_atomically(const std::filesystem::path& file, std::string_view bytes,
                      const WriteComplaint& complaint = {});
/// The same for a file that must not be there yet; false where it is.
[[nodiscard]] bool write_new_atomically(const std::filesystem::path& file, std::string_view bytes,
                                        const WriteComplaint& complaint = {});

}  // namespace kgaudit
