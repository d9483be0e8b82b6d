#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/foreign_path.hpp"
#include "models/embedding/foreign/tensor.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// Lines of bytes from a file that may be packed: names are not asked to be UTF-8. Ends with LF; a
/// CR before it is left to the caller. Every complaint carries "place:line".
class ByteLines {
 public:
  ByteLines(std::string_view file, std::string place, std::size_t longest = kLongest);

  /// Moves to the next line; false at the end. Throws InputError (unreadable) for a line that is
  /// longer than `longest`.
  bool next();
  /// Without its end; valid until next().
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] InputError error(std::string got, std::string expected,
                                 std::string advice = "") const;

  static constexpr std::size_t kLongest = std::size_t{4} << 20U;

 private:
  MemorySource file_;
  DecompressedSource source_;
  std::string place_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::string_view line_;
  std::uint64_t number_ = 0;
};

/// The first bytes of a file once it is unpacked, at most `bytes` of them.
[[nodiscard]] std::string unpacked_head(std::string_view file, const std::string& place,
                                        std::size_t bytes = std::size_t{1} << 16U);
/// The whole lines in it.
[[nodiscard]] std::vector<std::string_view> head_lines(std::string_view head);

/// Rows of floats that grow line by line, all of one width, within a budget.
class GrowingRows {
 public:
  GrowingRows(std::string place, MemoryBudget& budget)
      : place_(std::move(place)), budget_(budget) {}

  /// Appends the numbers of `fields`, which `separator` stands between; empty fields at the end are
  /// passed over, as some tools end their lines with a separator. Throws InputError (unreadable)
  /// through `lines`.
  void add(std::string_view fields, char separator, const ByteLines& lines);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] TensorView take(std::string name = "") &&;

 private:
  std::string place_;
  MemoryBudget& budget_;
  std::vector<float> values_;
  std::size_t rows_ = 0;
  std::size_t width_ = 0;
};

/// How many of the fields at the end of `line` are numbers: what a line of a name and numbers is
/// told by, since names hold blanks and digits too.
[[nodiscard]] std::size_t numbers_at_end(std::string_view line, char separator);
/// Cuts the last `count` fields off `line`: the name before them and the numbers. Nothing if there
/// are fewer fields.
struct NamedLine {
  std::string_view name;
  std::string_view numbers;
};
[[nodiscard]] std::optional<NamedLine> cut_numbers(std::string_view line, char separator,
                                                   std::size_t count);

}  // namespace kgaudit::models
