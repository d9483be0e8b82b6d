#include "suite/base/files/strict_json.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

constexpr int kDeepestJson = 64;

/// `place_of` names the place of a byte for messages, or of the whole where no byte is known.
using PlaceOf = std::function<std::string(std::optional<std::size_t>)>;

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
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, typename Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepestJson) {
      throw refuse(std::nullopt, fmt::format("nested deeper than {}", kDeepestJson),
                   "a JSON value of modest depth");
    }
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& name = parsed.template get_ref<const std::string&>();
      if (!keys.back().insert(name).second) {
        throw refuse(std::nullopt, fmt::format("the key '{}' is given twice", printable(name)),
                     "each key once in an object");
      }
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
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
