#include <string>
#include <vector>

#include "models/embedding/archive.hpp"
#include "suite/base/hash.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {
namespace {

/// All kinds of state that a training keeps.
void read_state(std::string_view bytes) {
  std::uint32_t epoch = 0;
  std::vector<float> moments(3);
  std::vector<std::uint8_t> none;
  models::FloatTable rows(2, 3);
  models::read_archive(scratch_file("checkpoints", "basic.0.checkpoint", bytes), "basic 0",
                       [&](models::Archive& archive) {
                         archive.value("epoch", epoch);
                         archive.numbers("moments", moments);
                         archive.numbers("none", none);
                         archive.table("rows", rows);
                       });
}

}  // namespace

/// A checkpoint as it is, or, behind a blank line, what its digest is made of: no fuzzer guesses a
/// SHA-256.
void checkpoints(std::string_view bytes) {
  if (!bytes.starts_with('\n')) {
    read_state(bytes);
    return;
  }
  std::string file(bytes.substr(1));
  const Digest digest = sha256(file);
  file.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
  read_state(file);
}

}  // namespace kgaudit::fuzz::targets
