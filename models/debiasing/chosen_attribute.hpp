#pragma once

#include <string_view>

#include "datasets/dataset.hpp"

namespace kgaudit::models {

/// The sensitive attribute `id` of `data`; "" = its first. Throws InputError (usage) in the name of
/// `system` where there is none, naming the nearest known id.
[[nodiscard]] const datasets::PersonAttribute& chosen_attribute(const datasets::Dataset& data,
                                                                std::string_view id,
                                                                std::string_view system);

}  // namespace kgaudit::models
