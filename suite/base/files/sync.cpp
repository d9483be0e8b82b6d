#include "suite/base/files/sync.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace kgaudit {
namespace {

void sync_opened(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

void sync_to_disk(const std::filesystem::path& path) { sync_opened(path, O_NOFOLLOW | O_NONBLOCK); }

void sync_folder_of(const std::filesystem::path& path) {
  sync_opened(path.has_parent_path() ? path.parent_path() : ".", O_DIRECTORY);
}

}  // namespace kgaudit
