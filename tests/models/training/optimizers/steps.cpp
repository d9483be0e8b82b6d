#include "tests/models/training/optimizers/steps.hpp"

#include <algorithm>

#include "models/training/optimizer.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::tests {

using models::FloatTable;

FloatTable one_row(std::initializer_list<float> values) {
  FloatTable table(1, values.size());
  std::copy(values.begin(), values.end(), table.row(0));
  return table;
}

Doubles after_steps(std::string_view optimizer, float learning_rate,
                    const std::vector<FloatTable>& gradients) {
  const std::size_t width = gradients.front().width();
  const auto rule = models::find_optimizer(optimizer).make(3, width);
  FloatTable x(1, width);
  std::uint64_t step = 0;
  for (const FloatTable& g : gradients) rule->apply(1, x.row(0), g.row(0), learning_rate, ++step);
  CHECK(padding_is_zero(x));
  return row_of(x, 0);
}

}  // namespace kgaudit::tests
