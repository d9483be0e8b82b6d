#include "models/embedding/foreign/name_map.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void name_maps(std::string_view bytes) {
  MemoryBudget budget(kFuzzMemory);
  static_cast<void>(models::read_name_map(bytes, "names", budget));
}

}  // namespace kgaudit::fuzz::targets
