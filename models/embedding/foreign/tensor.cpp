#include "models/embedding/foreign/tensor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

struct NumberFacts {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<NumberFacts, 15> kNumberFacts = {{{"float16", 2},
                                                       {"bfloat16", 2},
                                                       {"float32", 4},
                                                       {"float64", 8},
                                                       {"complex64", 8},
                                                       {"complex128", 16},
                                                       {"int8", 1},
                                                       {"int16", 2},
                                                       {"int32", 4},
                                                       {"int64", 8},
                                                       {"uint8", 1},
                                                       {"uint16", 2},
                                                       {"uint32", 4},
                                                       {"uint64", 8},
                                                       {"bool", 1}}};

/// IEEE 754 binary16.
double from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 0x1F;
  const double fraction = bits & 0x3FFU;
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

template <typename T>
T raw_at(const char* from, bool big_endian) {
  std::array<char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), from, sizeof(T));
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<T>(bytes);
}

/// The real number at `from`; for a complex type, its real part.
double real_at(const char* from, NumberType type, bool big_endian) {
  switch (type) {
    case NumberType::kFloat16:
      return from_half(raw_at<std::uint16_t>(from, big_endian));
    case NumberType::kBfloat16:
      return std::bit_cast<float>(std::uint32_t{raw_at<std::uint16_t>(from, big_endian)} << 16U);
    case NumberType::kFloat64:
    case NumberType::kComplex128:
      return raw_at<double>(from, big_endian);
    default:
      return raw_at<float>(from, big_endian);
  }
}

void count_numbers(std::span<const float> row, ConvertedRows& out) {
  bool zero = true;
  for (const float x : row) {
    out.not_finite += std::isfinite(x) ? 0U : 1U;
    zero &= x == 0.0F;
  }
  out.zero_rows += zero ? 1U : 0U;
}

/// Reads rows of one tensor.
class RowConverter {
 public:
  RowConverter(const TensorView& tensor, ConvertedRows& out)
      : tensor_(tensor),
        out_(out),
        item_(bytes_of_number(tensor.type)),
        parts_(is_complex(tensor.type) ? 2 : 1) {}

  void convert(std::uint64_t from, std::uint64_t to) {
    const char* const start = tensor_.bytes.data() + static_cast<std::int64_t>(from) *
                                                         tensor_.strides[0] *
                                                         static_cast<std::int64_t>(item_);
    float* const row = out_.rows.row(to);
    const std::size_t width = out_.rows.width();
    const bool plain = tensor_.type == NumberType::kFloat32 && !tensor_.big_endian &&
                       (tensor_.strides[1] == 1 || width == 1);
    if (plain) {
      std::memcpy(row, start, width * sizeof(float));
    } else {
      for (std::size_t k = 0; k < width; ++k) row[k] = number(start, k);
    }
    count_numbers(out_.rows.values(to), out_);
  }

 private:
  float number(const char* start, std::size_t k) {
    const auto step = static_cast<std::int64_t>(k / parts_) * tensor_.strides[1] *
                      static_cast<std::int64_t>(item_);
    const char* const at = start + step + (k % parts_) * (item_ / 2);
    const double value = real_at(at, tensor_.type, tensor_.big_endian);
    const auto narrow = static_cast<float>(value);
    if (std::isfinite(value) && static_cast<double>(narrow) != value) ++out_.rounded;
    return narrow;
  }

  const TensorView& tensor_;
  ConvertedRows& out_;
  std::size_t item_;
  std::size_t parts_;
};

}  // namespace

std::size_t bytes_of_number(NumberType type) {
  return kNumberFacts[static_cast<std::size_t>(type)].bytes;
}

std::string_view number_type_name(NumberType type) {
  return kNumberFacts[static_cast<std::size_t>(type)].name;
}

bool is_real(NumberType type) { return type <= NumberType::kFloat64; }

bool is_complex(NumberType type) {
  return type == NumberType::kComplex64 || type == NumberType::kComplex128;
}

std::string TensorView::shape_text() const {
  return shape.empty() ? "a single number" : fmt::format("{}", fmt::join(shape, " x "));
}

std::uint64_t element_count(const std::vector<std::uint64_t>& shape, std::string_view place) {
  // A zero somewhere does not excuse the others.
  std::uint64_t count = 1;
  bool empty = false;
  for (const std::uint64_t length : shape) {
    empty |= length == 0;
    if (length != 0 &&
        (__builtin_mul_overflow(count, length, &count) || count > (std::uint64_t{1} << 60U))) {
      throw InputError::unreadable(std::string(place),
                                   fmt::format("a shape of {}", fmt::join(shape, " x ")),
                                   "a shape that a file can hold", "fetch or save the file again");
    }
  }
  return empty ? 0 : count;
}

std::vector<std::int64_t> packed_strides(const std::vector<std::uint64_t>& shape,
                                         bool fortran_order) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  std::int64_t step = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t axis = fortran_order ? i : shape.size() - 1 - i;
    strides[axis] = step;
    step *= static_cast<std::int64_t>(std::max<std::uint64_t>(shape[axis], 1));
  }
  return strides;
}

void check_reach(const TensorView& tensor, std::string_view place) {
  KGA_REQUIRE(tensor.strides.size() == tensor.shape.size(), "{} strides for {} axes",
              tensor.strides.size(), tensor.shape.size());
  if (element_count(tensor.shape, place) == 0) return;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const std::int64_t stride = tensor.strides[i];
    std::uint64_t reach = 0;
    const bool absurd =
        stride < 0 ||
        __builtin_mul_overflow(tensor.shape[i] - 1, static_cast<std::uint64_t>(stride), &reach) ||
        __builtin_add_overflow(last, reach, &last);
    if (absurd) {
      throw InputError::unreadable(
          std::string(place),
          fmt::format("strides of {} for a shape of {}", fmt::join(tensor.strides, ", "),
                      tensor.shape_text()),
          "strides that a file can hold");
    }
  }
  const std::uint64_t fit = tensor.bytes.size() / bytes_of_number(tensor.type);
  if (last >= fit) {
    throw InputError::unreadable(
        std::string(place),
        fmt::format("{} numbers of type {} in {} bytes", tensor.shape_text(),
                    number_type_name(tensor.type), with_thousands(tensor.bytes.size())),
        fmt::format("all {} of them", with_thousands(last == ~std::uint64_t{0} ? last : last + 1)),
        "the file is cut off: fetch or save it again");
  }
}

ConvertedRows rows_of(const TensorView& tensor, std::string_view place, MemoryBudget& budget,
                      const std::optional<std::vector<std::uint64_t>>& rows) {
  const std::string where =
      tensor.name.empty() ? std::string(place) : fmt::format("{}:{}", place, tensor.name);
  if (!tensor.is_matrix()) {
    throw InputError::unreadable(where, fmt::format("a tensor of {}", tensor.shape_text()),
                                 "a matrix with one row for each vector");
  }
  if (!is_real(tensor.type) && !is_complex(tensor.type)) {
    throw InputError::unreadable(where,
                                 fmt::format("numbers of type {}", number_type_name(tensor.type)),
                                 "real or complex numbers, as vectors have");
  }
  check_reach(tensor, where);
  const std::uint64_t count = rows ? rows->size() : tensor.rows();
  const std::uint64_t parts = is_complex(tensor.type) ? 2 : 1;
  // Rows are padded to lines of the cache.
  std::uint64_t padded = 0;
  if (__builtin_mul_overflow(tensor.width(), parts * sizeof(float), &padded) ||
      __builtin_add_overflow(padded, 64, &padded)) {
    padded = ~std::uint64_t{0};
  }
  budget.take(count, padded, where, "rows of floats");
  ConvertedRows out;
  out.rows = FloatTable(count, tensor.width() * parts);
  if (tensor.width() == 0) return out;
  RowConverter converter(tensor, out);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t from = rows ? (*rows)[i] : i;
    KGA_REQUIRE(from < tensor.rows(), "row {} of {}", from, tensor.rows());
    converter.convert(from, i);
  }
  return out;
}

ConvertedRows take_rows(TensorView& tensor, std::string_view place, MemoryBudget& budget) {
  if (!tensor.table || tensor.table.use_count() > 1 || !tensor.is_matrix() ||
      tensor.table->rows() != tensor.rows() || tensor.table->width() != tensor.width()) {
    return rows_of(tensor, place, budget);
  }
  ConvertedRows out;
  out.rows = std::move(*tensor.table);
  tensor.table.reset();
  tensor.bytes = {};
  for (std::size_t i = 0; i < out.rows.rows(); ++i) count_numbers(out.rows.values(i), out);
  return out;
}

}  // namespace kgaudit::models
