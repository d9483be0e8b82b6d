#include "models/embedding/embedding_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <sys/mman.h>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

void add_table(Sha256& hasher, const FloatTable& table) {
  const std::array<std::uint64_t, 2> shape = {table.rows(), table.width()};
  hasher.add_values(std::span<const std::uint64_t>(shape));
  for (std::size_t i = 0; i < table.rows(); ++i) hasher.add_values(table.values(i));
}

}  // namespace

FloatTable::FloatTable(std::size_t rows, std::size_t width)
    : rows_(rows),
      width_(width),
      stride_((width + kLine - 1) / kLine * kLine),
      values_(rows * stride_) {}

void FloatTable::grow(std::size_t rows, std::size_t width) {
  if (rows_ >= rows && width_ == width) return;
  *this = FloatTable(width_ == width ? std::max(rows, 2 * rows_) : rows, width);
}

void FloatTable::add_row(std::span<const float> values) {
  KGA_REQUIRE(values.size() == width_, "{} values for rows of {}", values.size(), width_);
  values_.resize((rows_ + 1) * stride_);
  std::copy(values.begin(), values.end(), row(rows_));
  ++rows_;
}

void FloatTable::ask_for_huge_pages(void* memory, std::size_t bytes) {
  // When the kernel refuses, only speed is lost.
  ::madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
}

bool FloatTable::all_finite() const {
  constexpr std::uint32_t kExponent = 0x7F80'0000;  // all ones: infinite or not a number
  bool finite = true;
  for (const float value : values_) {
    finite &= (std::bit_cast<std::uint32_t>(value) & kExponent) != kExponent;
  }
  return finite;
}

Digest FloatTable::digest() const {
  Sha256 hasher;
  add_table(hasher, *this);
  return hasher.finish();
}

Digest EmbeddingTable::digest() const {
  Sha256 hasher;
  add_table(hasher, entities);
  add_table(hasher, relations);
  hasher.add(reciprocal ? "reciprocal" : "plain");
  return hasher.finish();
}

}  // namespace kgaudit::models
