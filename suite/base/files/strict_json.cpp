#include "suite/base/files/strict_json.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

constexpr int kDeepestJson = 64;
/// Of an object whose keys keep their order: it is searched from its first key for every new one.
constexpr std::size_t kMostOrderedKeys = 20'000;

/// `place_of` names the place of a byte for messages, or of the whole where no byte is known.
using PlaceOf = std::function<std::string(std::optional<std::size_t>)>;

/// Looks for what the parser lets pass. It reads the text before the parser does, because the
/// parser's own callback makes a large object take time with the square of its size.
template <typename Json>
class Watch : public nlohmann::json_sax<Json> {
 public:
  using Text = typename Json::string_t;

  [[nodiscard]] bool too_deep() const { return too_deep_; }
  /// A key that stands twice in one object.
  [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }

  bool null() override { return here(); }
  bool boolean(bool) override { return here(); }
  bool number_integer(typename Json::number_integer_t) override { return here(); }
  bool number_unsigned(typename Json::number_unsigned_t) override { return here(); }
  bool number_float(typename Json::number_float_t, const Text&) override { return here(); }
  bool string(Text&) override { return here(); }
  bool binary(typename Json::binary_t&) override { return here(); }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  [[nodiscard]] bool too_many_keys() const { return too_many_keys_; }
  bool key(Text& name) override {
    if (!keys_.back().insert(name).second) repeated_ = name;
    too_many_keys_ = kOrdered && keys_.back().size() > kMostOrderedKeys;
    return !repeated_ && !too_many_keys_ && here();
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool here() {
    too_deep_ = keys_.size() > static_cast<std::size_t>(kDeepestJson);
    return !too_deep_;
  }
  bool open() {
    if (!here()) return false;
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> keys_;  ///< of the open objects; none of an open array
  static constexpr bool kOrdered = std::is_same_v<Json, nlohmann::ordered_json>;
  bool too_deep_ = false;
  bool too_many_keys_ = false;
  std::optional<std::string> repeated_;
};

template <typename Json>
Json parse(std::string_view text, const PlaceOf& place_of) {
  const auto refuse = [&](std::optional<std::size_t> byte, std::string got, std::string expected) {
    return InputError::unreadable(place_of(byte), std::move(got), std::move(expected));
  };
  if (const auto broken = find_broken_utf8(text)) {
    throw refuse(*broken, fmt::format("byte {} is not UTF-8", *broken + 1), "UTF-8 text");
  }
  // The parser takes a NUL byte for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw refuse(nul, fmt::format("byte {} is NUL", nul + 1), "one JSON value");
  }
  Watch<Json> watch;
  // A text that is not JSON ends the watch early; the parser then says where.
  Json::sax_parse(text, &watch);
  if (watch.too_deep()) {
    throw refuse(std::nullopt, fmt::format("nested deeper than {}", kDeepestJson),
                 "a JSON value of modest depth");
  }
  if (watch.too_many_keys()) {
    throw refuse(std::nullopt, fmt::format("an object with more than {} keys", kMostOrderedKeys),
                 "a JSON value of modest size");
  }
  if (const auto& name = watch.repeated()) {
    throw refuse(std::nullopt, fmt::format("the key '{}' is given twice", printable(*name)),
                 "each key once in an object");
  }
  try {
    return Json::parse(text);
  } catch (const typename Json::parse_error& error) {
    const std::size_t stop = std::min(error.byte, text.size());
    throw refuse(stop, fmt::format("not JSON (near byte {}): {}", error.byte, printable(text, 60)),
                 "one JSON value");
  } catch (const typename Json::out_of_range&) {
    throw refuse(std::nullopt, fmt::format("a number does not fit: {}", printable(text, 60)),
                 "finite numbers of double precision");
  }
}

}  // namespace

nlohmann::ordered_json parse_strict_json(std::string_view text, std::string_view place) {
  return parse<nlohmann::ordered_json>(
      text, [&](std::optional<std::size_t>) { return std::string(place); });
}

nlohmann::json read_strict_json(const std::filesystem::path& file, std::uint64_t limit,
                                std::string_view expected) {
  const std::string text = read_whole_file(file, limit, expected);
  return parse<nlohmann::json>(text, [&](std::optional<std::size_t> byte) {
    if (!byte) return file.string();
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(*byte);
    return fmt::format("{}:{}", file.string(), std::count(text.begin(), end, '\n') + 1);
  });
}

}  // namespace kgaudit
