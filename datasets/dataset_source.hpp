#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace kgaudit::datasets {

/// A data set that kgaudit knows by its id: one of list_datasets().
struct KnownDataset {
  std::string id;
};

/// A folder of triples, in one of triple_formats(). Without `card` the folder's own card.toml is
/// used if it is there.
struct TriplesFolder {
  std::filesystem::path folder;
  std::optional<std::filesystem::path> card = std::nullopt;
};

/// A tar archive of such a folder (.tar, .tar.gz, .tgz, .tar.xz, .tar.bz2, .tbz2, .tar.zst).
struct TriplesArchive {
  std::filesystem::path archive;
  std::optional<std::filesystem::path> card = std::nullopt;
};

/// A user's card (.toml), whose files are beside it or at addresses.
struct CardOfFiles {
  std::filesystem::path card;
};

/// Where a data set comes from.
using DatasetSource = std::variant<KnownDataset, TriplesFolder, TriplesArchive, CardOfFiles>;

/// What lies at a path: a folder or archive of triples, perhaps with a card that describes them, or
/// a card. Throws InputError (usage) when nothing lies there, or a file of no known kind.
[[nodiscard]] DatasetSource dataset_at(
    const std::filesystem::path& path,
    const std::optional<std::filesystem::path>& card = std::nullopt);

/// What a user means by one word: a path where it has a '/' or begins with '.', else the id of a
/// known data set, else a path. Throws InputError (usage) with the nearest known id.
[[nodiscard]] DatasetSource dataset_from_word(const std::string& word);

/// The one name of the data set in folders, records and captions: its id or its card's, else the
/// name of its folder or archive. Reads the card where there is one and throws what reading it
/// throws.
[[nodiscard]] std::string name_of(const DatasetSource& source);

}  // namespace kgaudit::datasets
