#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "suite/base/files/byte_source.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// Reads a tar archive (plain or packed with gzip, bzip2, xz or zstd) one file after another;
/// nothing is written to disk. Throws InputError: unsafe for an entry whose path is absolute or
/// climbs with "..", and for a link or a device; unreadable for a truncated or damaged archive (the
/// checksums of what packs it are verified to its last byte), for one that is none, and for one
/// that unpacks to more than `limit` bytes, what is passed over among them. Throws Interrupted soon
/// after `progress` is told to stop.
class TarReader {
 public:
  /// `source` must outlive this; `place` names the archive in messages.
  TarReader(ByteSource& source, std::string place, std::uint64_t limit,
            Progress& progress = silent_progress());
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  /// Moves to the next file; false at the end, when `source` has been read to its own. Folders are
  /// passed over, and so is what was not read of the file before (its bytes count for the limit
  /// too).
  bool next();
  /// The path inside the archive, and its last part.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string name() const;
  /// The bytes of the file. To be called once.
  [[nodiscard]] std::string read();

 private:
  struct Archive;
  class Unpacked;
  void check_entry() const;
  /// Feeds the rest of the entry to `text`, or to nobody.
  void drain(std::string* text);

  std::string place_;
  std::uint64_t limit_;
  std::uint64_t unpacked_ = 0;
  std::string path_;
  bool inside_ = false;  ///< an entry is open and not yet read to its end
  std::unique_ptr<Archive> archive_;
};

}  // namespace kgaudit::datasets
