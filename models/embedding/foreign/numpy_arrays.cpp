#include "models/embedding/foreign/numpy_arrays.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {
namespace {

constexpr std::size_t kLongestNpyHeader = NpyHead::kLongest - 12;
constexpr std::size_t kMostAxes = 64;
constexpr std::string_view kNpyAdvice = "save the vectors alone, as numbers, with numpy.save";

struct NumpyType {
  NumberType type;
  bool big_endian;
};

/// "<f4", ">f8", "|b1", "f4"; nothing for objects, texts and records.
std::optional<NumpyType> numpy_type(std::string_view text) {
  bool big_endian = false;
  if (!text.empty() && std::string_view("<>|=").find(text.front()) != std::string_view::npos) {
    big_endian = text.front() == '>';
    text.remove_prefix(1);
  }
  static const std::map<std::string_view, NumberType> kKnown = {
      {"f2", NumberType::kFloat16},     {"f4", NumberType::kFloat32},
      {"f8", NumberType::kFloat64},     {"c8", NumberType::kComplex64},
      {"c16", NumberType::kComplex128}, {"i1", NumberType::kInt8},
      {"i2", NumberType::kInt16},       {"i4", NumberType::kInt32},
      {"i8", NumberType::kInt64},       {"u1", NumberType::kUint8},
      {"u2", NumberType::kUint16},      {"u4", NumberType::kUint32},
      {"u8", NumberType::kUint64},      {"b1", NumberType::kBool}};
  const auto known = kKnown.find(text);
  if (known == kKnown.end()) return std::nullopt;
  return NumpyType{known->second, big_endian};
}

/// The dict literal in the header of a .npy file: keys and values as they are spelled.
class NpyHeader {
 public:
  explicit NpyHeader(std::string_view text) : rest_(text) {}

  /// Nothing if it is no such literal.
  std::optional<std::map<std::string_view, std::string_view>> read() {
    std::map<std::string_view, std::string_view> items;
    if (!skip('{')) return std::nullopt;
    while (!skip('}')) {
      const auto key = quoted();
      if (!key || !skip(':')) return std::nullopt;
      const std::string_view value = until_end_of_value();
      if (value.empty() || !items.emplace(*key, value).second) return std::nullopt;
      if (!skip(',') && !peek('}')) return std::nullopt;
    }
    blank();
    if (!rest_.empty()) return std::nullopt;
    return items;
  }

 private:
  void blank() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) {
      rest_.remove_prefix(1);
    }
  }
  bool peek(char c) {
    blank();
    return !rest_.empty() && rest_.front() == c;
  }
  bool skip(char c) {
    if (!peek(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<std::string_view> quoted() {
    if (!peek('\'') && !peek('"')) return std::nullopt;
    const char quote = rest_.front();
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  /// Up to a comma or brace outside of brackets and quotes.
  std::string_view until_end_of_value() {
    blank();
    int depth = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(' || c == '[') {
        ++depth;
      } else if (c == ')' || c == ']') {
        --depth;
      } else if (depth == 0 && (c == ',' || c == '}')) {
        const std::string_view value = rest_.substr(0, i);
        rest_.remove_prefix(i);
        return value.substr(0, value.find_last_not_of(' ') + 1);
      }
    }
    return {};
  }
  std::string_view rest_;
};

std::optional<std::vector<std::uint64_t>> shape_from(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::uint64_t> shape;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view field = text.substr(0, comma);
    while (field.starts_with(' ')) field.remove_prefix(1);
    // Python 2 wrote long integers with an L.
    if (field.ends_with('L')) field.remove_suffix(1);
    if (!field.empty()) {
      const auto length = parse_uint(field);
      if (!length || shape.size() == kMostAxes) return std::nullopt;
      shape.push_back(*length);
    } else if (comma != std::string_view::npos) {
      return std::nullopt;
    }
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return shape;
}

/// The bytes behind bytes objects, and behind _codecs.encode(text, "latin1"), as Python 2 and 3
/// agree on in protocol 2.
struct PickledBytes {
  std::string_view view;
  std::shared_ptr<const void> owner;
};

std::optional<PickledBytes> latin1_bytes(std::string_view utf8) {
  auto decoded = std::make_shared<std::string>();
  decoded->reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      *decoded += utf8[i];
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < utf8.size()) {
      const auto next = static_cast<unsigned char>(utf8[++i]);
      *decoded += static_cast<char>(((lead & 3U) << 6U) | (next & 0x3FU));
    } else {
      return std::nullopt;
    }
  }
  const std::string_view view = *decoded;
  return PickledBytes{view, std::move(decoded)};
}

std::optional<PickledBytes> pickled_bytes(const PickleValue& value) {
  if (const auto bytes = value.bytes()) return PickledBytes{*bytes, nullptr};
  const std::string_view symbol = value.symbol();
  if (symbol == "_codecs.encode") {
    const auto text = value.arguments().at(0).text();
    if (!text) return std::nullopt;
    return latin1_bytes(*text);
  }
  if (symbol == "builtins.bytearray" || symbol == "__builtin__.bytearray" ||
      symbol == "builtins.bytes" || symbol == "__builtin__.bytes") {
    if (value.arguments().size() == 0) return PickledBytes{};
    // One level: bytearray(bytes) or bytearray(encode(text)).
    const PickleValue inner = value.arguments().at(0);
    if (const auto bytes = inner.bytes()) return PickledBytes{*bytes, nullptr};
    if (inner.symbol() == "_codecs.encode") {
      const auto text = inner.arguments().at(0).text();
      if (text) return latin1_bytes(*text);
    }
  }
  return std::nullopt;
}

/// numpy.dtype('f4', False, True) with the state (3, '<', ...).
std::optional<NumpyType> pickled_type(const PickleValue& value) {
  if (value.symbol() != "numpy.dtype" || !value.is(PickleKind::kCall)) return std::nullopt;
  const auto name = value.arguments().at(0).text();
  if (!name) return std::nullopt;
  auto type = numpy_type(*name);
  if (type && value.state().at(1).text() == ">") type->big_endian = true;
  return type;
}

std::optional<std::vector<std::uint64_t>> pickled_shape(const PickleValue& value) {
  if (!value.is(PickleKind::kTuple) || value.size() > kMostAxes) return std::nullopt;
  std::vector<std::uint64_t> shape;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto length = value.at(i).integer();
    if (!length || *length < 0) return std::nullopt;
    shape.push_back(static_cast<std::uint64_t>(*length));
  }
  return shape;
}

}  // namespace

NpyHead parse_npy_head(std::string_view bytes, std::string_view place) {
  const auto refuse = [&](std::string got, std::string expected) {
    return InputError::unreadable(std::string(place), std::move(got), std::move(expected),
                                  std::string(kNpyAdvice));
  };
  if (!begins_like_npy(bytes) || bytes.size() < 12) {
    throw refuse(fmt::format("{} bytes that do not begin as a .npy file", bytes.size()),
                 "a .npy file");
  }
  const int version = static_cast<unsigned char>(bytes[6]);
  std::uint64_t header_bytes = 0;
  std::size_t begin = 10;
  if (version == 1) {
    std::uint16_t length = 0;
    std::memcpy(&length, bytes.data() + 8, sizeof length);
    header_bytes = length;
  } else if (version == 2 || version == 3) {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes.data() + 8, sizeof length);
    header_bytes = length;
    begin = 12;
  } else {
    throw refuse(fmt::format("version {} of the .npy form", version), "version 1, 2 or 3");
  }
  if (header_bytes > kLongestNpyHeader || header_bytes > bytes.size() - begin) {
    throw refuse(fmt::format("a header of {} bytes", with_thousands(header_bytes)),
                 "a short header, then the numbers");
  }
  const std::string_view text = bytes.substr(begin, header_bytes);
  const auto items = NpyHeader(text).read();
  const std::string expected = "'descr', 'fortran_order' and 'shape' in the header";
  if (!items || items->count("descr") == 0 || items->count("shape") == 0 ||
      items->count("fortran_order") == 0) {
    throw refuse(fmt::format("the header {}", printable(text)), expected);
  }
  std::string_view descr = items->at("descr");
  if (descr.size() > 2 && (descr.front() == '\'' || descr.front() == '"')) {
    descr = descr.substr(1, descr.size() - 2);
  }
  const auto type = numpy_type(descr);
  if (!type) {
    const bool objects = descr.find('O') != std::string_view::npos;
    throw refuse(objects ? "an array of Python objects"
                         : fmt::format("an array of type {}", printable(descr)),
                 "an array of numbers");
  }
  const auto shape = shape_from(items->at("shape"));
  const std::string_view order = items->at("fortran_order");
  if (!shape || (order != "True" && order != "False")) {
    throw refuse(fmt::format("the header {}", printable(text)), expected);
  }
  NpyHead head;
  head.array.type = type->type;
  head.array.big_endian = type->big_endian;
  head.array.shape = *shape;
  static_cast<void>(element_count(head.array.shape, place));
  head.array.strides = packed_strides(head.array.shape, order == "True");
  head.bytes = begin + header_bytes;
  return head;
}

TensorView parse_npy(std::string_view bytes, std::string_view place) {
  const NpyHead head = parse_npy_head(bytes, place);
  TensorView view = head.array;
  view.bytes = bytes.substr(head.bytes);
  check_reach(view, place);
  const std::uint64_t used = element_count(view.shape, place) * bytes_of_number(view.type);
  if (used < view.bytes.size()) {
    throw InputError::unreadable(
        std::string(place),
        fmt::format("{} bytes after the last number", with_thousands(view.bytes.size() - used)),
        fmt::format("{} numbers and nothing else", view.shape_text()), std::string(kNpyAdvice));
  }
  return view;
}

std::optional<TensorView> numpy_array(const PickleValue& value, std::string_view place) {
  const std::string_view symbol = value.symbol();
  if (!value.is(PickleKind::kCall)) return std::nullopt;
  PickleValue shape;
  PickleValue type;
  PickleValue data;
  bool fortran = false;
  if (symbol.ends_with("multiarray._reconstruct")) {
    // BUILD (version, shape, dtype, fortran order, bytes)
    const PickleValue state = value.state();
    if (state.size() < 5) return std::nullopt;
    shape = state.at(1);
    type = state.at(2);
    fortran = state.at(3).boolean() == true;
    data = state.at(4);
  } else if (symbol.ends_with("numeric._frombuffer")) {
    data = value.arguments().at(0);
    type = value.arguments().at(1);
    shape = value.arguments().at(2);
    fortran = value.arguments().at(3).text() == "F";
  } else {
    return std::nullopt;
  }
  const auto known_type = pickled_type(type);
  const auto known_shape = pickled_shape(shape);
  auto bytes = pickled_bytes(data);
  if (!known_type || !known_shape || !bytes) return std::nullopt;
  TensorView view;
  view.type = known_type->type;
  view.big_endian = known_type->big_endian;
  view.shape = *known_shape;
  static_cast<void>(element_count(view.shape, place));
  view.strides = packed_strides(view.shape, fortran);
  view.bytes = bytes->view;
  view.owner = std::move(bytes->owner);
  check_reach(view, place);
  return view;
}

std::optional<std::string> pickled_name(const PickleValue& value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto number = value.integer()) return fmt::format("{}", *number);
  // scalar(dtype('U55'), UCS-4 with zeros behind it)
  if (!value.symbol().ends_with("multiarray.scalar")) return std::nullopt;
  const PickleValue type = value.arguments().at(0);
  const auto name = type.arguments().at(0).text();
  const auto bytes = pickled_bytes(value.arguments().at(1));
  if (!name || !bytes || !name->starts_with('U') || bytes->view.size() % 4 != 0) {
    return std::nullopt;
  }
  const bool big_endian = type.state().at(1).text() == ">";
  std::string text;
  for (std::size_t i = 0; i < bytes->view.size(); i += 4) {
    std::uint32_t point = 0;
    std::memcpy(&point, bytes->view.data() + i, sizeof point);
    if (big_endian) point = __builtin_bswap32(point);
    if (point >= 0x110000) return std::nullopt;
    append_utf8(text, point);
  }
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

}  // namespace kgaudit::models
