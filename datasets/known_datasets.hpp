#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset_card.hpp"

namespace kgaudit::datasets {

/// One line of `kgaudit datasets list`.
struct DatasetSummary {
  std::string id;
  std::string title;
  std::string description;
  std::string licence;
  std::string citation;                  ///< "Toutanova and Chen 2015"; "" = nobody's work
  std::optional<ExpectedCounts> counts;  ///< nothing when parameters decide
  std::vector<std::string> sensitive;    ///< attribute ids
  std::uint64_t download_bytes = 0;      ///< 0 = nothing to fetch
};

/// The embedded cards in roster order, then planted-people.
[[nodiscard]] std::vector<DatasetSummary> list_datasets();

}  // namespace kgaudit::datasets
