#include "suite/base/files/mapped_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/mman.h>

#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/regular_file.hpp"

namespace kgaudit {
void MappedFile::Unmap::operator()(const char* data) const {
  if (size > 0) ::munmap(const_cast<char*>(data), size);
}

MappedFile::MappedFile(std::filesystem::path file, std::string_view expected)
    : path_(std::move(file)) {
  const RegularFile opened = open_regular_file(path_, expected);
  size_ = static_cast<std::size_t>(opened.bytes);
  if (size_ == 0) return;
  void* const mapped =
      ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, opened.descriptor.number(), 0);
  if (mapped == MAP_FAILED) {
    throw InputError::unreadable(path_.string(), std::strerror(errno), std::string(expected));
  }
  data_ = std::unique_ptr<const char, Unmap>(static_cast<const char*>(mapped), Unmap{size_});
}

SourceFile MappedFile::identity() const {
  return {path_.filename().string(), size_, sha256(bytes()).hex()};
}

}  // namespace kgaudit
