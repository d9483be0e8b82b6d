#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "suite/base/files/byte_source.hpp"

namespace kgaudit {

/// How the bytes of a file are packed.
enum class Compression { kNone, kGzip, kZstd, kBzip2 };

/// "none", "gzip", "zstd", "bzip2".
[[nodiscard]] std::string_view compression_name(Compression compression);

/// What the first bytes of a file say; six bytes are enough. Names of files are not asked.
[[nodiscard]] Compression compression_of(std::string_view head);

/// A stream of raw deflate data or of gzip members, unpacked piece by piece (ISA-L, which takes a
/// third of zlib's time). For gzip, checksums and lengths are verified, and members that follow
/// one another are one stream, as `zcat` has it.
class Inflater {
 public:
  enum class Form { kGzip, kRawDeflate };
  explicit Inflater(Form form);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  struct Step {
    std::size_t taken = 0;  ///< bytes of `packed` that are done with
    std::size_t given = 0;  ///< bytes of `out` that are filled
    bool member_ended = false;
  };
  /// Works until `packed` is used up, `out` is full or a member ends. Throws std::runtime_error
  /// whose text says what is wrong with the data.
  [[nodiscard]] Step step(std::span<const char> packed, std::span<char> out);
  /// Begins the next member.
  void reset();

 private:
  struct State;
  Form form_;
  std::unique_ptr<State> state_;
};

/// Unpacks what it reads from another source while it is read: gzip, zstd or bzip2, recognised by
/// the first bytes; anything else passes as it stands. Members or frames that follow one another
/// are read as one stream; zeros that pad a gzip file at its end are skipped. Memory is bounded by
/// the format: a window of 128 MiB for zstd at most, far less for the others. What comes out may be
/// a thousand times longer than what went in: whoever stores it sets the limit.
class DecompressedSource final : public ByteSource {
 public:
  /// `packed` must outlive this. `place` names the file in messages. Reads the first bytes.
  DecompressedSource(ByteSource& packed, std::string place);
  ~DecompressedSource() override;

  /// Throws InputError (unreadable) for data that is damaged, cut off or of another kind after the
  /// end of a member.
  std::size_t read(std::span<char> buffer) override;

  [[nodiscard]] Compression compression() const { return compression_; }
  /// Bytes taken from the packed source so far: what progress is measured by.
  [[nodiscard]] std::uint64_t packed_bytes() const { return packed_bytes_; }

 private:
  class Decoder;
  class GzipDecoder;
  class ZstdDecoder;
  class Bzip2Decoder;

  /// Makes `rest_` hold a byte at least; false at the end of the packed source.
  bool fill();
  [[nodiscard]] std::unique_ptr<Decoder> new_decoder() const;

  ByteSource& packed_;
  std::string place_;
  Compression compression_ = Compression::kNone;
  std::string buffer_;
  std::string_view rest_;  ///< of buffer_, not yet unpacked
  std::uint64_t packed_bytes_ = 0;
  bool within_member_ = false;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace kgaudit
