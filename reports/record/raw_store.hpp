#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "suite/base/hash.hpp"

namespace kgaudit::reports {

/// One raw column: a value for each unit (a test triple, a person), kept so that statistics can be
/// made anew without training anew. Bits are kept as they are, non-finite floats included.
struct RawColumn {
  std::string name;  ///< "ranks.tail", "score_gap.gender"; at most 4 MiB
  std::string unit;  ///< what `ids` count: "test triple", "entity"; at most 4 MiB
  std::vector<std::uint32_t> ids;
  std::variant<std::vector<float>, std::vector<std::uint32_t>> values;  ///< as many as `ids`

  bool operator==(const RawColumn&) const = default;
};

/// Limits of a reader: a file that asks for more is refused before memory is taken.
struct RawLimits {
  std::uint64_t payload_bytes = 1ULL << 30U;
  std::uint32_t columns = 4096;
};

/// The columns as a file (little-endian):
///   "KGAUDRAW", u32 version = 1, u32 columns, u64 payload bytes, u64 packed bytes,
///   SHA-256 of the payload, the payload as one zstd frame.
/// Payload, for each column: u32 length + name, u32 length + unit, u8 type (0 f32, 1 u32),
/// u64 count, ids u32[count], values[count].
[[nodiscard]] std::string pack_raw_columns(const std::vector<RawColumn>& columns);

/// The inverse. Throws InputError (unreadable) at `place` for anything that is not exactly such a
/// file; memory grows with what was really unpacked, never with what a header claims.
[[nodiscard]] std::vector<RawColumn> unpack_raw_columns(std::string_view bytes,
                                                        std::string_view place,
                                                        const RawLimits& limits = {});

/// Writes the file through a temporary neighbour and a rename, and returns its SHA-256.
Digest write_raw_file(const std::filesystem::path& file, const std::vector<RawColumn>& columns);
[[nodiscard]] std::vector<RawColumn> read_raw_file(const std::filesystem::path& file,
                                                   const RawLimits& limits = {});
/// The same of a file that a record names: it must have the SHA-256 (hex) on record, or what is
/// made of it would not be what the record says. Throws InputError (unreadable) otherwise.
[[nodiscard]] std::vector<RawColumn> read_raw_file_on_record(const std::filesystem::path& file,
                                                             std::string_view sha256_on_record);

}  // namespace kgaudit::reports
