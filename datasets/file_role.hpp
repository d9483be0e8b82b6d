#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace kgaudit::datasets {

/// What a file of a data set holds.
enum class FileRole { kArchive, kTrain, kValid, kTest, kEntities, kRelations, kLabels, kTruth };

/// "archive", "train", "valid", "test", "entities", "relations", "labels", "truth".
[[nodiscard]] std::string_view to_text(FileRole role);
/// The inverse of `to_text`; nothing for an unknown word.
[[nodiscard]] std::optional<FileRole> file_role_from_text(std::string_view word);
/// All words, in the order above.
[[nodiscard]] std::vector<std::string_view> file_role_words();

}  // namespace kgaudit::datasets
