#include "suite/run/early_stopping.hpp"

#include <string>
#include <vector>

#include "suite/plan/plan_parameters.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Parameters evaluation(std::int64_t every, std::int64_t patience) {
  Parameters table(evaluation_parameters());
  table.set("validate_every", ParameterValue(every), "test");
  table.set("patience", ParameterValue(patience), "test");
  return table;
}

TEST_CASE("Early stopping keeps the earliest best epoch and stops after its patience",
          "[run][early-stopping]") {
  EarlyStopping stopping(evaluation(5, 2), 42);
  CHECK_FALSE(stopping.due(4));
  CHECK(stopping.due(5));
  CHECK(stopping.due(42));
  CHECK(stopping.observe(5, 0.30));
  CHECK_FALSE(stopping.observe(10, 0.30));
  CHECK_FALSE(stopping.exhausted());
  CHECK(stopping.observe(15, 0.31));
  CHECK_FALSE(stopping.observe(20, 0.29));
  CHECK_FALSE(stopping.observe(25, 0.28));
  CHECK(stopping.exhausted());
  CHECK(stopping.best_epoch() == 15U);
}

TEST_CASE("The reference system decides for all where it takes part, else the first",
          "[run][early-stopping]") {
  const std::vector<std::string> with = {"kl", "basic", "bose"};
  const std::vector<std::string> without = {"kl", "bose"};
  CHECK(deciding_system(with) == "basic");
  CHECK(deciding_system(without) == "kl");
}

TEST_CASE("Without validation nothing is due and nothing stops", "[run][early-stopping]") {
  const EarlyStopping never(evaluation(0, 3), 10);
  CHECK_FALSE(never.due(10));
  CHECK_FALSE(never.exhausted());
  CHECK_FALSE(never.best_epoch());
  EarlyStopping patient(evaluation(1, 0), 10);
  for (std::uint32_t epoch = 1; epoch <= 10; ++epoch) patient.observe(epoch, 1.0 / epoch);
  CHECK_FALSE(patient.exhausted());
}

}  // namespace
}  // namespace kgaudit::run
