#include "datasets/rdf_import.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// A dump in N-Triples, imported into a new folder each time.
void ntriples(std::string_view bytes) {
  const std::filesystem::path out = scratch_folder() / "ntriples" / "out";
  std::filesystem::remove_all(out);
  const auto dump = scratch_file("ntriples", "dump.nt", bytes);
  datasets::ImportOptions options;
  options.valid_share = 0.3;
  options.test_share = 0.3;
  static_cast<void>(datasets::import_people(dump, out, options));
}

}  // namespace kgaudit::fuzz::targets
