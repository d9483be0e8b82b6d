#include "datasets/load_graph.hpp"
#include "suite/base/progress.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// A graph in a tar archive, packed or not.
void archives(std::string_view bytes) {
  datasets::ReadLimits limits;
  limits.archive_bytes = kFuzzMemory;
  static_cast<void>(datasets::load_graph_archive(scratch_file("archives", "graph.tgz", bytes),
                                                 nullptr, silent_progress(), limits));
}

}  // namespace kgaudit::fuzz::targets
