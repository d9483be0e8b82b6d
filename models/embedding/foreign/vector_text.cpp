#include "models/embedding/foreign/vector_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {

namespace {

/// Bytes in memory, unpacked.
class UnpackedBytes final : public ByteSource {
 public:
  UnpackedBytes(std::string_view bytes, const std::string& place)
      : memory_(bytes), unpacked_(memory_, place) {}
  std::size_t read(std::span<char> buffer) override { return unpacked_.read(buffer); }

 private:
  MemorySource memory_;
  DecompressedSource unpacked_;
};

constexpr std::size_t kLineBuffer = std::size_t{1} << 18U;
/// Rows before what is left of a file is worth guessing.
constexpr std::size_t kFirstRows = 1024;

std::string_view without_end(std::string_view line, char separator) {
  while (!line.empty() && (line.back() == separator || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

ByteLines::ByteLines(std::string_view file, std::string place, std::size_t longest)
    : source_(std::make_unique<UnpackedBytes>(file, place)),
      place_(std::move(place)),
      longest_(longest),
      buffer_(kLineBuffer, '\0') {}

ByteLines::ByteLines(ForeignPath& path, const MappedFile& file)
    : place_(file.path().string()), longest_(kLongest), buffer_(kLineBuffer, '\0') {
  auto text = std::make_unique<PackedText>(path, file);
  file_ = text.get();
  source_ = std::move(text);
}

std::optional<double> ByteLines::share_read() const {
  return file_ != nullptr ? std::optional(file_->share_read()) : std::nullopt;
}

InputError ByteLines::error(std::string got, std::string expected, std::string advice) const {
  return InputError::unreadable(fmt::format("{}:{}", place_, std::max<std::uint64_t>(number_, 1)),
                                std::move(got), std::move(expected), std::move(advice));
}

bool ByteLines::next() {
  std::size_t searched = 0;
  const char* found = nullptr;
  for (;;) {
    const std::size_t have = end_ - begin_;
    if (have > searched) {
      found = static_cast<const char*>(
          std::memchr(buffer_.data() + begin_ + searched, '\n', have - searched));
    }
    if (found != nullptr || at_end_) break;
    searched = have;
    if (have > longest_) {
      ++number_;
      throw error(fmt::format("a line of more than {}", bytes_text(longest_)),
                  "text with one row a line");
    }
    std::memmove(buffer_.data(), buffer_.data() + begin_, have);
    begin_ = 0;
    end_ = have;
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const std::size_t got = source_->read(std::span(buffer_).subspan(end_));
    end_ += got;
    at_end_ = got == 0;
  }
  const std::size_t length = found != nullptr
                                 ? static_cast<std::size_t>(found - (buffer_.data() + begin_))
                                 : end_ - begin_;
  if (found == nullptr && length == 0) return false;
  ++number_;
  line_ = std::string_view(buffer_).substr(begin_, length);
  begin_ += length + (found != nullptr ? 1 : 0);
  return true;
}

std::string unpacked_head(std::string_view file, const std::string& place, std::size_t bytes) {
  MemorySource memory(file);
  DecompressedSource source(memory, place);
  std::string head(bytes, '\0');
  std::size_t have = 0;
  for (std::size_t got = 1; got > 0 && have < bytes; have += got) {
    got = source.read(std::span(head).subspan(have));
  }
  head.resize(have);
  return head;
}

std::vector<std::string_view> head_lines(std::string_view head) {
  std::vector<std::string_view> lines;
  for (std::size_t end = head.find('\n'); end != std::string_view::npos; end = head.find('\n')) {
    lines.push_back(head.substr(0, end));
    head.remove_prefix(end + 1);
  }
  // A short file's last line may lack its end.
  if (lines.empty() && !head.empty()) lines.push_back(head);
  return lines;
}

std::optional<BadField> append_numbers(std::string_view fields, char separator,
                                       std::vector<float>& numbers) {
  const char* at = fields.data();
  const char* const end = at + fields.size();
  for (std::size_t index = 0;; ++index) {
    while (separator == ' ' && at != end && *at == ' ') ++at;
    float value = 0.0F;
    auto [stopped, failure] = std::from_chars(at, end, value);
    if (failure != std::errc() || (stopped != end && *stopped != separator)) {
      // A sign, a number out of range, or no number: one field more slowly.
      stopped = std::find(at, end, separator);
      const std::string_view field(at, static_cast<std::size_t>(stopped - at));
      const auto slowly = float_from(field);
      if (!slowly) return BadField{field, index};
      value = *slowly;
    }
    numbers.push_back(value);
    if (stopped == end) return std::nullopt;
    at = stopped + 1;
  }
}

GrowingRows::GrowingRows(ForeignPath& path, std::string place)
    : place_(std::move(place)), budget_(path.budget()) {
  const std::filesystem::path& folder = path.options().scratch;
  if (!folder.empty()) scratch_ = std::make_unique<ScratchFile>(folder);
}

void GrowingRows::expect(std::uint64_t rows, std::uint64_t width, std::uint64_t file_bytes) {
  if (scratch_) return;
  // A number takes two bytes at least, and deflate packs a thousand bytes into one at best.
  constexpr std::uint64_t kNumbersInByte = 516;
  if (width > file_bytes * kNumbersInByte || rows > file_bytes * kNumbersInByte / width) return;
  MemoryBudget(budget_.left())
      .take(rows, FloatTable(0, width).stride() * sizeof(float), place_, "rows of floats");
}

void GrowingRows::add(std::string_view fields, char separator, const ByteLines& lines) {
  while (!fields.empty() &&
         (fields.back() == separator || fields.back() == '\r' || fields.back() == ' ')) {
    fields.remove_suffix(1);
  }
  line_.clear();
  if (const auto bad = append_numbers(fields, separator, line_)) {
    throw lines.error(fmt::format("'{}' as number {}", printable(bad->text, 20), bad->index + 1),
                      "numbers");
  }
  if (rows_ > 0 && line_.size() != width_) {
    throw lines.error(fmt::format("{} numbers", line_.size()),
                      fmt::format("{} numbers, as in the first row", width_));
  }
  add(line_, lines.share_read());
}

void GrowingRows::add(std::span<const float> numbers, std::optional<double> share_read) {
  if (rows_ == 0) width_ = numbers.size();
  ++rows_;
  if (scratch_) {
    KGA_REQUIRE(numbers.size() == width_, "{} numbers after {}", numbers.size(), width_);
    scratch_->append({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
    return;
  }
  if (!table_) table_.emplace(0, width_);
  budget_.take(table_->stride() * sizeof(float), place_, "rows of floats");
  if (table_->rows() == table_->capacity()) make_room(share_read);
  table_->add_row(numbers);
}

void GrowingRows::make_room(std::optional<double> share_read) {
  const std::size_t rows = table_->rows();
  std::size_t wanted = std::max(2 * rows, kFirstRows);
  if (rows >= kFirstRows && share_read && *share_read > 0.0) {
    // A little more than the rest would need if it is like the beginning. Memory without rows in it
    // is never touched.
    const double all = static_cast<double>(rows) / *share_read;
    wanted = std::max(rows + rows / 8, static_cast<std::size_t>(std::min(all * 1.05, 0x1p50)));
  }
  // What the budget does not allow need not have room.
  const std::size_t row_bytes = std::max<std::size_t>(table_->stride() * sizeof(float), 1);
  table_->reserve(std::min<std::size_t>(wanted, rows + 1 + budget_.left() / row_bytes));
}

TensorView GrowingRows::take(std::string name, std::size_t width) && {
  if (!scratch_ || rows_ == 0) {
    return tensor_of(table_ ? std::move(*table_) : FloatTable(0, width), std::move(name));
  }
  TensorView tensor;
  tensor.name = std::move(name);
  tensor.shape = {rows_, width_};
  tensor.strides = packed_strides(tensor.shape);
  const auto bytes = scratch_->map();
  tensor.bytes = *bytes;
  tensor.owner = bytes;
  return tensor;
}

std::size_t numbers_at_end(std::string_view line, char separator) {
  line = without_end(line, separator);
  std::size_t count = 0;
  while (!line.empty()) {
    const std::size_t at = line.rfind(separator);
    const std::string_view field = at == std::string_view::npos ? line : line.substr(at + 1);
    if (!float_from(field)) break;
    ++count;
    if (at == std::string_view::npos) break;
    line = line.substr(0, at);
  }
  return count;
}

std::size_t separators_in(std::string_view line, char separator) {
  // Pieces short enough that a byte holds the count of one: many bytes are compared at once.
  constexpr std::size_t kPiece = 128;
  std::size_t count = 0;
  for (; line.size() >= kPiece; line.remove_prefix(kPiece)) {
    std::uint8_t of_piece = 0;
    for (std::size_t i = 0; i < kPiece; ++i) {
      of_piece = static_cast<std::uint8_t>(of_piece + (line[i] == separator ? 1 : 0));
    }
    count += of_piece;
  }
  return count + static_cast<std::size_t>(std::count(line.begin(), line.end(), separator));
}

std::optional<NamedLine> cut_numbers(std::string_view line, char separator, std::size_t count) {
  line = without_end(line, separator);
  const std::size_t have = separators_in(line, separator);
  if (count == 0 || have < count) return std::nullopt;
  std::size_t at = 0;
  if (have == count) {
    at = line.find(separator);
  } else {
    // A name that holds separators itself.
    at = line.size();
    for (std::size_t i = 0; i < count; ++i) at = line.rfind(separator, at - 1);
  }
  return NamedLine{line.substr(0, at), line.substr(at + 1)};
}

}  // namespace kgaudit::models
