#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/file_role.hpp"

namespace kgaudit::datasets {

struct TripleFormatEntry;

/// A card that travels with the library: one TOML file in datasets/cards each.
struct CardEntry {
  std::string_view id;
  std::string_view source;  ///< the card's own place, for messages
  std::string_view toml;
};

/// All of them, in roster order.
[[nodiscard]] std::span<const CardEntry* const> card_entries();

/// One file of a data set: at a public address, or (a user's card) beside the card.
struct CardFile {
  FileRole role = FileRole::kTrain;
  std::string url;             ///< http or https; empty for a local file
  std::filesystem::path path;  ///< local file, relative to the card's folder; empty with a url
  std::string sha256;          ///< 64 hex digits; may be empty for a local file only
  std::uint64_t bytes = 0;     ///< exact size; 0 = not stated (local file only)

  /// The last part of the address or path.
  [[nodiscard]] std::string name() const;
};

/// What a complete data set must hold, checked after every load.
struct ExpectedCounts {
  std::uint64_t entities = 0;
  std::uint64_t relations = 0;
  std::uint64_t train = 0;
  std::uint64_t valid = 0;
  std::uint64_t test = 0;
};

/// A name from a card, with the place where it stands ("file:line").
struct CardName {
  std::string name;
  std::string place;
  bool optional = false;  ///< may be absent from the graph
};

/// A StatingRelation, still by name.
struct CardStatingRelation {
  CardName relation;
  bool inverse = false;  ///< the person is the tail
};

/// A PersonRelation, still by name.
struct CardPersonRelation {
  std::string id;  ///< "gender" ...; "profession" for the profession
  CardName relation;
  bool inverse = false;  ///< the person is the tail
  std::vector<CardStatingRelation> also;
  std::vector<CardStatingRelation> proxies;
};

/// One [whitelist.<attribute>] table, still by name.
struct CardWhitelistEntry {
  std::string attribute;
  std::string place;
  std::vector<CardName> relations;
  std::vector<CardName> inverse_relations;  ///< the person is the tail
  std::vector<CardName> professions;        ///< entity names of profession values
};

/// All that is known of a data set before its triples are read. Written as TOML; docs/cards.md has
/// every key.
struct DatasetCard {
  std::string id;
  std::string title;
  std::string description;
  std::string licence;
  std::string citation;
  const TripleFormatEntry* format = nullptr;  ///< nullptr = look at the files
  std::vector<CardFile> files;
  std::optional<ExpectedCounts> expected;
  std::vector<CardPersonRelation> sensitive;
  std::optional<CardPersonRelation> profession;
  std::vector<CardWhitelistEntry> whitelist;
  std::string source;            ///< the card's own place, for messages
  std::filesystem::path folder;  ///< local files are relative to it; empty for embedded cards

  [[nodiscard]] const CardFile* find(FileRole role) const;
};

/// Reads a card. `source` names it in messages. Throws InputError (usage) with file:line for broken
/// TOML, an unknown key (with the nearest known one), a wrong type, a missing key, a bad digest or
/// address, a relation named twice for one attribute, and for local paths that leave the card's
/// folder (unsafe).
[[nodiscard]] DatasetCard parse_card(std::string_view toml, const std::string& source,
                                     const std::filesystem::path& folder = {});
[[nodiscard]] DatasetCard load_card(const std::filesystem::path& file);

/// `card_entries` as they read, in the same order.
[[nodiscard]] std::span<const DatasetCard> embedded_cards();
/// The embedded card with this id, or nullptr.
[[nodiscard]] const DatasetCard* find_card(std::string_view id);

/// Reads a TOML file that holds only [whitelist.<attribute>] tables, written as in a card.
[[nodiscard]] std::vector<CardWhitelistEntry> load_whitelist_tables(
    const std::filesystem::path& file);

}  // namespace kgaudit::datasets
