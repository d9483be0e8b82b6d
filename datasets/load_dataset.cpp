#include "datasets/load_dataset.hpp"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "datasets/integrity.hpp"
#include "datasets/planted/planted_people.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLabelBytes = std::uint64_t{1} << 30U;

/// The path of a card's file, there and with the right digest.
fs::path ready_file(const DatasetCard& card, const CardFile& file, const LoadOptions& options) {
  fs::path path = location(card, file, options.fetch.cache);
  std::error_code failure;
  if (!fs::exists(path, failure)) {
    if (file.url.empty())
      throw InputError::unreadable(path.string(), "no such file",
                                   fmt::format("the file '{}' of {}", file.name(), card.source));
    const bool may_fetch =
        options.fetch_policy == FetchPolicy::kAlways ||
        (options.fetch_policy == FetchPolicy::kFromMirror && !options.fetch.mirror.empty());
    if (!may_fetch)
      throw InputError::unreadable(
          path.string(), fmt::format("the data set {} is not here yet", card.id),
          fmt::format("{} ({})", file.name(), bytes_text(file.bytes)),
          fmt::format("kgaudit datasets fetch {}",
                      find_card(card.id) != nullptr ? card.id : card.source));
    FetchOptions fetch = options.fetch;
    fetch.progress = options.progress;
    return fetch_file(file, fetch);
  }
  if (!file.sha256.empty()) {
    const std::string got = sha256_of_file(path).hex();
    if (got != file.sha256)
      throw InputError::unreadable(path.string(), fmt::format("SHA-256 {}", got),
                                   fmt::format("SHA-256 {}, as the card says", file.sha256),
                                   file.url.empty()
                                       ? "restoring the file, or the card that was written with it"
                                       : fmt::format("kgaudit datasets fetch {}", card.id));
  }
  return path;
}

LoadedGraph load_card_graph(const DatasetCard& card, const LoadOptions& options) {
  if (const CardFile* archive = card.find(FileRole::kArchive))
    return load_graph_archive(ready_file(card, *archive, options), card.format, options.progress,
                              options.limits);
  const bool openke = card.format ? *card.format == TripleFormat::kOpenKe
                                  : card.find(FileRole::kEntities) != nullptr;
  std::vector<FileRole> roles{FileRole::kTrain, FileRole::kValid, FileRole::kTest};
  if (openke) roles.insert(roles.begin(), {FileRole::kEntities, FileRole::kRelations});
  GraphFiles files;
  for (const FileRole role : roles) {
    const CardFile* file = card.find(role);
    if (file == nullptr)
      throw InputError::usage(card.source, fmt::format("no file with the role '{}'", to_text(role)),
                              "an archive, or a file for every role of the format");
    files.emplace(role, ready_file(card, *file, options));
  }
  return load_graph_files(files, openke ? TripleFormat::kOpenKe : TripleFormat::kTabSeparated,
                          options.progress, options.limits);
}

void check_counts(const DatasetCard& card, const KnowledgeGraph& graph) {
  if (!card.expected) return;
  const ExpectedCounts& e = *card.expected;
  const auto check = [&](std::string_view what, std::uint64_t got, std::uint64_t expected) {
    if (got != expected)
      throw InputError::unreadable(card.source, fmt::format("{} {}", got, what),
                                   fmt::format("{} {}, as the card says", expected, what),
                                   "the data that the card was written for");
  };
  check("entities", graph.entity_count(), e.entities);
  check("relations", graph.relation_count(), e.relations);
  check("train triples", graph.train().size(), e.train);
  check("valid triples", graph.valid().size(), e.valid);
  check("test triples", graph.test().size(), e.test);
}

/// Puts everything that hangs on the graph in place.
Dataset complete(Dataset data, LoadedGraph loaded, const DatasetCard* card,
                 const LoadOptions& options) {
  data.graph = std::move(loaded.graph);
  data.files = std::move(loaded.files);
  std::vector<CardName> absent;
  if (card != nullptr) {
    check_counts(*card, data.graph);
    data.attributes = resolve_attributes(*card, data.graph);
    data.whitelist = resolve_whitelist(card->whitelist, data.graph, data.attributes, &absent);
    const auto use_side_file = [&](FileRole role, const auto& use) {
      const CardFile* file = card->find(role);
      if (file == nullptr) return;
      const fs::path path = ready_file(*card, *file, options);
      data.files.push_back({file->name(), fs::file_size(path), sha256_of_file(path).hex()});
      use(path);
    };
    use_side_file(FileRole::kLabels, [&](const fs::path& path) {
      data.labels = load_labels(path, data.graph.entities());
    });
    use_side_file(FileRole::kTruth,
                  [&](const fs::path& path) { data.truth = load_truth(path, data.graph); });
  } else {
    data.attributes = AttributeTable(data.graph, {}, std::nullopt);
  }
  if (options.whitelist)
    data.whitelist = load_whitelist(*options.whitelist, data.graph, data.attributes);
  if (data.labels.empty()) data.labels = data.graph.entities().names();

  data.integrity = check_integrity(data.graph, data.attributes, data.labels);
  if (!absent.empty() && !options.whitelist)
    data.integrity.findings.push_back(
        {"absent_whitelist_names", "", absent.size(),
         fmt::format("Optional names of the whitelist that the graph lacks, e.g. '{}' ({}).",
                     printable(absent.front().name), absent.front().place)});
  if (!loaded.ignored.empty())
    data.integrity.findings.push_back(
        {"ignored_files", "", loaded.ignored.size(),
         fmt::format("Files of the archive that are no part of the graph, e.g. '{}'.",
                     loaded.ignored.front())});
  return data;
}

Dataset load_carded(const DatasetCard& card, const LoadOptions& options) {
  Dataset data;
  data.id = card.id;
  data.title = card.title;
  return complete(std::move(data), load_card_graph(card, options), &card, options);
}

std::string folder_name(const fs::path& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

Dataset load_directory(const fs::path& directory, const LoadOptions& options) {
  std::optional<DatasetCard> card;
  std::error_code failure;
  if (options.card) {
    card = load_card(*options.card);
    // The folder given is where the triples are, so the card's own files are not looked at.
    std::erase_if(card->files, [](const CardFile& f) {
      return f.role != FileRole::kLabels && f.role != FileRole::kTruth;
    });
  } else if (fs::exists(directory / "card.toml", failure)) {
    card = load_card(directory / "card.toml");
    if (card->find(FileRole::kTrain) != nullptr || card->find(FileRole::kArchive) != nullptr)
      return load_carded(*card, options);
  }
  Dataset data;
  data.id = card ? card->id : folder_name(directory);
  data.title = card ? card->title : data.id;
  return complete(std::move(data),
                  load_graph_directory(directory, card ? card->format : std::nullopt,
                                       options.progress, options.limits),
                  card ? &*card : nullptr, options);
}

Dataset load_archive(const fs::path& archive, const LoadOptions& options) {
  std::optional<DatasetCard> card;
  if (options.card) {
    card = load_card(*options.card);
    std::erase_if(card->files, [](const CardFile& f) {
      return f.role != FileRole::kLabels && f.role != FileRole::kTruth;
    });
  }
  Dataset data;
  const std::string name = archive.filename().string();
  data.id = card ? card->id : name.substr(0, name.find('.'));
  data.title = card ? card->title : data.id;
  return complete(std::move(data),
                  load_graph_archive(archive, card ? card->format : std::nullopt, options.progress,
                                     options.limits),
                  card ? &*card : nullptr, options);
}

bool is_archive_name(const std::string& name) {
  constexpr std::array<std::string_view, 7> kEndings{".tar",     ".tar.gz",  ".tgz", ".tar.xz",
                                                     ".tar.bz2", ".tar.zst", ".tbz2"};
  return std::ranges::any_of(kEndings, [&](std::string_view e) { return name.ends_with(e); });
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

}  // namespace

Dataset load_dataset(const std::string& name, const LoadOptions& options) {
  const bool is_path = name.find('/') != std::string::npos || name.starts_with('.');
  if (!is_path) {
    const DatasetCard* card = find_card(name);
    const bool planted = name == kPlantedPeopleId;
    if (options.card && (card != nullptr || planted))
      throw InputError::usage(name, "a card beside a data set that has its own",
                              "a card with a folder or archive of triples",
                              fmt::format("./{} if it is a folder of yours", name));
    if (card != nullptr) return load_carded(*card, options);
    if (planted) {
      Dataset data = make_planted_people(
          options.planted ? *options.planted : Parameters(planted_people_parameters()),
          options.progress);
      if (options.whitelist)
        data.whitelist = load_whitelist(*options.whitelist, data.graph, data.attributes);
      return data;
    }
  }
  const fs::path path(name);
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (fs::is_directory(status)) return load_directory(path, options);
  if (fs::exists(status)) {
    if (is_archive_name(name)) return load_archive(path, options);
    if (name.ends_with(".toml")) return load_carded(load_card(path), options);
    throw InputError::usage(name, "a file of no known kind",
                            "a folder of triples, a tar archive of one, or a card (.toml)",
                            "the folder that holds it");
  }
  std::vector<std::string> ids;
  for (const DatasetSummary& summary : list_datasets()) ids.push_back(summary.id);
  throw InputError::usage(
      printable(name), is_path ? "no such file or folder" : "no data set and no file of this name",
      fmt::format("one of: {}; or a folder, archive or card", fmt::join(ids, ", ")),
      InputError::guess(name, ids));
}

std::vector<std::string> load_labels(const fs::path& file, const Vocabulary& entities) {
  std::vector<std::string> labels = entities.names();
  if (file.extension() != ".json") {
    FileSource source(file);
    LineReader reader(source, file.string());
    while (reader.next()) {
      const std::string_view line = reader.line();
      const std::size_t tab = line.find('\t');
      if (tab == std::string_view::npos || tab == 0 || tab + 1 == line.size())
        throw reader.error(fmt::format("'{}'", printable(line)), "entity and label, tab-separated");
      if (const auto entity = entities.find(line.substr(0, tab)))
        labels[*entity] = one_line(std::string(line.substr(tab + 1)));
    }
    return labels;
  }

  const nlohmann::json json = read_strict_json(file, kLabelBytes, "JSON in UTF-8");
  if (!json.is_object())
    throw InputError::unreadable(file.string(), fmt::format("a JSON {}", json.type_name()),
                                 "an object {entity: {\"label\": text}}");
  for (const auto& [name, value] : json.items()) {
    const auto entity = entities.find(name);
    if (!entity) continue;
    const nlohmann::json* label = &value;
    if (value.is_object()) {
      const auto found = value.find("label");
      if (found == value.end() || found->is_null()) continue;
      label = &*found;
    }
    if (!label->is_string())
      throw InputError::unreadable(
          file.string(),
          fmt::format("the label of '{}' is a JSON {}", printable(name), label->type_name()),
          "a text");
    if (!label->get_ref<const std::string&>().empty())
      labels[*entity] = one_line(label->get<std::string>());
  }
  return labels;
}

std::vector<DatasetSummary> list_datasets() {
  std::vector<DatasetSummary> all;
  const auto add = [&](const DatasetCard& card) {
    DatasetSummary summary{card.id, card.title, card.description, card.licence, card.expected,
                           {},      0};
    for (const CardPersonRelation& source : card.sensitive) summary.sensitive.push_back(source.id);
    for (const CardFile& file : card.files) summary.download_bytes += file.bytes;
    all.push_back(std::move(summary));
  };
  for (const DatasetCard& card : embedded_cards()) add(card);
  add(parse_card(planted_people_card(), std::string(kPlantedPeopleId)));
  return all;
}

}  // namespace kgaudit::datasets
