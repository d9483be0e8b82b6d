#include <array>

#include "suite/base/files/decompressed_source.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// gzip, zstd and bzip2; what is packed may be a thousand times longer, so its beginning will do.
void packed(std::string_view bytes) {
  MemorySource memory(bytes);
  DecompressedSource source(memory, "packed");
  std::array<char, 4096> buffer{};
  for (int i = 0; i < 256 && source.read(buffer) > 0; ++i) {
  }
}

}  // namespace kgaudit::fuzz::targets
