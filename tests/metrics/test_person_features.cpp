#include "metrics/person_features.hpp"

#include <array>
#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::PersonFeatures;
using Ones = std::vector<std::uint32_t>;

namespace {

Ones row(const PersonFeatures& features, std::size_t i) {
  const auto ones = features.links.row(i);
  return {ones.begin(), ones.end()};
}

}  // namespace

TEST_CASE("Rows of ones are kept, chosen and left as they are", "[metrics][leakage]") {
  PersonFeatures all;
  all.links.columns = 4;
  for (const Ones& ones : {Ones{0, 3}, Ones{}, Ones{2}}) all.links.push_back(ones);
  CHECK(all.rows() == 3);
  const std::array<std::size_t, 2> chosen = {2, 0};
  PersonFeatures some = rows_of(all, chosen);
  CHECK(some.rows() == 2);
  CHECK(some.links.columns == 4);
  CHECK(row(some, 0) == Ones{2});
  CHECK(row(some, 1) == Ones{0, 3});
  metrics::standardise(some, all);
  CHECK(row(some, 1) == Ones{0, 3});
}

TEST_CASE("Numbers of persons are chosen and standardised by the training rows",
          "[metrics][leakage]") {
  PersonFeatures all;
  all.numbers.resize(3, 1);
  all.numbers << 1, 3, 5;
  const std::array<std::size_t, 2> chosen = {0, 1};
  PersonFeatures train = rows_of(all, chosen);
  metrics::standardise(train, all);
  CHECK(train.numbers(0, 0) == -1.0F);
  CHECK(all.numbers(2, 0) == 3.0F);
}
