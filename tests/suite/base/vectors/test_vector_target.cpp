#include <cstdint>
#include <string>
#include <vector>

#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/vectors/vector_target.hpp"
#include "tests/target_in_use.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

TEST_CASE("Kernels run with the best vectors of the processor, or with those that were named",
          "[base]") {
  const std::vector<std::string> targets = vector_targets();
  REQUIRE_FALSE(targets.empty());
  CHECK(vector_target() == targets.front());
  for (const std::string& target : targets) {
    const TargetInUse in_use(target);
    CHECK(vector_target() == target);
    CHECK(vector_targets() == targets);
  }
  CHECK(vector_target() == targets.front());
}

TEST_CASE("Vectors that the processor has not are refused with those that it has", "[base]") {
  const auto use = [] { use_vector_target("mmx", "KGAUDIT_TARGET"); };
  CHECK_THROWS_AS(use(), InputError);
  CHECK_THROWS_WITH(
      use(), Contains("KGAUDIT_TARGET") && Contains("'mmx'") && Contains(vector_targets().back()));
  CHECK(vector_target() == vector_targets().front());
}

TEST_CASE("Numbers below a bound are the same with all vectors", "[base][rng]") {
  const auto results = with_all_targets([] {
    Rng rng(17, "some stream");
    std::vector<std::uint32_t> all;
    for (const std::uint32_t bound : {3U, 1000U, 0xFFFFFFF0U}) {
      std::vector<std::uint32_t> drawn(1000);
      rng.fill_below(drawn, bound);
      all.insert(all.end(), drawn.begin(), drawn.end());
    }
    return all;
  });
  for (const auto& result : results) CHECK(result == results.front());
}
