#include <cctype>

#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

TrainingOptions with(Changes changes) {
  Parameters parameters(training_parameters());
  for (const auto& [name, text] : changes) parameters.set(name, text, "test");
  return TrainingOptions(parameters);
}

}  // namespace

TEST_CASE("The learning rate rises over the warm-up and then goes to its last share", "[models]") {
  const TrainingOptions options = with({{"epochs", "5"},
                                        {"learning_rate", "0.5"},
                                        {"final_learning_rate", "0.2"},
                                        {"warm_up_epochs", "1"}});
  const auto at = [&](std::uint64_t step) {
    return static_cast<double>(options.learning_rate_at(step, 10));
  };
  CHECK(at(0) == Approx(0.05));
  CHECK(at(4) == Approx(0.25));
  CHECK(at(9) == Approx(0.5));
  CHECK(at(10) == Approx(0.5));
  CHECK(at(30) == Approx(0.3));  // half of the way from the warm-up to the end
  CHECK(at(50) == Approx(0.1));
  CHECK(at(90) == Approx(0.1));
}

TEST_CASE("A learning rate without warm-up and decay is constant", "[models]") {
  const TrainingOptions options = with({{"learning_rate", "0.25"}, {"warm_up_epochs", "0"}});
  for (const std::uint64_t step : {0U, 1U, 1000U}) {
    CHECK(options.learning_rate_at(step, 10) == 0.25F);
  }
}

TEST_CASE("A chunk is no larger than its batch, and a training has negatives", "[models]") {
  CHECK(with({{"batch_size", "10"}, {"chunk_size", "50"}}).chunk_size == 10);
  CHECK(with({{"batch_size", "10"}, {"chunk_size", "4"}}).chunks_per_batch() == 3);
  CHECK_THROWS_AS(with({{"uniform_negatives", "0"}, {"in_batch_negatives", "false"}}), InputError);
  CHECK_THROWS_AS(with({{"uniform_negatives", "0"}, {"chunk_size", "1"}}), InputError);
}
