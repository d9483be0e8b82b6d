#include <cmath>
#include <vector>

#include "models/training/optimizer.hpp"
#include "tests/models/reference.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

FloatTable row(std::initializer_list<float> values) {
  FloatTable table(1, values.size());
  std::copy(values.begin(), values.end(), table.row(0));
  return table;
}

/// Where a row at 0 of a table of three stands after the gradients.
Doubles after(OptimizerKind kind, float learning_rate, const std::vector<FloatTable>& gradients) {
  RowOptimizer optimizer(kind, 3, gradients.front().width());
  FloatTable x(1, gradients.front().width());
  std::uint64_t step = 0;
  for (const FloatTable& g : gradients) {
    optimizer.apply(1, x.row(0), g.row(0), learning_rate, ++step);
  }
  CHECK(padding_is_zero(x));
  return row_of(x, 0);
}

}  // namespace

TEST_CASE("row-AdaGrad divides by the root of the row's mean square", "[models]") {
  const Doubles first = after(OptimizerKind::kRowAdagrad, 0.1F, {row({3, 4})});
  CHECK(first[0] == Approx(-0.0848528137).epsilon(1e-6));
  CHECK(first[1] == Approx(-0.1131370850).epsilon(1e-6));
  const Doubles second = after(OptimizerKind::kRowAdagrad, 0.1F, {row({3, 4}), row({1, 0})});
  CHECK(second[0] - first[0] == Approx(-0.0277350098).epsilon(1e-5));
  CHECK(second[1] == first[1]);
}

TEST_CASE("row-AdaGrad's mean counts the width and not the padded row", "[models]") {
  const Doubles x = after(OptimizerKind::kRowAdagrad, 1.0F, {row({2, 0, 0, 0, 0})});
  CHECK(x[0] == Approx(-2.0 / std::sqrt(4.0 / 5.0)).epsilon(1e-6));
}

TEST_CASE("element-wise AdaGrad's first step is the learning rate in every coordinate",
          "[models]") {
  const Doubles first = after(OptimizerKind::kAdagrad, 0.1F, {row({3, 4})});
  CHECK(first[0] == Approx(-0.1).epsilon(1e-6));
  CHECK(first[1] == Approx(-0.1).epsilon(1e-6));
  const Doubles second = after(OptimizerKind::kAdagrad, 0.1F, {row({3, 4}), row({4, 0})});
  CHECK(second[0] == Approx(-0.1 - 0.1 * 4.0 / 5.0).epsilon(1e-6));
  CHECK(second[1] == Approx(-0.1).epsilon(1e-6));
}

TEST_CASE("Adam follows the textbook for three steps", "[models]") {
  const Doubles gradients = {3.0, -1.0, 0.5};
  double x = 0.0, m = 0.0, v = 0.0;
  std::vector<FloatTable> rows;
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    const double g = gradients[t - 1];
    rows.push_back(row({static_cast<float>(g)}));
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double time = static_cast<double>(t);
    x -= 0.01 * (m / (1.0 - std::pow(0.9, time))) /
         (std::sqrt(v / (1.0 - std::pow(0.999, time))) + 1e-8);
    CHECK(after(OptimizerKind::kAdam, 0.01F, rows)[0] == Approx(x).epsilon(1e-5));
  }
  CHECK(after(OptimizerKind::kAdam, 0.01F, {row({3, -4})})[1] == Approx(0.01).epsilon(1e-5));
}

TEST_CASE("plain gradient descent moves by the learning rate times the gradient", "[models]") {
  CHECK(after(OptimizerKind::kSgd, 0.5F, {row({3, -4}), row({1, 1})}) == Doubles{-2.0, 1.5});
}

TEST_CASE("a row's optimiser state does not touch its neighbour's", "[models]") {
  for (const OptimizerKind kind :
       {OptimizerKind::kRowAdagrad, OptimizerKind::kAdagrad, OptimizerKind::kAdam}) {
    RowOptimizer alone(kind, 2, 2);
    RowOptimizer shared(kind, 2, 2);
    FloatTable a(1, 2), b(1, 2), other(1, 2);
    const FloatTable g = row({1.5F, -2.0F});
    shared.apply(0, other.row(0), row({100, 100}).row(0), 0.1F, 1);
    shared.apply(1, b.row(0), g.row(0), 0.1F, 1);
    alone.apply(1, a.row(0), g.row(0), 0.1F, 1);
    CHECK(row_of(a, 0) == row_of(b, 0));
    CHECK(row_of(a, 0)[0] != 0.0);
  }
}

TEST_CASE("an optimiser with a zero gradient moves no bit", "[models]") {
  for (const OptimizerKind kind : {OptimizerKind::kRowAdagrad, OptimizerKind::kAdagrad,
                                   OptimizerKind::kAdam, OptimizerKind::kSgd}) {
    RowOptimizer optimizer(kind, 1, 2);
    FloatTable x = row({0.3F, -0.7F});
    const FloatTable before = x;
    optimizer.apply(0, x.row(0), row({0, 0}).row(0), 0.1F, 1);
    CHECK(x.digest() == before.digest());
  }
}

TEST_CASE("every word of the optimiser parameter names its rule", "[models]") {
  CHECK(optimizer_from_text("row-adagrad") == OptimizerKind::kRowAdagrad);
  CHECK(optimizer_from_text("adagrad") == OptimizerKind::kAdagrad);
  CHECK(optimizer_from_text("adam") == OptimizerKind::kAdam);
  CHECK(optimizer_from_text("sgd") == OptimizerKind::kSgd);
}
