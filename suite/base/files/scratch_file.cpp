#include "suite/base/files/scratch_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kScratchBuffer = std::size_t{1} << 20U;

fs::path nearest_folder(fs::path folder) {
  std::error_code failure;
  while (!folder.empty() && !fs::is_directory(folder, failure)) {
    const fs::path above = folder.parent_path();
    if (above == folder) break;
    folder = above;
  }
  return folder.empty() ? fs::path(".") : folder;
}

/// A mapping that is undone when nobody looks at it any more.
struct ScratchMapping {
  std::string_view bytes;

  explicit ScratchMapping(std::string_view mapped) : bytes(mapped) {}
  ~ScratchMapping() { ::munmap(const_cast<char*>(bytes.data()), bytes.size()); }
  ScratchMapping(const ScratchMapping&) = delete;
  ScratchMapping& operator=(const ScratchMapping&) = delete;
};

}  // namespace

ScratchFile::ScratchFile(fs::path folder) : folder_(nearest_folder(std::move(folder))) {
  descriptor_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor_ >= 0) return;
  // Not every file system knows files without a name.
  std::string pattern = (folder_ / ".kgaudit-XXXXXX").string();
  descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor_ < 0) refuse(errno);
  ::unlink(pattern.c_str());
}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ScratchFile::refuse(int why) const {
  throw InputError::usage(
      folder_.string(), fmt::format("a temporary file cannot be written ({})", std::strerror(why)),
      "a writable folder with room for the rows as floats", "an output folder on a larger disk");
}

void ScratchFile::append(std::string_view bytes) {
  buffer_ += bytes;
  size_ += bytes.size();
  if (buffer_.size() >= kScratchBuffer) write_buffer();
}

void ScratchFile::write_buffer() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) refuse(written == 0 ? ENOSPC : errno);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

std::shared_ptr<const std::string_view> ScratchFile::map() {
  write_buffer();
  if (size_ == 0) return std::make_shared<const std::string_view>();
  void* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, descriptor_, 0);
  if (mapped == MAP_FAILED) refuse(errno);
  ::madvise(mapped, size_, MADV_SEQUENTIAL);
  const auto mapping =
      std::make_shared<ScratchMapping>(std::string_view(static_cast<const char*>(mapped), size_));
  return {mapping, &mapping->bytes};
}

}  // namespace kgaudit
