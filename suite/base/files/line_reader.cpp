#include "suite/base/files/line_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "suite/base/shell_word.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

struct Packer {
  std::string_view mark;
  std::string_view name;
  std::string_view unpack;  ///< to stdout, whatever the file is called
};

/// The program that compressed a file which begins so; none of text.
const Packer* packer_of(std::string_view line) {
  static constexpr std::array<Packer, 5> kPackers = {{{"\xfd"
                                                       "7zXZ",
                                                       "xz", "xz -dc <"},
                                                      {"\x1f\x8b", "gzip", "gunzip <"},
                                                      {"\x28\xb5\x2f\xfd", "zstd", "zstd -dc <"},
                                                      {"BZh", "bzip2", "bunzip2 <"},
                                                      {"PK\x03\x04", "zip", "unzip -p"}}};
  // The letters of bzip2 and zip may begin a name, too; their files are no text.
  if (!find_broken_utf8(line) && line.find('\0') == std::string_view::npos) return nullptr;
  const auto found = std::ranges::find_if(
      kPackers, [line](const Packer& packer) { return line.starts_with(packer.mark); });
  return found == kPackers.end() ? nullptr : &*found;
}

/// Packed in place of the text; the programs refuse names without an ending of theirs.
std::string advice_on(const Packer& packer, const std::string& place) {
  std::error_code failure;
  if (!std::filesystem::exists(place, failure)) return "unpack it first";  // it lies in an archive
  const std::string file = shell_path(place);
  const std::string unpacked = shell_path(place + ".unpacked");
  return fmt::format("{} {} > {} && mv {} {}", packer.unpack, file, unpacked, unpacked, file);
}

}  // namespace

LineReader::LineReader(ByteSource& source, std::string place, std::size_t line_bytes)
    : source_(source), place_(std::move(place)), limit_(line_bytes) {
  buffer_.resize(std::max<std::size_t>(limit_ + 2, std::size_t{1} << 18U));
}

std::string LineReader::where() const {
  return fmt::format("{}:{}", place_, std::max<std::uint64_t>(number_, 1));
}

InputError LineReader::error(std::string got, std::string expected, std::string advice) const {
  return InputError::unreadable(where(), std::move(got), std::move(expected), std::move(advice));
}

bool LineReader::fill() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const std::size_t got = source_.read(std::span(buffer_).subspan(end_));
  end_ += got;
  at_end_ = got == 0;
  return got > 0;
}

bool LineReader::next() {
  std::size_t searched = 0;
  const char* found = nullptr;
  for (;;) {
    const std::size_t have = end_ - begin_;
    if (have > searched) {
      found = static_cast<const char*>(
          std::memchr(buffer_.data() + begin_ + searched, '\n', have - searched));
    }
    if (found != nullptr) break;
    searched = have;
    // One byte more than the limit is the CR of a CRLF.
    if (have > limit_ + 1) break;
    if (!fill()) break;
  }
  const std::size_t length = found != nullptr
                                 ? static_cast<std::size_t>(found - (buffer_.data() + begin_))
                                 : end_ - begin_;
  if (found == nullptr && length == 0) return false;
  ++number_;
  line_ = std::string_view(buffer_).substr(begin_, length);
  begin_ += length + (found != nullptr ? 1 : 0);
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  if (const Packer* packer = number_ == 1 ? packer_of(line_) : nullptr) {
    throw error(fmt::format("a file that {} has compressed", packer->name), "UTF-8 text",
                advice_on(*packer, place_));
  }
  if (line_.size() > limit_) {
    throw error(fmt::format("a line of more than {} bytes", with_thousands(limit_)),
                fmt::format("lines of at most {} bytes", with_thousands(limit_)),
                "a text file with one record a line");
  }
  if (number_ == 1 && line_.starts_with("\xef\xbb\xbf")) line_.remove_prefix(3);
  check_line();
  return true;
}

void LineReader::check_line() const {
  // Nearly all bytes are plain ASCII; eight of them are cleared with one mask.
  std::size_t i = 0;
  bool plain = true;
  for (; i + 8 <= line_.size() && plain; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, line_.data() + i, 8);
    const bool has_zero = ((word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL) != 0;
    plain = (word & 0x8080808080808080ULL) == 0 && !has_zero;
  }
  for (; i < line_.size() && plain; ++i) plain = line_[i] > 0;
  if (plain) return;
  if (const std::size_t nul = line_.find('\0'); nul != std::string_view::npos) {
    throw error(fmt::format("a NUL byte in column {}", nul + 1), "UTF-8 text",
                "convert the file to UTF-8 (UTF-16 text has NUL bytes)");
  }
  if (const auto broken = find_broken_utf8(line_)) {
    throw error(fmt::format("broken UTF-8 in column {}: '{}'", *broken + 1,
                            printable(line_.substr(*broken), 16)),
                "UTF-8 text", "convert the file to UTF-8");
  }
}

}  // namespace kgaudit
