#include "suite/base/files/new_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& folder, const std::string& why) {
  throw InputError::unreadable(folder.string(), why, "a place that can be written",
                               "another folder");
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
  part_ = target_.string() + ".part";
  fs::remove_all(part_, failure);
  if (!fs::create_directories(part_, failure)) refuse(part_, failure.message());
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  fs::remove_all(part_, ignored);  // gone already after a success
}

void NewFolder::commit() {
  if (std::rename(part_.c_str(), target_.c_str()) != 0) refuse(named_, std::strerror(errno));
}

}  // namespace kgaudit
