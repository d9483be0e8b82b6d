#include <cstring>
#include <string>

#include <zstd.h>

#include "reports/record/raw_store.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {
namespace {

void take_columns(std::string_view bytes) {
  reports::RawLimits limits;
  limits.payload_bytes = kFuzzMemory;
  const auto columns = reports::unpack_raw_columns(bytes, "raw", limits);
  // Compared packed: a column may hold NaN, which is equal to nothing.
  const std::string packed = reports::pack_raw_columns(columns);
  KGA_REQUIRE(reports::pack_raw_columns(reports::unpack_raw_columns(packed, "again")) == packed,
              "{} columns change when they are written", columns.size());
}

/// A file whose header fits its columns, so that what is in them is read at all: no fuzzer guesses
/// a SHA-256.
std::string with_header(std::string_view payload, std::uint32_t columns) {
  std::string packed(ZSTD_compressBound(payload.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), payload.data(), payload.size(), 1));
  std::string file = "KGAUDRAW";
  const auto put = [&file](const auto& value) {
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  put(std::uint32_t{1});
  put(columns);
  put(std::uint64_t{payload.size()});
  put(std::uint64_t{packed.size()});
  put(sha256(payload).bytes);
  return file + packed;
}

}  // namespace

/// raw/*.bin of a run: whole files, and the columns alone behind a byte that counts them.
void raw_files(std::string_view bytes) {
  if (bytes.starts_with("KGAUDRAW")) {
    take_columns(bytes);
    return;
  }
  if (bytes.empty()) return;
  const auto columns = static_cast<unsigned char>(bytes.front());
  take_columns(with_header(bytes.substr(1), columns));
}

}  // namespace kgaudit::fuzz::targets
