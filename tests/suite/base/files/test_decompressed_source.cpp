#include <algorithm>
#include <string>

#include "suite/base/error.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/rng.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace {

/// Gives a source's bytes in small pieces, as a pipe does.
class PiecewiseSource final : public ByteSource {
 public:
  PiecewiseSource(std::string_view bytes, std::size_t piece) : bytes_(bytes), piece_(piece) {}
  std::size_t read(std::span<char> buffer) override {
    return bytes_.read(buffer.subspan(0, std::min(buffer.size(), piece_)));
  }

 private:
  MemorySource bytes_;
  std::size_t piece_;
};

std::string unpacked(std::string_view packed, std::size_t piece = 1'000'000,
                     std::size_t buffer_bytes = 4096) {
  PiecewiseSource source(packed, piece);
  DecompressedSource decompressed(source, "f.gz");
  std::string all;
  std::string buffer(buffer_bytes, '\0');
  while (const std::size_t got = decompressed.read(buffer)) all.append(buffer, 0, got);
  CHECK(decompressed.read(buffer) == 0);
  CHECK(decompressed.packed_bytes() == packed.size());
  return all;
}

std::string refusal(std::string_view packed) {
  try {
    static_cast<void>(unpacked(packed));
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK(error.complaint().place == "f.gz");
    return error.complaint().got;
  }
  return "";
}

/// Text that deflate shortens a little: words of a few letters.
std::string words(std::size_t bytes) {
  Rng rng(7, "words");
  std::string text;
  while (text.size() < bytes) {
    const auto length = static_cast<std::size_t>(rng.below(7)) + 1;
    for (std::size_t i = 0; i < length; ++i) {
      text += static_cast<char>('a' + static_cast<char>(rng.below(6)));
    }
    text += text.size() % 97 < 8 ? '\n' : ' ';
  }
  text.resize(bytes);
  return text;
}

}  // namespace

TEST_CASE("Packed files are recognised by their first bytes alone", "[base][files]") {
  CHECK(compression_of(kGzipOneTwo) == Compression::kGzip);
  CHECK(compression_of(kZstdOneTwo) == Compression::kZstd);
  CHECK(compression_of(kBzip2OneTwo) == Compression::kBzip2);
  CHECK(compression_of("") == Compression::kNone);
  CHECK(compression_of("BZhou\tTao") == Compression::kNone);
  CHECK(compression_of("\x1f\x8b") == Compression::kNone);
  CHECK(compression_name(Compression::kBzip2) == "bzip2");
}

TEST_CASE("What other programs packed comes out as it went in", "[base][files]") {
  CHECK(unpacked("plain\n") == "plain\n");
  CHECK(unpacked("p") == "p");
  CHECK(unpacked("").empty());
  for (const std::string_view packed : {kGzipOneTwo, kZstdOneTwo, kBzip2OneTwo}) {
    const std::string twice = std::string(packed) + std::string(packed);
    for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
      CHECK(unpacked(packed, piece) == "one\ntwo\n");
      CHECK(unpacked(packed, piece, 1) == "one\ntwo\n");
      CHECK(unpacked(twice, piece, 3) == "one\ntwo\none\ntwo\n");
    }
  }
}

TEST_CASE("Members of a gzip file are one stream, wherever reads and buffers break it",
          "[base][files]") {
  const std::string text = words(300'000);
  std::string packed;
  std::size_t begin = 0;
  for (const std::size_t length : {1U, 10U, 500U, 70'000U, 0U, 100'000U, 129'489U}) {
    packed += gzip_member(std::string_view(text).substr(begin, length));
    begin += length;
  }
  REQUIRE(begin == text.size());
  for (const std::size_t piece : {13U, 999U, 262'144U}) {
    for (const std::size_t buffer : {511U, 65'536U, 1'000'000U}) {
      CHECK(unpacked(packed, piece, buffer) == text);
    }
  }
  CHECK(unpacked(packed + std::string(1000, '\0'), 100) == text);
  PiecewiseSource source(packed, 1000);
  DecompressedSource decompressed(source, "f.gz");
  LineReader lines(decompressed, "f.gz");
  std::uint64_t count = 0;
  while (lines.next()) ++count;
  CHECK(count == static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) +
                     (text.back() == '\n' ? 0U : 1U));
}

TEST_CASE("Packed data that is damaged, cut off or followed by something else is refused",
          "[base][files]") {
  const std::string packed = gzip_member(words(5'000));
  for (std::size_t length = 3; length < packed.size(); length += 1 + length / 5) {
    CHECK_THAT(refusal(packed.substr(0, length)), Contains("in the middle of the packed data"));
  }
  std::string damaged = packed;
  damaged[damaged.size() - 6] ^= 1;
  CHECK_THAT(refusal(damaged), Contains("a checksum that does not fit"));
  CHECK_THAT(refusal(packed + "more"), Contains("'more' after the end of the packed data"));
  for (const std::string_view whole : {kZstdOneTwo, kBzip2OneTwo}) {
    CHECK_THAT(refusal(whole.substr(0, whole.size() - 1)), Contains("in the middle"));
    CHECK_THAT(refusal(std::string(whole) + "\x01"), Contains("after the end"));
    std::string broken(whole);
    broken[broken.size() / 2] ^= 0x55;
    CHECK_FALSE(refusal(broken).empty());
  }
}
