#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "tests/models/reference.hpp"

namespace kgaudit::tests {

/// A table of one row.
[[nodiscard]] models::FloatTable one_row(std::initializer_list<float> values);

/// Where a row that starts at 0, of a table of three, stands after steps with these gradients.
[[nodiscard]] Doubles after_steps(std::string_view optimizer, float learning_rate,
                                  const std::vector<models::FloatTable>& gradients);

}  // namespace kgaudit::tests
