#pragma once

#include <cstdint>
#include <string_view>

#include <toml++/toml.h>

namespace kgaudit {

/// Plans and cards are written by people; anything longer is some other file given by mistake.
inline constexpr std::uint64_t kLargestToml = std::uint64_t{1} << 20U;

/// Reads a TOML document and refuses what toml++ alone would read wrongly or crash on: a NUL byte
/// (it stops there as if the document ended), names of more than 64 parts, nesting deeper than 64,
/// more than kLargestToml bytes. Throws InputError (usage) at "`file`:line", of a syntax error at
/// "`file`:line:column".
[[nodiscard]] toml::table parse_strict_toml(std::string_view text, std::string_view file);

}  // namespace kgaudit
