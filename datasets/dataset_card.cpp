#include "datasets/dataset_card.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "datasets/fetch.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/files/strict_toml.hpp"
#include "suite/base/roster.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

namespace {

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a real number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

std::string place_of(const std::string& source, const toml::node& node) {
  return fmt::format("{}:{}", source, std::max<std::uint32_t>(node.source().begin.line, 1));
}

/// Reads one table key by key and remembers which keys have a meaning, so that the keys that have
/// none are found without a second list.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string name, const std::string& source)
      : table_(table), name_(std::move(name)), source_(source) {}

  [[nodiscard]] std::string place() const { return place_of(source_, table_); }

  const toml::node* find(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  std::optional<CardName> name(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto text = node->value_exact<std::string>();
    if (!text) throw wrong_type(key, *node, "a string");
    if (text->empty()) {
      throw InputError::usage(place_of(source_, *node), fmt::format("{} is empty", path(key)),
                              "a text");
    }
    return CardName{*text, place_of(source_, *node)};
  }
  std::string text(std::string_view key) {
    auto found = name(key);
    return found ? std::move(found->name) : std::string();
  }
  CardName required_name(std::string_view key) {
    auto found = name(key);
    if (!found) throw missing(key, "a string");
    return *std::move(found);
  }

  std::optional<std::uint64_t> count(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (!value) throw wrong_type(key, *node, "an integer");
    if (*value < 0) {
      throw InputError::usage(place_of(source_, *node), fmt::format("{} = {}", path(key), *value),
                              "an integer of at least 0");
    }
    return static_cast<std::uint64_t>(*value);
  }
  std::uint64_t required_count(std::string_view key) {
    const auto found = count(key);
    if (!found) throw missing(key, "an integer");
    return *found;
  }

  bool flag(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return false;
    const auto value = node->value_exact<bool>();
    if (!value) throw wrong_type(key, *node, "true or false");
    return *value;
  }

  std::vector<CardName> names(std::string_view key, bool optional) {
    std::vector<CardName> result;
    const toml::node* node = find(key);
    if (node == nullptr) return result;
    const toml::array* array = node->as_array();
    if (array == nullptr) throw wrong_type(key, *node, "an array of strings");
    for (const toml::node& element : *array) {
      const auto text = element.value_exact<std::string>();
      if (!text) throw wrong_type(key, element, "an array of strings");
      result.push_back({*text, place_of(source_, element), optional});
    }
    return result;
  }

  const toml::table* table(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) throw wrong_type(key, *node, "a table");
    return node->as_table();
  }

  /// `expected` says in messages how the tables are written.
  std::vector<const toml::table*> tables(std::string_view key, std::string_view expected) {
    std::vector<const toml::table*> result;
    const toml::node* node = find(key);
    if (node == nullptr) return result;
    const toml::array* array = node->as_array();
    if (array == nullptr) throw wrong_type(key, *node, expected);
    for (const toml::node& element : *array) {
      if (!element.is_table()) throw wrong_type(key, element, expected);
      result.push_back(element.as_table());
    }
    return result;
  }

  /// Every key of the table must have been asked for by now.
  void refuse_unknown_keys() const {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known_, key.str()) != known_.end()) continue;
      throw InputError::none_of(
          fmt::format("{}:{}", source_, std::max<std::uint32_t>(key.source().begin.line, 1)),
          fmt::format("unknown key '{}'", printable(path(key.str()))), key.str(), known_);
    }
  }

  [[nodiscard]] std::string path(std::string_view key) const {
    return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
  }

 private:
  [[nodiscard]] InputError wrong_type(std::string_view key, const toml::node& node,
                                      std::string_view expected) const {
    return InputError::usage(place_of(source_, node),
                             fmt::format("{} is {}", path(key), type_name(node)),
                             std::string(expected));
  }
  [[nodiscard]] InputError missing(std::string_view key, std::string_view expected) const {
    return InputError::usage(place(), fmt::format("{} is missing", path(key)),
                             fmt::format("the key '{}' with {}", key, expected));
  }

  const toml::table& table_;
  std::string name_;
  const std::string& source_;
  std::vector<std::string> known_;
};

void check_id(const CardName& id) {
  const bool good = std::ranges::all_of(id.name, [](char c) {
    return is_ascii_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
  if (!good || id.name.front() == '.') {
    throw InputError::usage(id.place, fmt::format("id '{}'", printable(id.name)),
                            "letters, digits, '-', '_' and '.'");
  }
}

std::vector<CardWhitelistEntry> read_whitelist(const toml::table& whitelist,
                                               const std::string& source) {
  std::vector<CardWhitelistEntry> entries;
  for (const auto& [key, node] : whitelist) {
    const std::string name = fmt::format("whitelist.{}", key.str());
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      throw InputError::usage(place_of(source, node),
                              fmt::format("{} is {}", printable(name), type_name(node)), "a table");
    }
    TableReader reader(*table, name, source);
    CardWhitelistEntry entry;
    entry.attribute = key.str();
    entry.place = reader.place();
    const auto append = [](std::vector<CardName>& all, std::vector<CardName> more) {
      std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    append(entry.relations, reader.names("relations", false));
    append(entry.relations, reader.names("optional_relations", true));
    append(entry.inverse_relations, reader.names("inverse_relations", false));
    append(entry.inverse_relations, reader.names("optional_inverse_relations", true));
    append(entry.professions, reader.names("professions", false));
    append(entry.professions, reader.names("optional_professions", true));
    reader.refuse_unknown_keys();
    entries.push_back(std::move(entry));
  }
  return entries;
}

const TripleFormatEntry& read_format(const CardName& word) {
  for (const TripleFormatEntry* format : triple_formats()) {
    if (format->id == word.name) return *format;
  }
  throw InputError::none_of(word.place, fmt::format("format '{}'", printable(word.name)), word.name,
                            ids_of(triple_formats()));
}

CardFile read_file_entry(TableReader& reader) {
  CardFile file;
  const CardName role = reader.required_name("role");
  const auto known = file_role_from_text(role.name);
  if (!known) {
    throw InputError::none_of(role.place, fmt::format("role '{}'", printable(role.name)), role.name,
                              file_role_words());
  }
  file.role = *known;

  const auto url = reader.name("url");
  const auto path = reader.name("path");
  if (url.has_value() == path.has_value()) {
    throw InputError::usage(reader.place(), url ? "both a url and a path" : "no url and no path",
                            "either a url or a path relative to the card");
  }
  if (url) {
    if (!url->name.starts_with("https://") && !url->name.starts_with("http://")) {
      throw InputError::usage(url->place,
                              fmt::format("url '{}'", printable(shown_address(url->name))),
                              "an address that starts with https:// or http://");
    }
    file.url = url->name;
  } else {
    file.path = path->name;
    const bool leaves =
        file.path.is_absolute() ||
        std::ranges::any_of(file.path, [](const auto& part) { return part == ".."; });
    if (leaves) {
      throw InputError::unsafe(path->place, fmt::format("path '{}'", printable(path->name)),
                               "a path inside the card's folder");
    }
  }

  if (const auto digest = reader.name("sha256")) {
    const bool good = digest->name.size() == 64 && std::ranges::all_of(digest->name, [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
    if (!good) {
      throw InputError::usage(digest->place, fmt::format("sha256 '{}'", printable(digest->name)),
                              "64 hexadecimal digits in lower case");
    }
    file.sha256 = digest->name;
  }
  file.bytes = reader.count("bytes").value_or(0);
  if (url && (file.sha256.empty() || file.bytes == 0)) {
    throw InputError::usage(reader.place(), "a url without sha256 and bytes",
                            "the digest and the size of what is to be fetched");
  }
  reader.refuse_unknown_keys();
  return file;
}

std::vector<CardStatingRelation> read_stating_relations(TableReader& reader, std::string_view key,
                                                        const std::string& source) {
  std::vector<CardStatingRelation> result;
  for (const toml::table* table :
       reader.tables(key, "tables { relation = NAME, inverse = true }")) {
    TableReader entry(*table, reader.path(key), source);
    CardStatingRelation stating;
    stating.relation = entry.required_name("relation");
    stating.inverse = entry.flag("inverse");
    entry.refuse_unknown_keys();
    result.push_back(std::move(stating));
  }
  return result;
}

CardPersonRelation read_person_relation(TableReader& reader, std::string id,
                                        const std::string& source) {
  CardPersonRelation result;
  result.id = std::move(id);
  result.relation = reader.required_name("relation");
  result.inverse = reader.flag("inverse");
  result.also = read_stating_relations(reader, "also", source);
  result.proxies = read_stating_relations(reader, "proxies", source);
  reader.refuse_unknown_keys();
  std::vector<std::string_view> seen{result.relation.name};
  for (const auto* list : {&result.also, &result.proxies}) {
    for (const CardStatingRelation& stating : *list) {
      const CardName& name = stating.relation;
      if (std::ranges::find(seen, name.name) != seen.end()) {
        throw InputError::usage(
            name.place, fmt::format("relation '{}' twice for {}", printable(name.name), result.id),
            "each relation once: as `relation`, in `also` or in `proxies`");
      }
      seen.push_back(name.name);
    }
  }
  return result;
}

}  // namespace

std::string CardFile::name() const {
  if (url.empty()) return path.filename().string();
  return url.substr(url.rfind('/') + 1);
}

const CardFile* DatasetCard::find(FileRole role) const {
  const auto found = std::ranges::find(files, role, &CardFile::role);
  return found == files.end() ? nullptr : &*found;
}

DatasetCard parse_card(std::string_view toml, const std::string& source,
                       const std::filesystem::path& folder) {
  const toml::table root = parse_strict_toml(toml, source);
  TableReader reader(root, "", source);
  DatasetCard card;
  card.source = source;
  card.folder = folder;
  const CardName id = reader.required_name("id");
  check_id(id);
  card.id = id.name;
  card.title = reader.text("title");
  if (card.title.empty()) card.title = card.id;
  card.description = reader.text("description");
  card.licence = reader.text("licence");
  card.citation = reader.text("citation");
  if (const auto format = reader.name("format")) card.format = &read_format(*format);

  for (const toml::table* table : reader.tables("file", "tables [[file]]")) {
    TableReader entry(*table, "file", source);
    CardFile file = read_file_entry(entry);
    if (card.find(file.role) != nullptr) {
      throw InputError::usage(entry.place(),
                              fmt::format("a second file with the role '{}'", to_text(file.role)),
                              "each role once");
    }
    card.files.push_back(std::move(file));
  }

  if (const toml::table* table = reader.table("expected")) {
    TableReader entry(*table, "expected", source);
    ExpectedCounts expected;
    expected.entities = entry.required_count("entities");
    expected.relations = entry.required_count("relations");
    expected.train = entry.required_count("train");
    expected.valid = entry.required_count("valid");
    expected.test = entry.required_count("test");
    entry.refuse_unknown_keys();
    card.expected = expected;
  }

  for (const toml::table* table : reader.tables("sensitive", "tables [[sensitive]]")) {
    TableReader entry(*table, "sensitive", source);
    const CardName attribute = entry.required_name("id");
    check_id(attribute);
    if (attribute.name == "profession" ||
        std::ranges::find(card.sensitive, attribute.name, &CardPersonRelation::id) !=
            card.sensitive.end()) {
      throw InputError::usage(
          attribute.place, fmt::format("sensitive attribute '{}'", attribute.name),
          "each attribute once, and the profession in its own table",
          "a second relation that states the same, in either direction, as also = "
          "[{ relation = NAME, inverse = true }] of the first");
    }
    card.sensitive.push_back(read_person_relation(entry, attribute.name, source));
  }
  if (card.sensitive.size() > 32) {
    throw InputError::usage(source, fmt::format("{} sensitive attributes", card.sensitive.size()),
                            "at most 32");
  }
  if (const toml::table* table = reader.table("profession")) {
    TableReader entry(*table, "profession", source);
    card.profession = read_person_relation(entry, "profession", source);
  }
  if (const toml::table* table = reader.table("whitelist")) {
    card.whitelist = read_whitelist(*table, source);
  }
  reader.refuse_unknown_keys();
  return card;
}

DatasetCard load_card(const std::filesystem::path& file) {
  return parse_card(read_whole_file(file, kLargestToml), file.string(), file.parent_path());
}

std::span<const DatasetCard> embedded_cards() {
  static const std::vector<DatasetCard> all = [] {
    std::vector<DatasetCard> cards;
    for (const CardEntry* entry : card_entries()) {
      cards.push_back(parse_card(entry->toml, std::string(entry->source)));
    }
    return cards;
  }();
  return all;
}

const DatasetCard* find_card(std::string_view id) {
  const auto all = embedded_cards();
  const auto found = std::ranges::find(all, id, &DatasetCard::id);
  return found == all.end() ? nullptr : &*found;
}

std::vector<CardWhitelistEntry> load_whitelist_tables(const std::filesystem::path& file) {
  const std::string source = file.string();
  const toml::table root = parse_strict_toml(read_whole_file(file, kLargestToml), source);
  TableReader reader(root, "", source);
  const toml::table* table = reader.table("whitelist");
  reader.refuse_unknown_keys();
  if (table == nullptr) {
    throw InputError::usage(source, "no whitelist", "tables [whitelist.<attribute>]");
  }
  return read_whitelist(*table, source);
}

}  // namespace kgaudit::datasets
