#include "reports/record/raw_store.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>

#include <fmt/format.h>
#include <zstd.h>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::string_view kMagic = "KGAUDRAW";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 64;
// Names of columns hold names of values, and a line of triples has at most a mebibyte.
constexpr std::size_t kLongestName = std::size_t{1} << 22U;
constexpr int kLevel = 3;

template <typename T>
void put(std::string& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
void put_all(std::string& out, const std::vector<T>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

void put_name(std::string& out, std::string_view name) {
  KGA_REQUIRE(name.size() <= kLongestName, "name of {} bytes", name.size());
  put(out, static_cast<std::uint32_t>(name.size()));
  out += name;
}

// Takes values off the front of a byte string and refuses to run past its end.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string_view place) : rest_(bytes), place_(place) {}

  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  std::string_view take(std::uint64_t size, const char* what) {
    if (size > rest_.size()) {
      throw refuse(
          fmt::format("ends inside {} ({} bytes wanted, {} left)", what, size, rest_.size()));
    }
    const std::string_view front = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return front;
  }
  template <typename T>
  T value(const char* what) {
    T value{};
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }
  template <typename T>
  std::vector<T> values(std::uint64_t count, const char* what) {
    const std::string_view bytes = take(count * sizeof(T), what);
    std::vector<T> all(count);
    if (count > 0) std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
  }
  std::string name(const char* what) {
    const auto size = value<std::uint32_t>(what);
    if (size > kLongestName) throw refuse(fmt::format("{} of {} bytes", what, size));
    const std::string_view text = take(size, what);
    if (find_broken_utf8(text)) throw refuse(fmt::format("{} is not UTF-8", what));
    return std::string(text);
  }
  [[nodiscard]] InputError refuse(std::string got) const {
    return InputError::unreadable(std::string(place_), std::move(got),
                                  "a file of raw columns as kgaudit wrote it",
                                  "run the plan again if the file was cut or changed");
  }

 private:
  std::string_view rest_;
  std::string_view place_;
};

std::string unpack_frame(std::string_view packed, std::uint64_t payload_bytes,
                         const ByteReader& reader) {
  constexpr int kWindowLog = 27;  // 128 MiB, zstd's own default; a frame may ask for far more
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  KGA_REQUIRE(context != nullptr, "out of memory");
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLog);
  std::string payload;
  std::vector<char> piece(ZSTD_DStreamOutSize());
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t state = 1;
  while (state != 0) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    const std::size_t eaten = in.pos;
    state = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(state)) {
      throw reader.refuse(fmt::format("broken compression ({})", ZSTD_getErrorName(state)));
    }
    if (out.pos == 0 && in.pos == eaten && state != 0) {
      throw reader.refuse("the compressed part is cut short");
    }
    payload.append(piece.data(), out.pos);
    if (payload.size() > payload_bytes) {
      throw reader.refuse("more is packed than the header says");
    }
  }
  if (in.pos != packed.size() || payload.size() != payload_bytes) {
    throw reader.refuse("what is packed differs in size from what the header says");
  }
  return payload;
}

}  // namespace

std::string pack_raw_columns(const std::vector<RawColumn>& columns) {
  std::string payload;
  for (const RawColumn& column : columns) {
    put_name(payload, column.name);
    put_name(payload, column.unit);
    put(payload, static_cast<std::uint8_t>(column.values.index()));
    put(payload, std::uint64_t{column.ids.size()});
    put_all(payload, column.ids);
    std::visit(
        [&](const auto& values) {
          KGA_REQUIRE(values.size() == column.ids.size(), "{}: {} values, {} ids", column.name,
                      values.size(), column.ids.size());
          put_all(payload, values);
        },
        column.values);
  }
  std::string packed(ZSTD_compressBound(payload.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), payload.data(), payload.size(), kLevel);
  KGA_REQUIRE(!ZSTD_isError(size), "{}", ZSTD_getErrorName(size));
  packed.resize(size);

  std::string file(kMagic);
  put(file, kVersion);
  put(file, static_cast<std::uint32_t>(columns.size()));
  put(file, std::uint64_t{payload.size()});
  put(file, std::uint64_t{packed.size()});
  put(file, sha256(payload).bytes);
  KGA_REQUIRE(file.size() == kHeaderBytes, "header of {} bytes", file.size());
  return file + packed;
}

std::vector<RawColumn> unpack_raw_columns(std::string_view bytes, std::string_view place,
                                          const RawLimits& limits) {
  ByteReader header(bytes, place);
  if (header.take(kMagic.size(), "the magic number") != kMagic) {
    throw header.refuse("does not begin with KGAUDRAW");
  }
  if (const auto version = header.value<std::uint32_t>("the version"); version != kVersion) {
    throw InputError(ExitCode::kNotComparable,
                     {std::string(place), fmt::format("format version {}", version),
                      fmt::format("format version {}", kVersion),
                      "read it with the kgaudit version that wrote it"});
  }
  const auto count = header.value<std::uint32_t>("the header");
  const auto payload_bytes = header.value<std::uint64_t>("the header");
  const auto packed_bytes = header.value<std::uint64_t>("the header");
  const Digest digest{header.value<std::array<std::uint8_t, 32>>("the header")};
  if (count > limits.columns || payload_bytes > limits.payload_bytes) {
    throw header.refuse(fmt::format("claims {} columns of {} in all; the limits are {} and {}",
                                    count, bytes_text(payload_bytes), limits.columns,
                                    bytes_text(limits.payload_bytes)));
  }
  if (packed_bytes != header.left()) {
    throw header.refuse(
        fmt::format("{} bytes follow the header, which says {}", header.left(), packed_bytes));
  }
  const std::string payload =
      unpack_frame(header.take(packed_bytes, "the columns"), payload_bytes, header);
  if (sha256(payload) != digest) throw header.refuse("the content hash does not fit");

  ByteReader body(payload, place);
  std::vector<RawColumn> columns;
  for (std::uint32_t i = 0; i < count; ++i) {
    RawColumn column;
    column.name = body.name("a column's name");
    column.unit = body.name("a column's unit");
    const auto type = body.value<std::uint8_t>("a column's type");
    const auto values = body.value<std::uint64_t>("a column's size");
    if (type > 1) throw body.refuse(fmt::format("column type {}", type));
    // Ids and values take four bytes each; checked by division, so that a forged size cannot wrap.
    if (values > body.left() / 8) throw body.refuse(fmt::format("a column of {} values", values));
    column.ids = body.values<std::uint32_t>(values, "a column's ids");
    if (type == 0) {
      column.values = body.values<float>(values, "a column's values");
    } else {
      column.values = body.values<std::uint32_t>(values, "a column's values");
    }
    columns.push_back(std::move(column));
  }
  if (body.left() != 0) throw body.refuse(fmt::format("{} bytes too many", body.left()));
  return columns;
}

Digest write_raw_file(const std::filesystem::path& file, const std::vector<RawColumn>& columns) {
  const std::string bytes = pack_raw_columns(columns);
  write_atomically(file, bytes, kOutputComplaint);
  return sha256(bytes);
}

namespace {

std::string raw_bytes(const std::filesystem::path& file, const RawLimits& limits) {
  // zstd never makes data much larger, so a larger file cannot be one of ours.
  const std::uint64_t largest = ZSTD_compressBound(limits.payload_bytes) + kHeaderBytes;
  return read_whole_file(file, largest, "a file of raw columns");
}

}  // namespace

std::vector<RawColumn> read_raw_file(const std::filesystem::path& file, const RawLimits& limits) {
  return unpack_raw_columns(raw_bytes(file, limits), file.string(), limits);
}

std::vector<RawColumn> read_raw_file_on_record(const std::filesystem::path& file,
                                               std::string_view sha256_on_record) {
  const std::string bytes = raw_bytes(file, {});
  if (const std::string now = sha256(bytes).hex(); now != sha256_on_record) {
    throw InputError::unreadable(
        file.string(), "SHA-256 " + now,
        fmt::format("SHA-256 {}, as the record says", printable(sha256_on_record)),
        "put the file of this run back, or run the plan again in another folder");
  }
  return unpack_raw_columns(bytes, file.string());
}

}  // namespace kgaudit::reports
