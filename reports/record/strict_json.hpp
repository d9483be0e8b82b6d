#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace kgaudit::reports {

/// Reads one JSON value and refuses what readers commonly let pass: a key given twice, numbers that
/// do not fit a double, nesting deeper than 64, broken UTF-8, anything after the value. Throws
/// InputError (unreadable) at `place`. Keys keep their order.
[[nodiscard]] nlohmann::ordered_json parse_strict_json(std::string_view text,
                                                       std::string_view place);

}  // namespace kgaudit::reports
