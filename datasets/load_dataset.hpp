#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/dataset_card.hpp"
#include "datasets/fetch.hpp"
#include "datasets/load_graph.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

/// When load_dataset may fetch a file that the cache lacks.
enum class FetchPolicy {
  kNever,
  kFromMirror,  ///< only when a mirror is configured
  kAlways
};

struct LoadOptions {
  /// A card for a folder or archive of triples (attributes, expected counts, whitelist). Without
  /// one the folder's own card.toml is used if it is there.
  std::optional<std::filesystem::path> card;
  /// A TOML file that takes the place of the card's whitelist.
  std::optional<std::filesystem::path> whitelist;
  FetchPolicy fetch_policy = FetchPolicy::kFromMirror;
  FetchOptions fetch;  ///< cache and mirror; its progress is set from `progress`
  /// For planted-people; nothing = its defaults.
  std::optional<Parameters> planted;
  ReadLimits limits;
  Progress* progress = nullptr;
};

/// Makes a data set ready for training and measuring. `name` is one of
/// - the id of an embedded card (its files come from the cache, checked by SHA-256 before use),
/// - "planted-people" (made in memory),
/// - a folder of triples, tab-separated or OpenKE,
/// - a tar archive of such a folder (.tar, .tar.gz, .tgz, .tar.xz, .tar.bz2, .tar.zst),
/// - a user's card (.toml) whose files are beside it or at addresses.
/// A name with '/' or starting with '.' is a path; otherwise an id comes first.
/// Throws InputError: usage for an unknown name (with the nearest known one) or a card that does
/// not fit the graph, unreadable for files that are missing, malformed or not what the card says.
[[nodiscard]] Dataset load_dataset(const std::string& name, const LoadOptions& options = {});

/// Reads labels: JSON of the form {entity: {"label": text}} or {entity: text}, or lines
/// entity, tab, label. Entities without a label get their id; entities the graph lacks are skipped.
/// Control characters become blanks. InputError (unreadable) with file:line.
[[nodiscard]] std::vector<std::string> load_labels(const std::filesystem::path& file,
                                                   const Vocabulary& entities);

/// One line of `kgaudit datasets list`.
struct DatasetSummary {
  std::string id;
  std::string title;
  std::string description;
  std::string licence;
  std::optional<ExpectedCounts> counts;  ///< nothing when parameters decide
  std::vector<std::string> sensitive;    ///< attribute ids
  std::uint64_t download_bytes = 0;      ///< 0 = nothing to fetch
};

/// The embedded cards in roster order, then planted-people.
[[nodiscard]] std::vector<DatasetSummary> list_datasets();

}  // namespace kgaudit::datasets
