#include "datasets/dataset_card.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

void cards(std::string_view bytes) {
  static_cast<void>(datasets::parse_card(bytes, "card.toml", scratch_folder()));
}

}  // namespace kgaudit::fuzz::targets
