#include "suite/run/provenance.hpp"

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

TEST_CASE("Fingerprints hold no blank and do not change from call to call", "[run][provenance]") {
  CHECK(build_fingerprint() == build_fingerprint());
  CHECK(machine_fingerprint() == machine_fingerprint());
  CHECK(build_fingerprint().contains("compiler"));
  CHECK(machine_fingerprint().contains("processors"));
  for (const auto& facts : {build_fingerprint(), machine_fingerprint(), machine_state()}) {
    for (const auto& [name, value] : facts) CHECK_FALSE(value.empty());
  }
  CHECK(peak_memory() > (1U << 20U));
}

}  // namespace
}  // namespace kgaudit::run
