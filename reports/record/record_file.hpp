#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kgaudit::reports {

/// Records are JSON Lines: one fact a line, the first line saying what was done and in which
/// schema. This file is about the lines; what they mean is said by run_record and search_record.

/// The complete lines of a record. A last line without its newline is what a crash in the middle of
/// a write leaves: it is left out, with a notice for the user.
struct CompleteLines {
  struct Line {
    std::string_view text;  ///< of the bytes that were given
    std::string place;      ///< "file:line"
  };
  std::vector<Line> lines;
  std::uint64_t bytes = 0;  ///< of all of them; less than were given after a torn last line
  std::vector<std::string> notices;
};
/// `name` stands for the file in places. Throws InputError (unreadable) if there is no complete
/// line; `expected` says what should be there.
[[nodiscard]] CompleteLines complete_lines(std::string_view bytes, std::string_view name,
                                           std::string_view expected);

/// The bytes of a record, unpacked where it is packed (gzip, zstd, bzip2). Throws InputError
/// (unreadable) for a file that cannot be read or is larger than 4 GiB.
[[nodiscard]] std::string read_record_bytes(const std::filesystem::path& file);

/// The "kind" of a record's first line: "run", "search" ...; "" for what is no record.
[[nodiscard]] std::string kind_of_record(const std::filesystem::path& file);

/// A record under way: opened at the start, written and flushed line by line, locked against a
/// second writer.
class RecordFile {
 public:
  enum class Start {
    kFresh,  ///< the file must not exist, or be empty
    kResume  ///< a file that exists is continued; none is the same as kFresh
  };

  /// Opens and locks `file` and reads what it holds. Throws InputError (usage) if it cannot be
  /// written, if it holds something and `start` is kFresh, and if another process writes it.
  RecordFile(const std::filesystem::path& file, Start start);
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  /// Whether a complete line was there when the file was opened.
  [[nodiscard]] bool continued() const { return continued_; }
  /// The bytes that were there then, a torn last line included. They are handed out once.
  [[nodiscard]] std::string take_earlier() { return std::move(earlier_); }

  /// Appends one line, given without its newline. When this returns, the system has the line: it
  /// survives our crash. The first one takes the place of a torn last line.
  void append(std::string_view line);

  /// Hands all of it, and its name in the folder, to the disk: it survives the machine's crash. For
  /// the end of a unit of work.
  void sync();

 private:
  void cut_torn_line();

  std::filesystem::path file_;
  int descriptor_ = -1;
  std::string earlier_;
  bool continued_ = false;
  std::uint64_t complete_bytes_ = 0;
  bool torn_ = false;  ///< something without a newline lies behind the complete bytes
};

}  // namespace kgaudit::reports
