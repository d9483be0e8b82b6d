#include "suite/base/files/decompressed_source.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

constexpr std::size_t kPackedBlock = std::size_t{1} << 18U;
/// What zstd itself unpacks unless it is asked to take more.
constexpr int kZstdWindowLog = 27;
constexpr std::size_t kMostInOneStep = std::numeric_limits<std::int32_t>::max();

/// The libraries take pointers to bytes that they do not change without saying const.
template <typename Byte>
Byte* bytes_of(std::span<const char> bytes) {
  return reinterpret_cast<Byte*>(const_cast<char*>(bytes.data()));
}

std::string_view inflate_failure(int code) {
  switch (code) {
    case ISAL_INVALID_WRAPPER:
      return "a broken gzip header";
    case ISAL_UNSUPPORTED_METHOD:
      return "a gzip member that is not packed with deflate";
    case ISAL_INCORRECT_CHECKSUM:
      return "a checksum that does not fit the data";
    case ISAL_INVALID_LOOKBACK:
      return "deflate data that points before its beginning";
    default:
      return "damaged deflate data";
  }
}

}  // namespace

std::string_view compression_name(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
    case Compression::kBzip2:
      return "bzip2";
    case Compression::kNone:
      break;
  }
  return "none";
}

Compression compression_of(std::string_view head) {
  if (head.starts_with("\x1f\x8b\x08")) return Compression::kGzip;
  if (head.starts_with("\x28\xb5\x2f\xfd")) return Compression::kZstd;
  // "BZh", the size of the blocks, and the first block's own magic.
  if (head.starts_with("BZh") && head.size() >= 6 && head[3] >= '1' && head[3] <= '9' &&
      (head.substr(4, 2) == "\x31\x41" || head.substr(4, 2) == "\x17\x72")) {
    return Compression::kBzip2;
  }
  return Compression::kNone;
}

struct Inflater::State {
  inflate_state isal;
};

Inflater::Inflater(Form form) : form_(form), state_(std::make_unique<State>()) {
  isal_inflate_init(&state_->isal);
  reset();
}

Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

void Inflater::reset() {
  isal_inflate_reset(&state_->isal);
  state_->isal.crc_flag = form_ == Form::kGzip ? ISAL_GZIP : ISAL_DEFLATE;
}

Inflater::Step Inflater::step(std::span<const char> packed, std::span<char> out) {
  inflate_state& isal = state_->isal;
  const auto in_now = static_cast<std::uint32_t>(std::min(packed.size(), kMostInOneStep));
  const auto out_now = static_cast<std::uint32_t>(std::min(out.size(), kMostInOneStep));
  isal.next_in = bytes_of<std::uint8_t>(packed);
  isal.avail_in = in_now;
  isal.next_out = bytes_of<std::uint8_t>(out);
  isal.avail_out = out_now;
  if (const int code = isal_inflate(&isal); code != ISAL_DECOMP_OK && code != ISAL_END_INPUT) {
    throw std::runtime_error(std::string(inflate_failure(code)));
  }
  return {in_now - isal.avail_in, out_now - isal.avail_out, isal.block_state == ISAL_BLOCK_FINISH};
}

/// Unpacks members of one kind.
class DecompressedSource::Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Inflater::Step step(std::span<const char> packed, std::span<char> out) = 0;
  /// Begins the next member.
  virtual void reset() = 0;
  /// Whether the bytes after a member may begin another.
  [[nodiscard]] virtual bool may_begin(char first) const = 0;
};

class DecompressedSource::GzipDecoder final : public Decoder {
 public:
  Inflater::Step step(std::span<const char> packed, std::span<char> out) override {
    return inflater_.step(packed, out);
  }
  void reset() override { inflater_.reset(); }
  [[nodiscard]] bool may_begin(char first) const override { return first == '\x1f'; }

 private:
  Inflater inflater_{Inflater::Form::kGzip};
};

class DecompressedSource::ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLog);
  }
  Inflater::Step step(std::span<const char> packed, std::span<char> out) override {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context_.get(), &to, &in);
    if (ZSTD_isError(left) != 0) throw std::runtime_error(ZSTD_getErrorName(left));
    return {in.pos, to.pos, left == 0};
  }
  void reset() override {}
  /// A frame, or one that is to be skipped.
  [[nodiscard]] bool may_begin(char first) const override {
    return first == '\x28' || (first & '\xf0') == '\x50';
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
};

class DecompressedSource::Bzip2Decoder final : public Decoder {
 public:
  Bzip2Decoder() { begin(); }
  ~Bzip2Decoder() override { BZ2_bzDecompressEnd(&stream_); }
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  Bzip2Decoder& operator=(const Bzip2Decoder&) = delete;

  Inflater::Step step(std::span<const char> packed, std::span<char> out) override {
    const auto in_now = static_cast<unsigned>(std::min(packed.size(), kMostInOneStep));
    const auto out_now = static_cast<unsigned>(std::min(out.size(), kMostInOneStep));
    stream_.next_in = bytes_of<char>(packed);
    stream_.avail_in = in_now;
    stream_.next_out = out.data();
    stream_.avail_out = out_now;
    const int code = BZ2_bzDecompress(&stream_);
    if (code != BZ_OK && code != BZ_STREAM_END) throw std::runtime_error("damaged bzip2 data");
    return {in_now - stream_.avail_in, out_now - stream_.avail_out, code == BZ_STREAM_END};
  }
  void reset() override {
    BZ2_bzDecompressEnd(&stream_);
    begin();
  }
  [[nodiscard]] bool may_begin(char first) const override { return first == 'B'; }

 private:
  void begin() {
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
  }
  bz_stream stream_{};
};

DecompressedSource::DecompressedSource(ByteSource& packed, std::string place)
    : packed_(packed), place_(std::move(place)), buffer_(kPackedBlock, '\0') {
  // A pipe may give its first bytes one by one.
  std::size_t have = 0;
  for (std::size_t got = 1; got > 0 && have < 6; have += got) {
    got = packed_.read(std::span(buffer_).subspan(have));
  }
  packed_bytes_ = have;
  rest_ = std::string_view(buffer_).substr(0, have);
  compression_ = compression_of(rest_);
  if (compression_ != Compression::kNone) decoder_ = new_decoder();
  within_member_ = decoder_ != nullptr;
}

DecompressedSource::~DecompressedSource() = default;

std::unique_ptr<DecompressedSource::Decoder> DecompressedSource::new_decoder() const {
  switch (compression_) {
    case Compression::kZstd:
      return std::make_unique<ZstdDecoder>();
    case Compression::kBzip2:
      return std::make_unique<Bzip2Decoder>();
    default:
      return std::make_unique<GzipDecoder>();
  }
}

bool DecompressedSource::fill() {
  if (!rest_.empty()) return true;
  const std::size_t got = packed_.read(buffer_);
  packed_bytes_ += got;
  rest_ = std::string_view(buffer_).substr(0, got);
  return got > 0;
}

std::size_t DecompressedSource::read(std::span<char> buffer) {
  if (buffer.empty()) return 0;
  if (!decoder_) {
    if (rest_.empty()) return packed_.read(buffer);
    const std::size_t got = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.data(), got, buffer.data());
    rest_.remove_prefix(got);
    return got;
  }
  const auto refuse = [&](std::string got) {
    return InputError::unreadable(
        place_, std::move(got), fmt::format("whole {} data", compression_name(compression_)),
        "unpack the file with its own tool to see how much of it is good, or fetch it again");
  };
  bool drained = false;
  for (;;) {
    // The decoder may still hold bytes that did not fit the last buffer: it is asked once more
    // when the packed source has ended.
    const bool more = fill();
    if (!within_member_) {
      if (!more) return 0;
      if (rest_.front() == '\0' && compression_ == Compression::kGzip) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of('\0'), rest_.size()));
        continue;
      }
      if (!decoder_->may_begin(rest_.front())) {
        throw refuse(fmt::format("'{}' after the end of the packed data, at byte {}",
                                 printable(rest_.substr(0, 16), 16), packed_bytes_ - rest_.size()));
      }
      decoder_->reset();
      within_member_ = true;
    }
    Inflater::Step step;
    try {
      step = decoder_->step(rest_, buffer);
    } catch (const std::runtime_error& failure) {
      throw refuse(fmt::format("{}, near byte {}", failure.what(), packed_bytes_ - rest_.size()));
    }
    rest_.remove_prefix(step.taken);
    if (step.member_ended) within_member_ = false;
    if (step.given > 0) return step.given;
    if (step.member_ended) continue;
    if (!more && drained) {
      throw refuse(
          fmt::format("its end after {} bytes, in the middle of the packed data", packed_bytes_));
    }
    drained = !more;
  }
}

}  // namespace kgaudit
