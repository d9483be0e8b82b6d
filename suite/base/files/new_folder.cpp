#include "suite/base/files/new_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite/base/error.hpp"
#include "suite/base/files/sync.hpp"

namespace kgaudit {
namespace {

namespace fs = std::filesystem;

constexpr int kMostNames = 1000;

[[noreturn]] void refuse(const fs::path& folder, const std::string& why) {
  throw InputError::usage(folder.string(), why, "a place that can be written", "another folder");
}

}  // namespace

NewFolder::NewFolder(const fs::path& folder) : named_(folder), target_(folder.lexically_normal()) {
  std::error_code failure;
  if (fs::exists(folder, failure) &&
      !(fs::is_directory(folder, failure) && fs::is_empty(folder, failure))) {
    throw InputError::usage(folder.string(), "something is there already",
                            "a folder that does not exist or is empty");
  }
  if (!target_.has_filename()) target_ = target_.parent_path();
  if (target_.has_parent_path()) {
    fs::create_directories(target_.parent_path(), failure);
    if (failure) refuse(named_, failure.message());
  }
  // A name that nobody has: a folder that is there stays, whosever it is.
  for (int number = 0; part_.empty(); ++number) {
    const fs::path name = target_.string() + fmt::format(".{}-{}.part", ::getpid(), number);
    if (::mkdir(name.c_str(), 0777) == 0) {
      part_ = name;
    } else if (errno != EEXIST || number == kMostNames) {
      refuse(named_, std::strerror(errno));
    }
  }
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  fs::remove_all(part_, ignored);  // gone already after a success
}

void NewFolder::commit() {
  std::error_code failure;
  for (const auto& entry : fs::recursive_directory_iterator(part_, failure))
    sync_to_disk(entry.path());
  if (failure) refuse(named_, failure.message());
  sync_to_disk(part_);
  if (std::rename(part_.c_str(), target_.c_str()) != 0) refuse(named_, std::strerror(errno));
  sync_folder_of(target_);
}

}  // namespace kgaudit
