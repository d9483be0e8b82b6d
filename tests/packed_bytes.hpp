#pragma once

#include <string>
#include <string_view>

namespace kgaudit::tests {

/// "one\ntwo\n" as gzip, zstd and bzip2 pack it.
inline constexpr std::string_view kGzipOneTwo(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xcf\x4b\xe5\x2a\x29\xcf\xe7\x02\x00\xe6\x0b\xba"
    "\x12\x08\x00\x00\x00",
    28);
inline constexpr std::string_view kZstdOneTwo(
    "\x28\xb5\x2f\xfd\x04\x58\x41\x00\x00\x6f\x6e\x65\x0a\x74\x77\x6f\x0a\xe6\xa6\x0e\x40", 21);
inline constexpr std::string_view kBzip2OneTwo(
    "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xa7\x14\x2b\x77\x00\x00\x02\xc1\x80\x00\x10\x02\x01"
    "\x84\x80\x20\x00\x21\x80\x0c\x02\x38\xf5\x1b\x8b\xb9\x22\x9c\x28\x48\x53\x8a\x15\xbb\x80",
    45);

/// One gzip member, and the same data as raw deflate (zlib, which the product does not use).
[[nodiscard]] std::string gzip_member(std::string_view bytes);
[[nodiscard]] std::string raw_deflate(std::string_view bytes);

}  // namespace kgaudit::tests
