#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// Up to a line of three dashes: the entities; from there on the relations beside them.
void pbg_tsv(std::string_view bytes) {
  constexpr std::string_view kCut = "\n---\n";
  const std::size_t cut = bytes.find(kCut);
  scratch_file(
      "pbg_tsv", "relation_types_parameters.tsv",
      cut == std::string_view::npos ? std::string_view() : bytes.substr(cut + kCut.size()));
  read_embedding(scratch_file("pbg_tsv", "entities.tsv", bytes.substr(0, cut)), "pbg-tsv");
}

}  // namespace kgaudit::fuzz::targets
