#include "reports/record/record_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/record/record_line.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/files/sync.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::uint64_t kLargestRecord = 4ULL << 30U;
constexpr std::size_t kLargestFirstLine = std::size_t{64} << 20U;

std::string error_text() { return std::strerror(errno); }

InputError not_written(const std::filesystem::path& file) {
  return InputError::usage(file.string(), fmt::format("cannot be written ({})", error_text()),
                           "a writable file and free disk space",
                           "free space, then go on with --resume");
}

}  // namespace

CompleteLines complete_lines(std::string_view bytes, std::string_view name,
                             std::string_view expected) {
  CompleteLines complete;
  std::size_t begin = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
       begin = end + 1, end = bytes.find('\n', begin)) {
    complete.lines.push_back(
        {bytes.substr(begin, end - begin), fmt::format("{}:{}", name, complete.lines.size() + 1)});
  }
  if (complete.lines.empty()) {
    throw InputError::unreadable(fmt::format("{}:1", name), "no complete line",
                                 std::string(expected));
  }
  complete.bytes = begin;
  if (begin < bytes.size()) {
    complete.notices.push_back(
        fmt::format("{}:{}: the last line is torn ({} bytes without a newline, as a crash leaves "
                    "it); it was left out",
                    name, complete.lines.size() + 1, bytes.size() - begin));
  }
  return complete;
}

std::string read_record_bytes(const std::filesystem::path& file) {
  FileSource source(file, "the record of a run");
  DecompressedSource unpacked(source, file.string());
  if (unpacked.compression() == Compression::kNone) {
    return read_whole_file(file, kLargestRecord, "the record of a run");
  }
  std::string bytes;
  std::vector<char> block(std::size_t{1} << 20U);
  while (const std::size_t got = unpacked.read(block)) {
    if (bytes.size() + got > kLargestRecord) {
      throw InputError::unreadable(file.string(),
                                   fmt::format("more than {} unpacked", bytes_text(kLargestRecord)),
                                   "the record of a run");
    }
    bytes.append(block.data(), got);
  }
  return bytes;
}

std::string kind_of_record(const std::filesystem::path& file) {
  try {
    FileSource packed(file, "the record of a run");
    DecompressedSource source(packed, file.string());
    std::string line;
    std::vector<char> block(std::size_t{1} << 16U);
    while (const std::size_t got = source.read(block)) {
      const auto end =
          std::find(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got), '\n');
      line.append(block.begin(), end);
      if (end != block.begin() + static_cast<std::ptrdiff_t>(got)) break;
      if (line.size() > kLargestFirstLine) return "";
    }
    return ObjectReader(line, file.string()).text("kind");
  } catch (const InputError&) {
    return "";
  }
}

RecordFile::RecordFile(const std::filesystem::path& file, Start start) : file_(file) {
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw InputError::usage(file.string(),
                            fmt::format("the record cannot be opened ({})", error_text()),
                            "a writable file in an existing folder");
  }
  // The destructor does not run for an object whose constructor throws.
  struct Closer {
    int* descriptor;
    ~Closer() {
      if (descriptor != nullptr) ::close(*descriptor);
    }
  } closer{&descriptor_};

  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    throw InputError::usage(file.string(), "another process is writing this record",
                            "one writer at a time", "wait for it, or choose another folder");
  }
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) {
    throw InputError::usage(file.string(), error_text(), "a regular file");
  }
  if (status.st_size > 0 && start == Start::kFresh) {
    throw InputError::usage(file.string(), "a record is already there", "a new or empty folder",
                            "go on with it by --resume, or choose another folder");
  }
  if (status.st_size > 0) earlier_ = read_whole_file(file, kLargestRecord, "the record of a run");
  if (compression_of(earlier_) != Compression::kNone) {
    throw InputError::unreadable(file.string(), "a packed record, which nothing can be appended to",
                                 "a record as lines of text",
                                 fmt::format("gzip -dc < {} > FILE unpacks it", file.string()));
  }
  const std::size_t last = earlier_.rfind('\n');
  continued_ = last != std::string::npos;
  complete_bytes_ = continued_ ? last + 1 : 0;
  torn_ = complete_bytes_ != earlier_.size();
  closer.descriptor = nullptr;
}

RecordFile::~RecordFile() { ::close(descriptor_); }

void RecordFile::cut_torn_line() {
  if (ftruncate(descriptor_, static_cast<off_t>(complete_bytes_)) != 0) {
    throw InputError::usage(file_.string(),
                            fmt::format("the torn last line cannot be cut off ({})", error_text()),
                            "a writable file");
  }
}

void RecordFile::append(std::string_view line) {
  if (torn_) cut_torn_line();
  torn_ = true;  // until the whole line is there
  const std::string whole = std::string(line) + '\n';
  std::string_view rest = whole;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw not_written(file_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  complete_bytes_ += whole.size();
  torn_ = false;
}

void RecordFile::sync() {
  if (fsync(descriptor_) != 0 && errno != EINVAL) {  // EINVAL: it cannot be synced at all
    throw not_written(file_);
  }
  sync_folder_of(file_);
}

}  // namespace kgaudit::reports
