#include "metrics/formulas/parity.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace kgaudit::metrics {
namespace {

std::set<std::uint32_t> groups_of(std::span<const ParityRow> rows) {
  std::set<std::uint32_t> groups;
  for (const ParityRow& row : rows) {
    if (row.group) groups.insert(*row.group);
  }
  return groups;
}

std::set<std::uint32_t> classes_of(std::span<const ParityRow> rows,
                                   std::uint32_t ParityRow::*member) {
  std::set<std::uint32_t> classes;
  for (const ParityRow& row : rows) classes.insert(row.*member);
  return classes;
}

/// Share of rows with `property` among those with `condition`.
struct Share {
  double hits = 0.0;
  double rows = 0.0;
  void add(bool hit) {
    hits += hit ? 1.0 : 0.0;
    rows += 1.0;
  }
  [[nodiscard]] double value() const { return hits / rows; }
};

enum class Unknown { kPooled, kLeftOut };

/// Mean over groups of the sum over `classes` of |share in the group - share in its complement|.
std::optional<double> mean_l1(std::span<const ParityRow> rows,
                              const std::set<std::uint32_t>& classes, Unknown unknown) {
  const auto groups = groups_of(rows);
  if (groups.empty()) return std::nullopt;
  double sum = 0.0;
  for (const std::uint32_t group : groups) {
    for (const std::uint32_t t : classes) {
      Share inside;
      Share outside;
      for (const ParityRow& row : rows) {
        if (!row.group && unknown == Unknown::kLeftOut) continue;
        (row.group == group ? inside : outside).add(row.predicted == t);
      }
      if (outside.rows == 0.0) return std::nullopt;
      sum += std::abs(inside.value() - outside.value());
    }
  }
  return sum / static_cast<double>(groups.size());
}

std::set<std::uint32_t> true_and_predicted(std::span<const ParityRow> rows) {
  const auto truths = classes_of(rows, &ParityRow::truth);
  auto classes = classes_of(rows, &ParityRow::predicted);
  std::erase_if(classes, [&](std::uint32_t t) { return !truths.contains(t); });
  return classes;
}

}  // namespace

std::optional<double> parity_distance_compat(std::span<const ParityRow> rows) {
  return mean_l1(rows, true_and_predicted(rows), Unknown::kPooled);
}

std::optional<double> demographic_parity(std::span<const ParityRow> rows) {
  const auto l1 = mean_l1(rows, classes_of(rows, &ParityRow::predicted), Unknown::kLeftOut);
  if (!l1) return std::nullopt;
  return *l1 / 2.0;
}

std::optional<double> predictive_parity(std::span<const ParityRow> rows) {
  const auto groups = groups_of(rows);
  if (groups.size() < 2) return std::nullopt;
  double sum = 0.0;
  for (const std::uint32_t group : groups) {
    Share inside;
    Share outside;
    for (const ParityRow& row : rows) {
      if (!row.group) continue;
      (row.group == group ? inside : outside).add(row.predicted == row.truth);
    }
    sum += std::abs(inside.value() - outside.value());
  }
  return sum / static_cast<double>(groups.size());
}

EqualisedOdds equalised_odds(std::span<const ParityRow> rows, std::size_t min_rows) {
  const auto least = static_cast<double>(std::max<std::size_t>(min_rows, 1));
  double sums[2] = {0.0, 0.0};
  double terms[2] = {0.0, 0.0};
  for (const std::uint32_t group : groups_of(rows)) {
    for (const std::uint32_t t : classes_of(rows, &ParityRow::truth)) {
      Share rates[2][2];  // [true or false positive][inside or outside]
      for (const ParityRow& row : rows) {
        if (!row.group) continue;
        rates[row.truth == t ? 0 : 1][*row.group == group ? 0 : 1].add(row.predicted == t);
      }
      for (int k = 0; k < 2; ++k) {
        if (rates[k][0].rows < least || rates[k][1].rows < least) continue;
        sums[k] += std::abs(rates[k][0].value() - rates[k][1].value());
        terms[k] += 1.0;
      }
    }
  }
  EqualisedOdds result;
  if (terms[0] > 0.0) result.true_positive_gap = sums[0] / terms[0];
  if (terms[1] > 0.0) result.false_positive_gap = sums[1] / terms[1];
  return result;
}

}  // namespace kgaudit::metrics
