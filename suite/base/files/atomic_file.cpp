#include "suite/base/files/atomic_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "suite/base/error.hpp"
#include "suite/base/files/sync.hpp"

namespace kgaudit {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18U;

/// Processes that write the same file at once must not share a temporary file.
std::filesystem::path name_of_our_own(const std::filesystem::path& file) {
  return file.string() + fmt::format(".{}.part", static_cast<long>(::getpid()));
}

}  // namespace

UnfinishedFile::UnfinishedFile(std::filesystem::path file, std::filesystem::path part,
                               Opening opening, const WriteComplaint& complaint)
    : file_(std::move(file)), part_(std::move(part)), complaint_(complaint) {
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  descriptor_ = ::open(part_.c_str(), opening == Opening::kEmpty ? flags | O_TRUNC : flags, 0666);
  if (descriptor_ < 0) refuse(errno);
  if (opening == Opening::kShared && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw InputError(complaint_.code, {part_.string(), "another process writes this file now",
                                       "one process at a time", "wait until it is done"});
  }
}

UnfinishedFile::~UnfinishedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void UnfinishedFile::refuse(int why) const {
  throw InputError(complaint_.code,
                   {file_.string(), fmt::format("cannot be written ({})", std::strerror(why)),
                    std::string(complaint_.expected), std::string(complaint_.advice)});
}

void UnfinishedFile::write_through(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) refuse(written == 0 ? ENOSPC : errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void UnfinishedFile::hand_to_disk() {
  KGA_REQUIRE(!committed_, "{} is committed twice", file_.string());
  write_through(buffer_);
  buffer_.clear();
  if (::fsync(descriptor_) != 0) refuse(errno);
}

void UnfinishedFile::commit() {
  hand_to_disk();
  if (std::rename(part_.c_str(), file_.c_str()) != 0) refuse(errno);
  committed_ = true;
  sync_folder_of(file_);
}

bool UnfinishedFile::commit_new() {
  hand_to_disk();
  int failed = ::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, file_.c_str(), RENAME_NOREPLACE);
  if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system without it: between look and rename another process may still be faster.
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(file_, ignored))) return false;
    failed = std::rename(part_.c_str(), file_.c_str());
  }
  if (failed != 0 && errno == EEXIST) return false;
  if (failed != 0) refuse(errno);
  committed_ = true;
  sync_folder_of(file_);
  return true;
}

void UnfinishedFile::remove() noexcept { ::unlink(part_.c_str()); }

AtomicFile::AtomicFile(std::filesystem::path file, const WriteComplaint& complaint)
    : UnfinishedFile(file, name_of_our_own(file), Opening::kEmpty, complaint) {}

AtomicFile::~AtomicFile() {
  if (!committed()) remove();
}

void AtomicFile::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    write_through(buffer_);
    buffer_.clear();
  }
  if (bytes.size() > kBufferBytes) {
    write_through(bytes);
  } else {
    buffer_ += bytes;
  }
}

ResumableFile::ResumableFile(std::filesystem::path file, const WriteComplaint& complaint)
    : UnfinishedFile(file, file.string() + ".part", Opening::kShared, complaint) {}

std::uint64_t ResumableFile::size() const {
  const off_t end = ::lseek(descriptor(), 0, SEEK_END);
  if (end < 0) refuse(errno);
  return static_cast<std::uint64_t>(end);
}

void ResumableFile::append(std::string_view bytes) {
  if (::lseek(descriptor(), 0, SEEK_END) < 0) refuse(errno);
  write_through(bytes);
}

void ResumableFile::clear() {
  if (::ftruncate(descriptor(), 0) != 0) refuse(errno);
}

void write_atomically(const std::filesystem::path& file, std::string_view bytes,
                      const WriteComplaint& complaint) {
  AtomicFile out(file, complaint);
  out.write(bytes);
  out.commit();
}

bool write_new_atomically(const std::filesystem::path& file, std::string_view bytes,
                          const WriteComplaint& complaint) {
  AtomicFile out(file, complaint);
  out.write(bytes);
  return out.commit_new();
}

}  // namespace kgaudit
