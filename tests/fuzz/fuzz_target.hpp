#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace kgaudit::fuzz {

/// One reader that is given bytes of all kinds. What is wrong with them it says by an InputError,
/// which the target lets pass; anything else that leaves it is a finding.
struct FuzzTarget {
  std::string_view id;  ///< its seeds lie in tests/fuzz/corpus/<id>
  void (*read)(std::string_view bytes);
};

/// All of them, in the order of targets.def.
[[nodiscard]] std::span<const FuzzTarget> fuzz_targets();
/// nullptr for an unknown id.
[[nodiscard]] const FuzzTarget* find_fuzz_target(std::string_view id);
/// Runs it. Only an InputError is caught.
void run_fuzz_target(const FuzzTarget& target, std::string_view bytes);

/// Enough for every small file, and far too little for what a hostile one may claim.
inline constexpr std::uint64_t kFuzzMemory = std::uint64_t{16} << 20U;

/// A folder of this process, in memory where the system has such a place; removed at its end.
[[nodiscard]] const std::filesystem::path& scratch_folder();
/// Writes a file in a folder of its own within it, and returns its path.
std::filesystem::path scratch_file(std::string_view folder, std::string_view name,
                                   std::string_view bytes);

/// Reads the file as `format` ("" = whatever sniffing finds) and looks at all that comes of it.
void read_embedding(const std::filesystem::path& file, std::string_view format);

}  // namespace kgaudit::fuzz
