#include "reports/record/strict_json.hpp"

#include <set>
#include <vector>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr int kDeepest = 64;

}  // namespace

nlohmann::ordered_json parse_strict_json(std::string_view text, std::string_view place) {
  using Json = nlohmann::ordered_json;
  const auto refuse = [&](std::string got, std::string expected) {
    return InputError::unreadable(std::string(place), std::move(got), std::move(expected));
  };
  if (const auto broken = find_broken_utf8(text)) {
    throw refuse(fmt::format("byte {} is not UTF-8", *broken + 1), "UTF-8 text");
  }
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) {
      throw refuse(fmt::format("nested deeper than {}", kDeepest), "a JSON value of modest depth");
    }
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(name).second) {
        throw refuse(fmt::format("the key '{}' is given twice", printable(name)),
                     "each key once in an object");
      }
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    throw refuse(fmt::format("not JSON (near byte {}): {}", error.byte, printable(text, 60)),
                 "one JSON value");
  } catch (const Json::out_of_range&) {
    throw refuse(fmt::format("a number does not fit: {}", printable(text, 60)),
                 "finite numbers of double precision");
  }
}

}  // namespace kgaudit::reports
