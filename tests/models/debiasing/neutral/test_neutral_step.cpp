#include <cstdint>
#include <vector>

#include "models/debiasing/neutral/neutral_step.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

namespace {

using Matrix = NeutralStep::Matrix;

FloatTable table_of(std::initializer_list<std::vector<float>> rows) {
  FloatTable table(rows.size(), rows.begin()->size());
  std::size_t i = 0;
  for (const std::vector<float>& row : rows) {
    std::copy(row.begin(), row.end(), table.row(i++));
  }
  return table;
}

/// Where the step with one group of conditions takes the only row of `x`.
std::vector<float> stepped(const Matrix& conditions, const Eigen::VectorXf& values, float weight,
                           std::initializer_list<float> x) {
  FloatTable table = table_of({std::vector<float>(x)});
  NeutralStep step(x.size());
  step.add(conditions, values, weight);
  step.prepare();
  ThreadPool pool(1);
  const std::vector<std::uint32_t> rows = {0};
  step.take(table, rows, pool);
  const auto out = table.values(0);
  return {out.begin(), out.end()};
}

}  // namespace

TEST_CASE("The neutral step goes w / (1 + w) of the way to a unit condition", "[models][neutral]") {
  const Matrix a{{1.0F, 0.0F}};
  const Eigen::VectorXf c = Eigen::VectorXf::Constant(1, 1.0F);
  CHECK(stepped(a, c, 1.0F, {3.0F, 5.0F}) == std::vector<float>{2.0F, 5.0F});
  CHECK(static_cast<double>(stepped(a, c, 3.0F, {3.0F, 5.0F})[0]) == Approx(1.5));
  CHECK(stepped(a, c, 0.0F, {3.0F, 5.0F}) == std::vector<float>{3.0F, 5.0F});
  CHECK(stepped(2.0F * a, 2.0F * c, 0.25F, {3.0F, 5.0F}) == std::vector<float>{2.0F, 5.0F});
}

TEST_CASE("Heavy conditions are met exactly, also when they repeat one another",
          "[models][neutral]") {
  const Matrix a{{1.0F, 1.0F, 0.0F}, {2.0F, 2.0F, 0.0F}, {0.0F, 0.0F, 4.0F}};
  const Eigen::VectorXf c{{2.0F, 4.0F, 8.0F}};
  const auto x = stepped(a, c, 1e6F, {5.0F, 1.0F, 0.0F});
  CHECK(static_cast<double>(x[0]) == Approx(3.0).epsilon(1e-5));  // (5, 1) to the line x + y = 2
  CHECK(static_cast<double>(x[1]) == Approx(-1.0).epsilon(1e-5));
  CHECK(static_cast<double>(x[2]) == Approx(2.0).epsilon(1e-5));
}

TEST_CASE("A neutral step without conditions moves nothing", "[models][neutral]") {
  FloatTable table = table_of({{1.0F, 2.0F}});
  NeutralStep step(2);
  step.prepare();
  ThreadPool pool(1);
  const std::vector<std::uint32_t> rows = {0};
  step.take(table, rows, pool);
  CHECK(step.empty());
  CHECK(table.row(0)[0] == 1.0F);
  CHECK(table.row(0)[1] == 2.0F);
}
