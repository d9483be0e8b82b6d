#include "suite/base/files/mapped_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"

namespace kgaudit {
namespace {

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

std::string_view kind_of_file(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

void MappedFile::Unmap::operator()(const char* data) const {
  if (size > 0) ::munmap(const_cast<char*>(data), size);
}

MappedFile::MappedFile(std::filesystem::path file, std::string_view expected)
    : path_(std::move(file)) {
  const auto refuse = [&](std::string got, std::string advice) {
    return InputError::unreadable(path_.string(), std::move(got), std::string(expected),
                                  std::move(advice));
  };
  // Without O_NONBLOCK, opening a pipe waits for whoever writes into it.
  const Descriptor descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number < 0) {
    const int why = errno;
    throw refuse(std::strerror(why), why == ENOENT ? "check the path" : "check its permissions");
  }
  struct stat facts {};
  if (::fstat(descriptor.number, &facts) != 0) throw refuse(std::strerror(errno), "");
  if (!S_ISREG(facts.st_mode)) throw refuse(std::string(kind_of_file(facts.st_mode)), "");
  size_ = static_cast<std::size_t>(facts.st_size);
  if (size_ == 0) return;
  void* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor.number, 0);
  if (mapped == MAP_FAILED) throw refuse(std::strerror(errno), "");
  data_ = std::unique_ptr<const char, Unmap>(static_cast<const char*>(mapped), Unmap{size_});
}

SourceFile MappedFile::identity() const {
  return {path_.filename().string(), size_, sha256(bytes()).hex()};
}

}  // namespace kgaudit
