#include "datasets/dataset_source.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/dataset_card.hpp"
#include "datasets/known_datasets.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::datasets {
namespace {

namespace fs = std::filesystem;

bool is_archive_name(const std::string& name) {
  constexpr std::array<std::string_view, 10> kEndings{".tar",     ".tar.gz",  ".tgz",  ".tar.xz",
                                                      ".txz",     ".tar.bz2", ".tbz2", ".tbz",
                                                      ".tar.zst", ".tzst"};
  return std::ranges::any_of(kEndings, [&](std::string_view e) { return name.ends_with(e); });
}

std::vector<std::string> known_ids() {
  std::vector<std::string> ids;
  for (const DatasetSummary& summary : list_datasets()) ids.push_back(summary.id);
  return ids;
}

std::string folder_name(const fs::path& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

InputError nothing_there(const std::string& word, std::string got) {
  const auto ids = known_ids();
  return InputError::usage(
      printable(word), std::move(got),
      fmt::format("one of: {}; or a folder, archive or card", fmt::join(ids, ", ")),
      InputError::guess(word, ids));
}

/// The name of each kind of source.
struct NameOf {
  std::string operator()(const KnownDataset& known) const { return known.id; }
  std::string operator()(const TriplesFolder& triples) const {
    std::error_code failure;
    const fs::path own = triples.folder / "card.toml";
    if (triples.card) return load_card(*triples.card).id;
    if (fs::exists(own, failure)) return load_card(own).id;
    return folder_name(triples.folder);
  }
  std::string operator()(const TriplesArchive& triples) const {
    if (triples.card) return load_card(*triples.card).id;
    const std::string name = triples.archive.filename().string();
    return name.substr(0, name.find('.'));
  }
  std::string operator()(const CardOfFiles& files) const { return load_card(files.card).id; }
};

}  // namespace

DatasetSource dataset_at(const fs::path& path, const std::optional<fs::path>& card) {
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (fs::is_directory(status)) return TriplesFolder{path, card};
  if (!fs::exists(status)) {
    throw InputError::unreadable(path.string(), "no such file or folder",
                                 "a folder of triples, a tar archive of one, or a card (.toml)",
                                 "check the path; kgaudit datasets list has the known ones");
  }
  if (is_archive_name(path.string())) return TriplesArchive{path, card};
  if (path.extension() == ".toml") return CardOfFiles{path};
  throw InputError::usage(path.string(), "a single file",
                          "a folder of triples, a tar archive of one, or a card (.toml)",
                          "the folder that holds it; if all triples are in this one file: "
                          "kgaudit datasets split makes a folder with train, valid and test of it");
}

DatasetSource dataset_from_word(const std::string& word) {
  const bool is_path = word.find('/') != std::string::npos || word.starts_with('.');
  if (!is_path) {
    const auto ids = known_ids();
    if (std::ranges::find(ids, word) != ids.end()) return KnownDataset{word};
    std::error_code failure;
    if (!fs::exists(word, failure)) {
      throw nothing_there(word, "no data set and no file of this name");
    }
  }
  return dataset_at(word);
}

std::string name_of(const DatasetSource& source) { return std::visit(NameOf{}, source); }

}  // namespace kgaudit::datasets
