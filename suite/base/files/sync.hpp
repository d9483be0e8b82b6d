#pragma once

#include <filesystem>

namespace kgaudit {

/// Hands a file or a folder to the disk; a link is left alone. Some file systems cannot sync a
/// folder: what is written is as safe there as it can be, so nothing is said of a failure.
void sync_to_disk(const std::filesystem::path& path);

/// The same for the folder that a file or folder stands in: a new name is on the disk once its
/// folder is.
void sync_folder_of(const std::filesystem::path& path);

}  // namespace kgaudit
