#include "metrics/formulas/association.hpp"

#include <algorithm>
#include <cmath>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

/// Cosines of every row of `a` with every row of `b`; nothing when a row is 0 or a set is empty.
std::optional<RowMatrix> cosines(const RowMatrix& a, const RowMatrix& b) {
  if (a.rows() == 0 || b.rows() == 0) return std::nullopt;
  KGA_REQUIRE(a.cols() == b.cols(), "vectors of {} and {} numbers", a.cols(), b.cols());
  const Eigen::VectorXd norm_a = a.rowwise().norm();
  const Eigen::VectorXd norm_b = b.rowwise().norm();
  if (!(norm_a.minCoeff() > 0.0) || !(norm_b.minCoeff() > 0.0)) return std::nullopt;
  return RowMatrix(norm_a.cwiseInverse().asDiagonal() * (a * b.transpose()) *
                   norm_b.cwiseInverse().asDiagonal());
}

}  // namespace

std::optional<Eigen::VectorXd> associations(const RowMatrix& targets, const RowMatrix& attributes_a,
                                            const RowMatrix& attributes_b) {
  const auto with_a = cosines(targets, attributes_a);
  const auto with_b = cosines(targets, attributes_b);
  if (!with_a || !with_b) return std::nullopt;
  return Eigen::VectorXd(with_a->rowwise().mean() - with_b->rowwise().mean());
}

std::optional<EffectSize> effect_size(std::span<const double> values,
                                      const std::vector<bool>& in_first) {
  KGA_REQUIRE(values.size() == in_first.size(), "{} values, {} groups", values.size(),
              in_first.size());
  const auto n = static_cast<double>(values.size());
  double all = 0.0;
  double first = 0.0;
  double n_first = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    all += values[i];
    if (!in_first[i]) continue;
    first += values[i];
    n_first += 1.0;
  }
  if (n_first == 0.0 || n_first == n) return std::nullopt;
  const double n_other = n - n_first;
  const double mean_first = first / n_first;
  const double mean_other = (all - first) / n_other;
  const double mean = all / n;
  double squares = 0.0;
  double largest = 0.0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
    largest = std::max(largest, std::abs(value));
  }
  const double variance = squares / n;
  // The mean of equal numbers may differ from them in its last bits.
  if (!(variance > 1e-24 * largest * largest)) return std::nullopt;
  const double sd = std::sqrt(variance);
  EffectSize result;
  result.value = (mean_first - mean_other) / sd;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double of_means = in_first[i] ? (values[i] - mean_first) / (n_first * sd)
                                        : (mean_other - values[i]) / (n_other * sd);
    const double of_sd = ((values[i] - mean) * (values[i] - mean) / variance - 1.0) / (2.0 * n);
    result.influence.push_back(of_means - result.value * of_sd);
  }
  return result;
}

double shuffled_groups_p(std::span<const double> values, const std::vector<bool>& in_first,
                         std::size_t shuffles, const Rng& rng) {
  const auto n_first = static_cast<std::size_t>(std::ranges::count(in_first, true));
  const std::size_t n = values.size();
  KGA_REQUIRE(n_first > 0 && n_first < n, "{} of {} values in the first group", n_first, n);
  double mean = 0.0;
  for (const double value : values) mean += value;
  mean /= static_cast<double>(n);
  // With a common mean of 0 the difference of means is the first group's sum, times a constant.
  double observed = 0.0;
  double scale = 0.0;
  std::vector<double> centred;
  for (std::size_t i = 0; i < n; ++i) {
    centred.push_back(values[i] - mean);
    scale += std::abs(centred[i]);
    if (in_first[i]) observed += centred[i];
  }
  // Equal sums of differently ordered terms may differ in their last bits.
  const double least = std::abs(observed) - 1e-12 * scale;
  double as_large = 0.0;
  for (std::size_t b = 0; b < shuffles; ++b) {
    Rng draws = rng.at(b);
    std::vector<double> shuffled = centred;
    draws.shuffle(std::span<double>(shuffled));
    double sum = 0.0;
    for (std::size_t i = 0; i < n_first; ++i) sum += shuffled[i];
    if (std::abs(sum) >= least) as_large += 1.0;
  }
  return (1.0 + as_large) / (1.0 + static_cast<double>(shuffles));
}

std::optional<double> coherence(const RowMatrix& targets_1, const RowMatrix& targets_2,
                                const RowMatrix& attributes) {
  if (targets_1.rows() == 0 || targets_2.rows() == 0) return std::nullopt;
  const auto to_1 = cosines(attributes, RowMatrix(targets_1.colwise().mean()));
  const auto to_2 = cosines(attributes, RowMatrix(targets_2.colwise().mean()));
  if (!to_1 || !to_2) return std::nullopt;
  const auto n = static_cast<std::size_t>(attributes.rows());
  return spearman({to_1->data(), n}, {to_2->data(), n});
}

}  // namespace kgaudit::metrics
