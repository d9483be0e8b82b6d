#include <array>
#include <vector>

#include "models/training/occurrences.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Gradient rows of an id are summed in the order of the gradients", "[models]") {
  SparseGradient first, second;
  first.append(7, 2)[0] = 1.0F;
  first.append(3, 2)[1] = 10.0F;
  first.append(7, 2)[0] = 2.0F;
  second.append(3, 2)[0] = 5.0F;
  const std::array<const SparseGradient*, 2> both = {&first, &second};
  Occurrences occurrences;
  for (int batch = 0; batch < 2; ++batch) {
    occurrences.begin_batch(9);
    for (const SparseGradient* g : both)
      for (const std::uint32_t id : g->ids) occurrences.note(id);
    CHECK(std::vector<std::uint32_t>(occurrences.ids().begin(), occurrences.ids().end()) ==
          std::vector<std::uint32_t>{7, 3});
    CHECK(occurrences.slot()[3] == 1);
    occurrences.collect(both);
    CHECK(occurrences.count(0) == 2);
    CHECK(occurrences.count(1) == 2);
    FloatTable sum(2, 2);
    for (std::size_t i = 0; i < 2; ++i) occurrences.sum(i, sum.row(i), sum.stride());
    CHECK(row_of(sum, 0) == Doubles{3.0, 0.0});
    CHECK(row_of(sum, 1) == Doubles{5.0, 10.0});
    CHECK(padding_is_zero(sum));
  }
}

TEST_CASE("A batch forgets the ids of the one before", "[models]") {
  Occurrences occurrences;
  occurrences.begin_batch(4);
  occurrences.note(2);
  occurrences.begin_batch(4);
  occurrences.note(1);
  occurrences.note(1);
  REQUIRE(occurrences.ids().size() == 1);
  CHECK(occurrences.ids()[0] == 1);
}

TEST_CASE("A summed gradient has one row for each id, and none after it was cleared", "[models]") {
  SummedGradient gradient;
  gradient.row(7, 3)[1] = 2.0F;
  gradient.row(2, 3)[0] = 1.0F;
  gradient.row(7, 3)[1] += 0.5F;
  CHECK(gradient.rows().ids == std::vector<std::uint32_t>{7, 2});
  CHECK(gradient.row(7, 3)[1] == 2.5F);
  CHECK(gradient.row(2, 3)[1] == 0.0F);
  gradient.clear();
  CHECK(gradient.rows().ids.empty());
  CHECK(gradient.row(7, 3)[1] == 0.0F);
  CHECK(gradient.rows().ids == std::vector<std::uint32_t>{7});
}
