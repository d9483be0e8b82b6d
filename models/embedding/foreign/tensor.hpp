#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// The kinds of numbers that tensors of other tools hold.
enum class NumberType : std::uint8_t {
  kFloat16,
  kBfloat16,
  kFloat32,
  kFloat64,
  kComplex64,
  kComplex128,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kBool,
};

[[nodiscard]] std::size_t bytes_of_number(NumberType type);
/// "float32", "bfloat16", ...
[[nodiscard]] std::string_view number_type_name(NumberType type);
[[nodiscard]] bool is_real(NumberType type);
[[nodiscard]] bool is_complex(NumberType type);

/// A tensor as it lies in a file: nothing is copied until its numbers are wanted.
struct TensorView {
  std::string name;
  NumberType type = NumberType::kFloat32;
  bool big_endian = false;
  std::vector<std::uint64_t> shape;
  std::vector<std::int64_t> strides;  ///< in elements, as many as shape
  std::string_view bytes;             ///< from the first element to the end of its storage
  std::shared_ptr<const void> owner;  ///< keeps `bytes` in memory where nothing else does
  /// The same where `bytes` are those of a table of ours (tensor_of): it can be taken, not copied.
  std::shared_ptr<FloatTable> table;

  [[nodiscard]] bool is_matrix() const { return shape.size() == 2; }
  /// Of a matrix.
  [[nodiscard]] std::uint64_t rows() const { return shape.at(0); }
  [[nodiscard]] std::uint64_t width() const { return shape.at(1); }
  /// "14951 x 20".
  [[nodiscard]] std::string shape_text() const;
};

/// Elements of a tensor of this shape. Throws InputError (unreadable) at `place` where that is no
/// 64-bit number.
[[nodiscard]] std::uint64_t element_count(const std::vector<std::uint64_t>& shape,
                                          std::string_view place);
/// Strides of a tensor without gaps, in C's or Fortran's order. The shape's elements are countable.
[[nodiscard]] std::vector<std::int64_t> packed_strides(const std::vector<std::uint64_t>& shape,
                                                       bool fortran_order = false);
/// Throws InputError (unreadable) at `place` unless every element lies within `bytes`.
void check_reach(const TensorView& tensor, std::string_view place);

/// Rows of floats and what was found on the way.
struct ConvertedRows {
  FloatTable rows;
  std::uint64_t not_finite = 0;  ///< values that are infinite or not a number
  std::uint64_t zero_rows = 0;
  std::uint64_t rounded = 0;  ///< values that a float does not hold exactly
};

/// A matrix as rows of floats: the one conversion for all readers. A vector is refused, and so are
/// integers. A complex number becomes two floats, real and imaginary, so that rows are twice as
/// wide. `rows` picks rows by their number, in that order; without it all are read. Throws
/// InputError (unreadable) at `place` for a shape or type that is no table of vectors, or rows that
/// do not fit the budget.
[[nodiscard]] ConvertedRows rows_of(const TensorView& tensor, std::string_view place,
                                    MemoryBudget& budget,
                                    const std::optional<std::vector<std::uint64_t>>& rows = {});

/// The same for all rows, without a copy where the tensor is a table of ours that nobody else
/// holds: it then keeps its shape and has no numbers any more, and the budget is not asked.
[[nodiscard]] ConvertedRows take_rows(TensorView& tensor, std::string_view place,
                                      MemoryBudget& budget);

}  // namespace kgaudit::models
