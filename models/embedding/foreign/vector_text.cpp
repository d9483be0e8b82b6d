#include "models/embedding/foreign/vector_text.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "models/embedding/foreign/reading.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {

ByteLines::ByteLines(std::string_view file, std::string place, std::size_t longest)
    : file_(file), source_(file_, place), place_(std::move(place)), longest_(longest) {
  buffer_.resize(std::size_t{1} << 18U);
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
    const std::size_t got = source_.read(std::span(buffer_).subspan(end_));
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

void GrowingRows::add(std::string_view fields, char separator, const ByteLines& lines) {
  while (!fields.empty() &&
         (fields.back() == separator || fields.back() == '\r' || fields.back() == ' ')) {
    fields.remove_suffix(1);
  }
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    while (fields.starts_with(separator) && separator == ' ') fields.remove_prefix(1);
    const std::size_t end = fields.find(separator);
    const std::string_view field = fields.substr(0, end);
    more = end != std::string_view::npos;
    if (more) fields.remove_prefix(end + 1);
    const auto value = float_from(field);
    if (!value) {
      throw lines.error(fmt::format("'{}' as number {}", printable(field, 20), count + 1),
                        "numbers");
    }
    if (values_.size() == values_.capacity()) {
      const std::size_t next = std::max<std::size_t>(2 * values_.size(), 4096);
      budget_.take(next - values_.size(), sizeof(float), place_, "rows of floats");
      values_.reserve(next);
    }
    values_.push_back(*value);
  }
  if (rows_ == 0) width_ = count;
  if (count != width_) {
    throw lines.error(fmt::format("{} numbers", count),
                      fmt::format("{} numbers, as in the first row", width_));
  }
  ++rows_;
}

TensorView GrowingRows::take(std::string name) && {
  TensorView tensor;
  tensor.name = std::move(name);
  tensor.shape = {rows_, width_};
  tensor.strides = packed_strides(tensor.shape);
  const auto kept = std::make_shared<const std::vector<float>>(std::move(values_));
  tensor.bytes = {reinterpret_cast<const char*>(kept->data()), kept->size() * sizeof(float)};
  tensor.owner = kept;
  return tensor;
}

std::size_t numbers_at_end(std::string_view line, char separator) {
  while (!line.empty() && (line.back() == separator || line.back() == '\r')) line.remove_suffix(1);
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

std::optional<NamedLine> cut_numbers(std::string_view line, char separator, std::size_t count) {
  while (!line.empty() && (line.back() == separator || line.back() == '\r')) line.remove_suffix(1);
  std::size_t at = line.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (at == 0) return std::nullopt;
    at = line.rfind(separator, at - 1);
    if (at == std::string_view::npos) return std::nullopt;
  }
  return NamedLine{line.substr(0, at), line.substr(at + 1)};
}

}  // namespace kgaudit::models
