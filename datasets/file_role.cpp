#include "datasets/file_role.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kgaudit::datasets {
namespace {

constexpr std::array<std::pair<FileRole, std::string_view>, 8> kRoles{{
    {FileRole::kArchive, "archive"},
    {FileRole::kTrain, "train"},
    {FileRole::kValid, "valid"},
    {FileRole::kTest, "test"},
    {FileRole::kEntities, "entities"},
    {FileRole::kRelations, "relations"},
    {FileRole::kLabels, "labels"},
    {FileRole::kTruth, "truth"},
}};

}  // namespace

std::string_view to_text(FileRole role) {
  return std::ranges::find(kRoles, role, [](const auto& r) { return r.first; })->second;
}

std::optional<FileRole> file_role_from_text(std::string_view word) {
  const auto found = std::ranges::find(kRoles, word, [](const auto& r) { return r.second; });
  if (found == kRoles.end()) return std::nullopt;
  return found->first;
}

std::vector<std::string_view> file_role_words() {
  std::vector<std::string_view> words;
  for (const auto& [role, word] : kRoles) words.push_back(word);
  return words;
}

}  // namespace kgaudit::datasets
