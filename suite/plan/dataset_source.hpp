#pragma once

#include <span>
#include <string>
#include <string_view>

#include "datasets/dataset.hpp"
#include "datasets/dataset_source.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// The options of a generated dataset (`[dataset.<id>]` of a plan); empty for all others.
[[nodiscard]] std::span<const ParameterSpec> dataset_options(std::string_view dataset_id);

/// Where the plan's graph comes from. Throws InputError (usage) when nothing lies at its path.
[[nodiscard]] datasets::DatasetSource dataset_source(const Plan& plan);

/// The one name of the plan's graph in folders, records and captions: the id of the data set or of
/// its card, else the name of the folder or archive. A card that cannot be read gives its file's
/// name.
[[nodiscard]] std::string graph_name(const Plan& plan);

/// The name that folders of runs had before: the card's file name without its ending, or the last
/// part of the path of the triples.
[[nodiscard]] std::string graph_name_by_path(const Plan& plan);

/// Loads the graph of the plan: generates it, or reads it from the cache, the mirror or the user's
/// files. `mirror` is a folder or address to fetch from; empty = $KGAUDIT_MIRROR if it is set, else
/// nothing is fetched.
[[nodiscard]] datasets::Dataset load_dataset(const Plan& plan, const std::string& mirror,
                                             Progress& progress);

}  // namespace kgaudit::run
