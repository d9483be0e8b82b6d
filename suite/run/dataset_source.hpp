#pragma once

#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"
#include "suite/run/plan.hpp"

namespace kgaudit::run {

/// A dataset of the roster as users see it: downloaded (with a card) or generated.
struct KnownDataset {
  std::string id;
  std::string title;
  std::string description;
  std::string licence;
  std::string citation;
  std::vector<ParameterSpec> options;  ///< what a generated dataset can be told; else empty
};

/// All datasets that `dataset.id` may name, in the order of every list that users see.
[[nodiscard]] std::vector<KnownDataset> known_datasets();

/// Loads the graph of the plan: generates it, reads it from the cache, downloads it first, or reads
/// the user's files. `mirror` is a folder or address to fetch from in place of the public ones;
/// empty = $KGAUDIT_MIRROR or the public addresses.
[[nodiscard]] datasets::Dataset load_dataset(const Plan& plan, const std::string& mirror,
                                             Progress& progress);

}  // namespace kgaudit::run
