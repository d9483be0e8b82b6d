#pragma once

#include <vector>

#include "metrics/metric.hpp"
#include "models/training/trainer.hpp"

namespace kgaudit::run {

/// What of a view's facts goes on record. A view for one attribute says nothing of the others, so
/// their facts are dropped; what it says of no attribute (ranking) is kept under the facet "view",
/// for several such views share a row.
[[nodiscard]] std::vector<metrics::Fact> recorded_facts(const models::ModelView& view,
                                                        std::vector<metrics::Fact> facts);

/// The row's own figure for what its views measured one by one: the mean over the views, without
/// the facet "view". Only for facts that every one of at least two views has and that are defined;
/// no interval, because the views share their triples.
[[nodiscard]] std::vector<metrics::Fact> means_over_views(
    const std::vector<std::vector<metrics::Fact>>& facts_of_views);

}  // namespace kgaudit::run
