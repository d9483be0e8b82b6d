#include "datasets/load_dataset.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "datasets/card_names.hpp"
#include "datasets/dataset_card.hpp"
#include "datasets/integrity.hpp"
#include "datasets/known_datasets.hpp"
#include "datasets/load_graph.hpp"
#include "datasets/planted/planted_files.hpp"
#include "datasets/planted/planted_people.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/line_reader.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/shell_word.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLabelBytes = std::uint64_t{1} << 30U;

/// Loads one data set. It lives for one call of load_dataset.
class Loader {
 public:
  Loader(const LoadOptions& options, Progress& progress) : options_(options), progress_(progress) {}

  Dataset operator()(const KnownDataset& known) const;
  Dataset operator()(const TriplesFolder& triples) const;
  Dataset operator()(const TriplesArchive& triples) const;
  Dataset operator()(const CardOfFiles& files) const { return carded(load_card(files.card)); }

 private:
  [[nodiscard]] Dataset planted() const;
  [[nodiscard]] Dataset carded(const DatasetCard& card) const;
  [[nodiscard]] fs::path ready_file(const DatasetCard& card, const CardFile& file) const;
  [[nodiscard]] LoadedGraph graph_of(const DatasetCard& card) const;
  [[nodiscard]] Dataset complete(std::string name, LoadedGraph loaded,
                                 const DatasetCard* card) const;
  void heed_stop() const {
    if (progress_.stop_requested()) throw Interrupted();
  }
  void add_card(Dataset& data, const DatasetCard& card, std::vector<CardName>& absent) const;

  const LoadOptions& options_;
  Progress& progress_;
};

/// A card beside triples given by the user. The card's own triples are not looked at.
std::optional<DatasetCard> card_for_triples(const std::optional<fs::path>& file) {
  if (!file) return std::nullopt;
  DatasetCard card = load_card(*file);
  std::erase_if(card.files, [](const CardFile& f) {
    return f.role != FileRole::kLabels && f.role != FileRole::kTruth;
  });
  return card;
}

void check_counts(const DatasetCard& card, const KnowledgeGraph& graph) {
  if (!card.expected) return;
  const ExpectedCounts& e = *card.expected;
  const auto check = [&](std::string_view what, std::uint64_t got, std::uint64_t expected) {
    if (got == expected) return;
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

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

Dataset Loader::operator()(const KnownDataset& known) const {
  if (const DatasetCard* card = find_card(known.id)) return carded(*card);
  if (known.id == kPlantedPeopleId) return planted();
  std::vector<std::string> ids;
  for (const DatasetSummary& summary : list_datasets()) ids.push_back(summary.id);
  throw InputError::unknown("dataset", "dataset", known.id, ids);
}

Dataset Loader::operator()(const TriplesFolder& triples) const {
  std::optional<DatasetCard> card = card_for_triples(triples.card);
  std::error_code failure;
  const fs::path own_card = triples.folder / "card.toml";
  if (!card && fs::exists(own_card, failure)) {
    card = load_card(own_card);
    if (card->find(FileRole::kTrain) != nullptr || card->find(FileRole::kArchive) != nullptr) {
      return carded(*card);
    }
  }
  return complete(card ? card->id : name_of(triples),
                  load_graph_directory(triples.folder, card ? card->format : nullptr, progress_,
                                       options_.limits),
                  card ? &*card : nullptr);
}

Dataset Loader::operator()(const TriplesArchive& triples) const {
  const std::optional<DatasetCard> card = card_for_triples(triples.card);
  return complete(card ? card->id : name_of(triples),
                  load_graph_archive(triples.archive, card ? card->format : nullptr, progress_,
                                     options_.limits),
                  card ? &*card : nullptr);
}

Dataset Loader::planted() const {
  Dataset data = make_planted_people(
      options_.planted ? *options_.planted : Parameters(planted_people_parameters()), progress_);
  if (options_.whitelist) {
    data.whitelist = load_whitelist(*options_.whitelist, data.graph, data.attributes);
  }
  return data;
}

Dataset Loader::carded(const DatasetCard& card) const {
  return complete(card.id, graph_of(card), &card);
}

std::string advice_to_fetch(const DatasetCard& card) {
  return fmt::format("kgaudit datasets fetch {}",
                     find_card(card.id) != nullptr ? card.id : shell_path(card.source));
}

/// The path of a card's file, there and with the right digest.
fs::path Loader::ready_file(const DatasetCard& card, const CardFile& file) const {
  fs::path path = location(card, file, options_.fetch.cache);
  std::error_code failure;
  if (!fs::exists(path, failure)) {
    if (file.url.empty()) {
      throw InputError::unreadable(path.string(), "no such file",
                                   fmt::format("the file '{}' of {}", file.name(), card.source));
    }
    if (options_.fetch.mirror.empty()) {
      throw InputError::unreadable(
          path.string(), fmt::format("the data set {} is not here yet", card.id),
          fmt::format("{} ({})", file.name(), bytes_text(file.bytes)), advice_to_fetch(card));
    }
    return fetch_file(file, options_.fetch, progress_);
  }
  if (!file.sha256.empty()) {
    const std::string got = sha256_of_file(path).hex();
    if (got != file.sha256) {
      throw InputError::unreadable(path.string(), fmt::format("SHA-256 {}", got),
                                   fmt::format("SHA-256 {}, as the card says", file.sha256),
                                   file.url.empty()
                                       ? "restore the file, or the card that was written with it"
                                       : advice_to_fetch(card));
    }
  }
  return path;
}

LoadedGraph Loader::graph_of(const DatasetCard& card) const {
  if (const CardFile* archive = card.find(FileRole::kArchive)) {
    return load_graph_archive(ready_file(card, *archive), card.format, progress_, options_.limits);
  }
  std::vector<FileRole> roles;
  for (const CardFile& file : card.files) roles.push_back(file.role);
  const TripleFormatEntry& format =
      card.format != nullptr ? *card.format : triple_format_for(roles);
  GraphFiles files;
  for (const TripleFormatEntry::UsualFile& usual : format.files) {
    const CardFile* file = card.find(usual.role);
    if (file == nullptr) {
      throw InputError::usage(card.source,
                              fmt::format("no file with the role '{}'", to_text(usual.role)),
                              "an archive, or a file for every role of the format",
                              "--triples FOLDER with the files, if the card lies beside them");
    }
    files.emplace(usual.role, ready_file(card, *file));
  }
  return load_graph_files(files, format, progress_, options_.limits);
}

void Loader::add_card(Dataset& data, const DatasetCard& card, std::vector<CardName>& absent) const {
  data.title = card.title;
  check_counts(card, data.graph);
  data.attributes = resolve_attributes(card, data.graph);
  data.whitelist = resolve_whitelist(card.whitelist, data.graph, data.attributes, &absent);
  const auto use_side_file = [&](FileRole role, const auto& use) {
    const CardFile* file = card.find(role);
    if (file == nullptr) return;
    const fs::path path = ready_file(card, *file);
    data.files.push_back({file->name(), fs::file_size(path), sha256_of_file(path).hex()});
    use(path);
  };
  use_side_file(FileRole::kLabels, [&](const fs::path& path) {
    data.labels = load_labels(path, data.graph.entities());
  });
  use_side_file(FileRole::kTruth,
                [&](const fs::path& path) { data.truth = load_truth(path, data.graph); });
}

/// Puts everything that hangs on the graph in place.
Dataset Loader::complete(std::string name, LoadedGraph loaded, const DatasetCard* card) const {
  Dataset data;
  data.id = std::move(name);
  data.title = data.id;
  data.graph = std::move(loaded.graph);
  data.files = std::move(loaded.files);
  heed_stop();
  std::vector<CardName> absent;
  if (card != nullptr) {
    add_card(data, *card, absent);
  } else {
    data.attributes = AttributeTable(data.graph, {}, std::nullopt);
  }
  if (options_.whitelist) {
    data.whitelist = load_whitelist(*options_.whitelist, data.graph, data.attributes);
  }
  if (data.labels.empty()) data.labels = data.graph.entities().names();

  heed_stop();
  data.integrity = check_integrity(data.graph, data.attributes, data.labels, data.whitelist);
  heed_stop();
  if (!absent.empty() && !options_.whitelist) {
    data.integrity.findings.push_back(
        {"absent_whitelist_names", "", absent.size(),
         fmt::format("Optional names of the whitelist that the graph lacks, e.g. '{}' ({}).",
                     printable(absent.front().name), absent.front().place)});
  }
  if (!loaded.ignored.empty()) {
    data.integrity.findings.push_back(
        {"ignored_files", "", loaded.ignored.size(),
         fmt::format("Files of the archive that are no part of the graph, e.g. '{}'.",
                     loaded.ignored.front())});
  }
  return data;
}

}  // namespace

Dataset load_dataset(const DatasetSource& source, const LoadOptions& options, Progress& progress) {
  return std::visit(Loader(options, progress), source);
}

std::vector<std::string> load_labels(const fs::path& file, const Vocabulary& entities) {
  std::vector<std::string> labels = entities.names();
  if (file.extension() != ".json") {
    FileSource source(file);
    LineReader reader(source, file.string());
    while (reader.next()) {
      const std::string_view line = reader.line();
      const std::size_t tab = line.find('\t');
      if (tab == std::string_view::npos || tab == 0 || tab + 1 == line.size()) {
        throw reader.error(fmt::format("'{}'", printable(line)), "entity and label, tab-separated");
      }
      if (const auto entity = entities.find(line.substr(0, tab))) {
        labels[*entity] = one_line(std::string(line.substr(tab + 1)));
      }
    }
    return labels;
  }

  const nlohmann::json json = read_strict_json(file, kLabelBytes, "JSON in UTF-8");
  if (!json.is_object()) {
    throw InputError::unreadable(file.string(), fmt::format("a JSON {}", json.type_name()),
                                 "an object {entity: {\"label\": text}}");
  }
  for (const auto& [name, value] : json.items()) {
    const auto entity = entities.find(name);
    if (!entity) continue;
    const nlohmann::json* label = &value;
    if (value.is_object()) {
      const auto found = value.find("label");
      if (found == value.end() || found->is_null()) continue;
      label = &*found;
    }
    if (!label->is_string()) {
      throw InputError::unreadable(
          file.string(),
          fmt::format("the label of '{}' is a JSON {}", printable(name), label->type_name()),
          "a text");
    }
    if (!label->get_ref<const std::string&>().empty()) {
      labels[*entity] = one_line(label->get<std::string>());
    }
  }
  return labels;
}

}  // namespace kgaudit::datasets
