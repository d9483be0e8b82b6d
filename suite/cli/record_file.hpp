#pragma once

#include <filesystem>
#include <string>

namespace kgaudit::cli {

/// The record that a user means: the file itself, or the record of a run folder.
[[nodiscard]] std::filesystem::path record_file(const std::string& given);

}  // namespace kgaudit::cli
