#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace kgaudit::run {

/// The whole file. Throws InputError (unreadable), with `expected` saying what should be there.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& file,
                                         std::string_view expected);

/// Replaces the file. Throws InputError (usage) if it cannot be written.
void write_text_file(const std::filesystem::path& file, std::string_view text);

}  // namespace kgaudit::run
