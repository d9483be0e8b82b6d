#include "metrics/formulas/parity.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::ParityRow;

namespace {

/// A toy: groups M,M,M,F,F,?; predicted a,a,b,b,b,a; true a,b,b,b,a,a.
std::vector<ParityRow> toy() {
  constexpr std::uint32_t a = 0;
  constexpr std::uint32_t b = 1;
  return {{a, a, 0}, {b, a, 0}, {b, b, 0}, {b, b, 1}, {a, b, 1}, {a, a, std::nullopt}};
}

/// kgbiasdetec's file for one relation: values with at most 10 rows count as missing.
std::vector<ParityRow> published(const std::filesystem::path& file, const std::string& relation) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  const auto header = split(line, ',');
  const auto column = [&](const std::string& name) {
    const auto found = std::find(header.begin(), header.end(), name);
    REQUIRE(found != header.end());
    return static_cast<std::size_t>(found - header.begin());
  };
  const std::size_t truth = column("true_tail");
  const std::size_t predicted = column("pred");
  const std::size_t group = column("/people/person/" + relation);
  std::vector<ParityRow> rows;
  std::map<std::uint32_t, int> size;
  while (std::getline(stream, line)) {
    const auto part = split(line, ',');
    ParityRow row{static_cast<std::uint32_t>(std::stoul(part[truth])),
                  static_cast<std::uint32_t>(std::stoul(part[predicted])), std::nullopt};
    if (const long value = std::stol(part[group]); value >= 0) {
      row.group = static_cast<std::uint32_t>(value);
      ++size[*row.group];
    }
    rows.push_back(row);
  }
  for (ParityRow& row : rows) {
    if (row.group && size[*row.group] <= 10) row.group.reset();
  }
  return rows;
}

}  // namespace

TEST_CASE("The six-row toy has the published distances in every variant", "[metrics][parity]") {
  const auto rows = toy();
  CHECK(*metrics::parity_distance_compat(rows) == near(13.0 / 12.0));
  CHECK(*metrics::demographic_parity(rows) == near(2.0 / 3.0));
  CHECK(*metrics::predictive_parity(rows) == near(1.0 / 6.0));
}

TEST_CASE("The committed DPD and PPD tables of kgbiasdetec come out to ten digits",
          "[metrics][parity][oracle]") {
  struct Row {
    const char* file;
    const char* relation;
    double dpd;
    double ppd;
  };
  const Row row = GENERATE(
      Row{"oracles/kgbiasdetec_preds_transe.csv", "gender", .222374531892, .046428571429},
      Row{"oracles/kgbiasdetec_preds_transe.csv", "nationality", .404209547700, .238557558946},
      Row{"oracles/kgbiasdetec_preds_transe.csv", "profession", .812150345748, .298550288248},
      Row{"oracles/kgbiasdetec_preds_complex.csv", "gender", .244510705364, .126785714286},
      Row{"oracles/kgbiasdetec_preds_complex.csv", "nationality", .510623708980, .348821081831},
      Row{"oracles/kgbiasdetec_preds_complex.csv", "profession", .846158370327, .303264868938});
  KGA_SHARED_DATA_OR_SKIP(file, row.file);
  const auto rows = published(file, row.relation);
  CAPTURE(row.file, row.relation, rows.size());
  CHECK(*metrics::parity_distance_compat(rows) == near(row.dpd, 1e-10));
  CHECK(*metrics::predictive_parity(rows) == near(row.ppd, 1e-10));
}

TEST_CASE("Predictions that do not look at the group are at parity", "[metrics][parity]") {
  std::vector<ParityRow> rows;
  for (std::uint32_t i = 0; i < 120; ++i) rows.push_back({i % 3, i / 3 % 2, i % 2});
  for (auto& row : rows) row.predicted = row.truth;
  CHECK(*metrics::demographic_parity(rows) == near(0.0));
  CHECK(*metrics::predictive_parity(rows) == near(0.0));
  const auto odds = metrics::equalised_odds(rows, 1);
  CHECK(*odds.true_positive_gap == near(0.0));
  CHECK(*odds.false_positive_gap == near(0.0));
}

TEST_CASE("Predictions that tell the group alone are as far from parity as can be",
          "[metrics][parity]") {
  std::vector<ParityRow> rows;
  for (std::uint32_t i = 0; i < 40; ++i) rows.push_back({i / 20, i % 2, i % 2});
  CHECK(*metrics::demographic_parity(rows) == near(1.0));
  CHECK(*metrics::equalised_odds(rows, 1).true_positive_gap == near(1.0));
  CHECK(*metrics::equalised_odds(rows, 1).false_positive_gap == near(1.0));
}

TEST_CASE("Renaming groups or classes changes no distance", "[metrics][parity]") {
  auto renamed = toy();
  for (ParityRow& row : renamed) {
    row.truth = 1 - row.truth;
    row.predicted = 1 - row.predicted;
    if (row.group) row.group = 5 - *row.group;
  }
  CHECK(*metrics::parity_distance_compat(renamed) == near(13.0 / 12.0));
  CHECK(*metrics::demographic_parity(renamed) == near(2.0 / 3.0));
  CHECK(*metrics::predictive_parity(renamed) == near(1.0 / 6.0));
}

TEST_CASE("One group, or none, has nothing to be compared with", "[metrics][parity]") {
  std::vector<ParityRow> rows = {{0, 0, 3}, {1, 0, 3}};
  CHECK_FALSE(metrics::demographic_parity(rows));
  CHECK_FALSE(metrics::predictive_parity(rows));
  CHECK_FALSE(metrics::parity_distance_compat(rows));
  rows.push_back({0, 1, std::nullopt});
  CHECK(metrics::parity_distance_compat(rows));  // known against unknown, as published
  CHECK_FALSE(metrics::demographic_parity(rows));
  CHECK_FALSE(metrics::demographic_parity({}));
}
