#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/foreign/foreign_path.hpp"
#include "models/embedding/foreign/packed_text.hpp"
#include "models/embedding/foreign/tensor.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/decompressed_source.hpp"
#include "suite/base/files/scratch_file.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::models {

/// Lines of bytes from a file that may be packed: names are not asked to be UTF-8. Ends with LF; a
/// CR before it is left to the caller. Every complaint carries "place:line".
class ByteLines {
 public:
  /// Bytes that are in memory and must outlive this.
  ByteLines(std::string_view file, std::string place, std::size_t longest = kLongest);
  /// A file that `path` has opened, read as PackedText does it.
  ByteLines(ForeignPath& path, const MappedFile& file);

  /// Moves to the next line; false at the end. Throws InputError (unreadable) for a line that is
  /// longer than `longest`.
  bool next();
  /// Without its end; valid until next().
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// How much of the file has been read, in [0, 1]; nothing of bytes in memory.
  [[nodiscard]] std::optional<double> share_read() const;
  [[nodiscard]] InputError error(std::string got, std::string expected,
                                 std::string advice = "") const;

  static constexpr std::size_t kLongest = std::size_t{4} << 20U;

 private:
  std::unique_ptr<ByteSource> source_;
  const PackedText* file_ = nullptr;  ///< the same, of a file
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

/// A field that is no number, and its place among the fields, from 0.
struct BadField {
  std::string_view text;
  std::size_t index = 0;
};
/// Appends the numbers of `fields`, which `separator` stands between, to `numbers`, as float_from
/// reads them; of several blanks in a row that separate, one counts. Stops at the first field that
/// is no number and returns it.
[[nodiscard]] std::optional<BadField> append_numbers(std::string_view fields, char separator,
                                                     std::vector<float>& numbers);

/// Rows of floats that grow line by line, all of one width, within a budget. They are kept once, in
/// the table that TensorView::table then is, or, with ReadOptions::scratch, in a file without a
/// name, where they cost no memory.
class GrowingRows {
 public:
  /// Rows of the file `place` that `path` has opened.
  GrowingRows(ForeignPath& path, std::string place);
  explicit GrowingRows(ForeignPath& path) : GrowingRows(path, path.place()) {}

  /// What a header announces: throws InputError (unreadable) at once where the budget cannot hold
  /// it. A header that says more than a file of `file_bytes` can hold is left to the file's end.
  void expect(std::uint64_t rows, std::uint64_t width, std::uint64_t file_bytes);
  /// Appends the numbers of `fields`, which `separator` stands between; empty fields at the end are
  /// passed over, as some tools end their lines with a separator. Throws InputError (unreadable)
  /// through `lines`.
  void add(std::string_view fields, char separator, const ByteLines& lines);
  /// Appends a row of width() numbers; the first row says how many that are. `share_read` is how
  /// much of the file has been read, for as much room as its rest will need. Throws InputError
  /// (unreadable) when the budget is used up.
  void add(std::span<const float> numbers, std::optional<double> share_read = std::nullopt);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// 0 without a row.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// A tensor of the rows; `width` is that of no rows.
  [[nodiscard]] TensorView take(std::string name = "", std::size_t width = 0) &&;

 private:
  void make_room(std::optional<double> share_read);

  std::string place_;
  MemoryBudget& budget_;
  std::size_t rows_ = 0;
  std::size_t width_ = 0;
  std::optional<FloatTable> table_;
  std::unique_ptr<ScratchFile> scratch_;
  std::vector<float> line_;  ///< the numbers of one
};

/// How many of the fields at the end of `line` are numbers: what a line of a name and numbers is
/// told by, since names hold blanks and digits too.
[[nodiscard]] std::size_t numbers_at_end(std::string_view line, char separator);
/// How many separators stand in a line.
[[nodiscard]] std::size_t separators_in(std::string_view line, char separator);
/// Cuts the last `count` fields off `line`: the name before them and the numbers. Nothing if there
/// are fewer fields.
struct NamedLine {
  std::string_view name;
  std::string_view numbers;
};
[[nodiscard]] std::optional<NamedLine> cut_numbers(std::string_view line, char separator,
                                                   std::size_t count);

}  // namespace kgaudit::models
