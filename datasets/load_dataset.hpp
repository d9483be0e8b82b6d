#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/dataset_source.hpp"
#include "datasets/fetch.hpp"
#include "datasets/triple_format.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

struct LoadOptions {
  /// A TOML file that takes the place of the card's whitelist.
  std::optional<std::filesystem::path> whitelist;
  FetchOptions fetch;  ///< files that the cache lacks are fetched only where a mirror is named
  /// For planted-people; nothing = its defaults.
  std::optional<Parameters> planted;
  ReadLimits limits;
};

/// Makes a data set ready for training and measuring. The files of a card come from beside it or
/// from the cache, checked by SHA-256 before use; planted-people is made in memory. Throws
/// InputError: usage for an unknown id (with the nearest known one) or a card that does not fit the
/// graph, unreadable for files that are missing, malformed or not what the card says.
[[nodiscard]] Dataset load_dataset(const DatasetSource& source, const LoadOptions& options = {},
                                   Progress& progress = silent_progress());

/// Reads labels: JSON of the form {entity: {"label": text}} or {entity: text}, or lines
/// entity, tab, label. Entities without a label get their id; entities the graph lacks are skipped.
/// Control characters become blanks. InputError (unreadable) with file:line.
[[nodiscard]] std::vector<std::string> load_labels(const std::filesystem::path& file,
                                                   const Vocabulary& entities);

}  // namespace kgaudit::datasets
