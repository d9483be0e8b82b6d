#pragma once

#include <optional>
#include <string_view>

#include "datasets/dataset.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::run {

/// The data as a choice of weights may see it: the validation triples take the place of the test
/// triples, which are in no list any more, so that no rank is filtered by them and no value is
/// known from them. The train and validation lists stay.
[[nodiscard]] datasets::Dataset without_test_triples(datasets::Dataset data);

/// The data that a plan trains on and measures: with a share of the persons' values hidden
/// (datasets::with_hidden_persons), the same for every seed, as the table `evaluation` of the plan
/// says, and without test triples where it ranks validation triples.
[[nodiscard]] datasets::Dataset prepared_data(datasets::Dataset data, const Parameters& evaluation);

/// All triples that are known to be true, those that are hidden from training too: a ranking is
/// filtered by them.
[[nodiscard]] datasets::KnownTriples known_triples(const datasets::Dataset& data);

/// A copy in which metrics ask only some persons: half of all persons of the data, drawn once and
/// the same for every system, seed and run ("selection"), or the other half ("others"). Nothing
/// for "all". Training is not meant to see this copy: embeddings know all persons of train.
[[nodiscard]] std::optional<datasets::Dataset> asked_of_some(const datasets::Dataset& data,
                                                             std::string_view persons);

}  // namespace kgaudit::run
