#include <algorithm>
#include <string>
#include <vector>

#include "models/embedding/archive.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/training_parameters.hpp"
#include "tests/models/training/optimizers/steps.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("A row's optimiser state does not touch its neighbour's", "[models]") {
  for (const OptimizerEntry* optimizer : optimizers()) {
    INFO(std::string(optimizer->id));
    const auto alone = optimizer->make(2, 2);
    const auto shared = optimizer->make(2, 2);
    FloatTable a(1, 2), b(1, 2), other(1, 2);
    const FloatTable g = one_row({1.5F, -2.0F});
    shared->apply(0, other.row(0), one_row({100, 100}).row(0), 0.1F, 1);
    shared->apply(1, b.row(0), g.row(0), 0.1F, 1);
    alone->apply(1, a.row(0), g.row(0), 0.1F, 1);
    CHECK(row_of(a, 0) == row_of(b, 0));
    CHECK(row_of(a, 0)[0] != 0.0);
  }
}

TEST_CASE("An optimiser with a zero gradient moves no bit", "[models]") {
  for (const OptimizerEntry* optimizer : optimizers()) {
    INFO(std::string(optimizer->id));
    const auto rule = optimizer->make(1, 2);
    FloatTable x = one_row({0.3F, -0.7F});
    const FloatTable before = x;
    rule->apply(0, x.row(0), one_row({0, 0}).row(0), 0.1F, 1);
    CHECK(x.digest() == before.digest());
  }
}

TEST_CASE("An optimiser that is saved and read back takes the same next step", "[models]") {
  const TemporaryDirectory folder;
  for (const OptimizerEntry* optimizer : optimizers()) {
    INFO(std::string(optimizer->id));
    const auto rule = optimizer->make(2, 3);
    FloatTable x = one_row({0.3F, -0.7F, 0.1F});
    rule->apply(1, x.row(0), one_row({1.0F, -2.0F, 0.5F}).row(0), 0.1F, 1);
    write_archive(folder / "state", "test", [&](Archive& archive) { rule->visit(archive); });
    const auto again = optimizer->make(2, 3);
    read_archive(folder / "state", "test", [&](Archive& archive) { again->visit(archive); });
    FloatTable y = x;
    const FloatTable g = one_row({-0.25F, 1.0F, 3.0F});
    rule->apply(1, x.row(0), g.row(0), 0.1F, 2);
    again->apply(1, y.row(0), g.row(0), 0.1F, 2);
    CHECK(x.digest() == y.digest());
  }
}

TEST_CASE("Every word of the optimiser parameter names its rule", "[models]") {
  const Parameters training(training_parameters());
  const auto row = std::ranges::find(training.table(), "optimizer", &ParameterSpec::name);
  REQUIRE(row != training.table().end());
  std::vector<std::string> ids;
  for (const OptimizerEntry* entry : optimizers()) ids.emplace_back(entry->id);
  CHECK(row->choices == ids);
  for (const std::string& word : row->choices) {
    const OptimizerEntry& found = find_optimizer(word);
    CHECK(found.id == word);
    for (const std::string_view text : {found.title, found.formula, found.source, found.pitfalls}) {
      CHECK_FALSE(text.empty());
    }
  }
}
