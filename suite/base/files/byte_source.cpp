#include "suite/base/files/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/regular_file.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {

FileSource::FileSource(std::filesystem::path file, std::string_view expected)
    : file_(std::move(file)), expected_(expected) {
  RegularFile opened = open_regular_file(file_, expected_);
  handle_.reset(::fdopen(opened.descriptor.number(), "rb"));
  if (!handle_) throw InputError::unreadable(file_.string(), std::strerror(errno), expected_);
  static_cast<void>(opened.descriptor.release());  // the handle closes it
}

std::size_t FileSource::read(std::span<char> buffer) {
  const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), handle_.get());
  if (got == 0 && std::ferror(handle_.get()) != 0) {
    throw InputError::unreadable(file_.string(), std::strerror(errno), expected_);
  }
  return got;
}

std::size_t HashedFileSource::read(std::span<char> buffer) {
  const std::size_t got = file_.read(buffer);
  hash_.add_bytes(buffer.data(), got);
  bytes_ += got;
  return got;
}

SourceFile HashedFileSource::identity() {
  return {file_.path().filename().string(), bytes_, hash_.finish().hex()};
}

std::size_t MemorySource::read(std::span<char> buffer) {
  const std::size_t got = std::min(buffer.size(), rest_.size());
  std::copy_n(rest_.data(), got, buffer.data());
  rest_.remove_prefix(got);
  return got;
}

std::string read_whole_file(const std::filesystem::path& file, std::uint64_t limit,
                            std::string_view expected) {
  FileSource source(file, expected);
  std::string bytes;
  std::vector<char> block(std::size_t{1} << 18U);
  while (const std::size_t got = source.read(block)) {
    if (got > limit - bytes.size()) {
      throw InputError::unreadable(file.string(), fmt::format("more than {}", bytes_text(limit)),
                                   fmt::format("at most {}", bytes_text(limit)));
    }
    bytes.append(block.data(), got);
  }
  return bytes;
}

}  // namespace kgaudit
