#include "suite/base/regular_file.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

std::string kind_of_file(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::string advice_for(int why) {
  switch (why) {
    case ENOENT:
    case ENOTDIR:
      return "check the path";
    case ENAMETOOLONG:
      return "a shorter path";
    case EMFILE:
    case ENFILE:
      return "a larger limit on open files (ulimit -n), or fewer programs at a time";
    case ELOOP:
      return "a path without links that lead to one another";
    default:
      return "check its permissions";
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}

int Descriptor::release() { return std::exchange(number_, -1); }

RegularFile open_regular_file(const std::filesystem::path& file, std::string_view expected) {
  const auto refuse = [&](std::string got, std::string advice) {
    return InputError::unreadable(file.string(), std::move(got), std::string(expected),
                                  std::move(advice));
  };
  // Without O_NONBLOCK, opening a pipe waits for whoever writes into it.
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number() < 0) {
    const int why = errno;
    throw refuse(std::strerror(why), advice_for(why));
  }
  struct stat facts {};
  if (::fstat(descriptor.number(), &facts) != 0) throw refuse(std::strerror(errno), "");
  if (!S_ISREG(facts.st_mode)) {
    throw refuse(kind_of_file(facts.st_mode),
                 S_ISDIR(facts.st_mode) ? "" : "write what it gives into a file first");
  }
  return {std::move(descriptor), static_cast<std::uint64_t>(facts.st_size)};
}

}  // namespace kgaudit
