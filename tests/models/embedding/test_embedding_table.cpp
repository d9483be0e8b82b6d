#include <limits>
#include <utility>

#include "models/embedding/embedding_table.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("A table that grows has room, keeps its padding at 0 and never shrinks", "[models]") {
  FloatTable table;
  table.grow(3, 5);
  CHECK(table.rows() == 3);
  CHECK(table.width() == 5);
  CHECK(table.stride() == 16);
  for (std::size_t i = 0; i < 3; ++i) {
    for (float& x : table.values(i)) x = 1.0F;
  }
  const float* memory = table.data();
  table.grow(2, 5);
  CHECK(table.rows() == 3);
  CHECK(table.data() == memory);
  table.grow(4, 5);
  CHECK(table.rows() >= 4);
  CHECK(padding_is_zero(table));
  table.grow(1, 17);
  CHECK(table.width() == 17);
  CHECK(table.stride() == 32);
}

TEST_CASE("A block is a view of its rows", "[models]") {
  FloatTable table = normal_table(6, 5, 1);
  const RowBlock block = std::as_const(table).block(2, 3);
  CHECK(block.rows == 3);
  CHECK(block.width == 5);
  CHECK(block.stride == table.stride());
  CHECK(block.row(1) == table.row(3));
  const MutableRowBlock same = table.block(2, 3);
  same.row(0)[4] = 7.0F;
  CHECK(table.row(2)[4] == 7.0F);
  CHECK(RowBlock(same).data == block.data);
}

TEST_CASE("A table is finite until one value is not", "[models]") {
  FloatTable table = normal_table(4, 21, 2);
  CHECK(table.all_finite());
  for (const float bad :
       {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN()}) {
    FloatTable other = table;
    other.row(3)[20] = bad;
    CHECK_FALSE(other.all_finite());
  }
  table.row(0)[0] = std::numeric_limits<float>::max();
  table.row(0)[1] = std::numeric_limits<float>::denorm_min();
  CHECK(table.all_finite());
  CHECK(FloatTable().all_finite());
}
