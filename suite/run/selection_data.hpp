#pragma once

#include <optional>
#include <string_view>

#include "datasets/dataset.hpp"

namespace kgaudit::run {

/// The data as a choice of weights may see it: the validation triples take the place of the test
/// triples, which are in no list any more, so that no rank is filtered by them and no value is
/// known from them. The train and validation lists stay.
[[nodiscard]] datasets::Dataset without_test_triples(datasets::Dataset data);

/// A copy in which metrics ask only some persons: half of all persons of the data, drawn once and
/// the same for every system, seed and run ("selection"), or the other half ("others"). Nothing
/// for "all". Training is not meant to see this copy: embeddings know all persons of train.
[[nodiscard]] std::optional<datasets::Dataset> asked_of_some(const datasets::Dataset& data,
                                                             std::string_view persons);

}  // namespace kgaudit::run
