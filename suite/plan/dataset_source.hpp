#pragma once

#include <span>
#include <string>
#include <string_view>

#include "datasets/dataset.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// The options of a generated dataset (`[dataset.<id>]` of a plan); empty for all others.
[[nodiscard]] std::span<const ParameterSpec> dataset_options(std::string_view dataset_id);

/// Loads the graph of the plan: generates it, or reads it from the cache, the mirror or the user's
/// files. `mirror` is a folder or address to fetch from; empty = $KGAUDIT_MIRROR if it is set, else
/// nothing is fetched.
[[nodiscard]] datasets::Dataset load_dataset(const Plan& plan, const std::string& mirror,
                                             Progress& progress);

}  // namespace kgaudit::run
