#include "tests/packed_bytes.hpp"

#include <stdexcept>

#include <zlib.h>

namespace kgaudit::tests {
namespace {

std::string packed_with(std::string_view bytes, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib does not start");
  }
  std::string out(deflateBound(&stream, bytes.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) throw std::runtime_error("zlib does not end");
  return out;
}

}  // namespace

std::string gzip_member(std::string_view bytes) { return packed_with(bytes, 15 + 16); }

std::string raw_deflate(std::string_view bytes) { return packed_with(bytes, -15); }

}  // namespace kgaudit::tests
