#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace kgaudit {

/// Reads one JSON value and refuses what readers commonly let pass: a key given twice, numbers that
/// do not fit a double, nesting deeper than 64, broken UTF-8, a NUL byte, anything after the value.
/// Throws InputError (unreadable) at `place`. Keys keep their order.
[[nodiscard]] nlohmann::ordered_json parse_strict_json(std::string_view text,
                                                       std::string_view place);

/// The same for a file of one value, of at most `limit` bytes, with keys in alphabetical order:
/// large objects are read faster so. A syntax error names the line too.
[[nodiscard]] nlohmann::json read_strict_json(const std::filesystem::path& file,
                                              std::uint64_t limit, std::string_view expected);

}  // namespace kgaudit
