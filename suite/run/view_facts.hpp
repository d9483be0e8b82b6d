#pragma once

#include <vector>

#include "metrics/metric.hpp"
#include "models/training/trainer.hpp"

// A view is one way to read a trained system ("a", "s:gender"), a row what tables show of it ("a",
// "s"): views that are each made for one attribute share a row. On record raw files stand by view
// and facts by row, both under the key "view".

namespace kgaudit::run {

/// What of a view's facts goes on record. A view for one attribute says nothing of the others, so
/// their facts are dropped; what it says of no attribute (ranking) is kept under the facet "view",
/// for several such views share a row.
[[nodiscard]] std::vector<metrics::Fact> recorded_facts(const models::ModelView& view,
                                                        std::vector<metrics::Fact> facts);

/// The row's value of what was measured of its views one by one: the mean over the views, without
/// the facet "view". Only for facts that every one of at least two views has and that are defined;
/// no interval, because the views share their triples.
[[nodiscard]] std::vector<metrics::Fact> means_over_views(
    const std::vector<std::vector<metrics::Fact>>& facts_of_views);

}  // namespace kgaudit::run
