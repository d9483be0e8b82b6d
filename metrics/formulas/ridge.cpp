#include "metrics/formulas/ridge.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "metrics/formulas/cholesky.hpp"
#include "metrics/formulas/cross_validation.hpp"
#include "metrics/formulas/feature_products.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;

constexpr std::array kPenalties = {1e-2F, 1e-1F, 1.0F};
constexpr std::array kSlopes = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0};
constexpr std::uint32_t kParts = 5;

/// Rows with their labels as one-hot rows less the class shares.
struct Part {
  FeatureMatrix rows;
  FeatureMatrix targets;
  std::vector<std::uint32_t> labels;
};

/// Sums over rows: all that the fit needs.
struct Moments {
  float rows = 0.0F;
  FeatureMatrix squares;  ///< X^T X
  FeatureMatrix cross;    ///< X^T Y

  explicit Moments(const Part& part)
      : rows(static_cast<float>(part.rows.rows())),
        squares(transposed_product(part.rows, part.rows)),
        cross(transposed_product(part.rows, part.targets)) {}
  void add(const Moments& other) {
    rows += other.rows;
    squares += other.squares;
    cross += other.cross;
  }
  /// W for a penalty that is relative to the mean eigenvalue. With the least penalty a thousand
  /// features have a condition of 1e5 at most, which floats bear.
  [[nodiscard]] FeatureMatrix weights(float penalty) const {
    FeatureMatrix system = squares / rows;
    // Features that are constant make a system of zeros; the least float keeps it solvable.
    const float scale = system.trace() / static_cast<float>(system.rows());
    system.diagonal().array() += penalty * scale + std::numeric_limits<float>::min();
    FeatureMatrix solution = cross / rows;
    solve_positive_definite(system, solution);
    return solution;
  }
};

double squared_error(const Part& part, const FeatureMatrix& weights) {
  const FeatureMatrix fitted = product(part.rows, weights);
  return (fitted - part.targets).cast<double>().squaredNorm();
}

}  // namespace

FeatureMatrix ridge_probabilities(const FeatureMatrix& train, std::span<const std::uint32_t> labels,
                                  std::uint32_t classes, const FeatureMatrix& test, Rng rng) {
  KGA_REQUIRE(static_cast<std::size_t>(train.rows()) == labels.size() && labels.size() >= 2,
              "{} rows, {} labels", train.rows(), labels.size());
  const auto k = static_cast<Index>(classes);
  Eigen::RowVectorXf shares = Eigen::RowVectorXf::Zero(k);
  for (const std::uint32_t label : labels) shares(static_cast<Index>(label)) += 1.0F;
  shares /= static_cast<float>(labels.size());
  const Eigen::RowVectorXf center =
      (models::column_sums(train.cast<double>()) / static_cast<double>(train.rows())).cast<float>();

  const auto part_of = [&](std::span<const std::size_t> chosen) {
    Part part{rows_of(train, chosen), {}, {}};
    part.rows.rowwise() -= center;
    part.targets = (-shares).replicate(part.rows.rows(), 1);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      part.labels.push_back(labels[chosen[i]]);
      part.targets(static_cast<Index>(i), static_cast<Index>(part.labels.back())) += 1.0F;
    }
    return part;
  };
  std::vector<std::size_t> fit_rows;
  std::vector<std::size_t> judge_rows;
  const std::vector<std::uint32_t> parts = stratified_folds(labels, classes, kParts, rng);
  for (std::size_t i = 0; i < parts.size(); ++i)
    (parts[i] == 0 ? judge_rows : fit_rows).push_back(i);
  const Part judge = part_of(judge_rows);
  Moments moments(part_of(fit_rows));

  float best_penalty = kPenalties.back();
  double least_error = std::numeric_limits<double>::infinity();
  FeatureMatrix weights;
  for (const float penalty : kPenalties) {
    FeatureMatrix candidate = moments.weights(penalty);
    const double error = squared_error(judge, candidate);
    if (!(error < least_error)) continue;
    least_error = error;
    best_penalty = penalty;
    weights = std::move(candidate);
  }
  const auto logits = [&](const FeatureMatrix& centered, const FeatureMatrix& w, double slope) {
    FeatureMatrix result = product(centered, w);
    result.rowwise() += shares;
    result *= static_cast<float>(slope);
    return result;
  };
  double best_slope = kSlopes.front();
  double least_entropy = std::numeric_limits<double>::infinity();
  for (const double slope : kSlopes) {
    FeatureMatrix p = logits(judge.rows, weights, slope);
    const double entropy = softmax_rows(p, judge.labels);
    if (!(entropy < least_entropy)) continue;
    least_entropy = entropy;
    best_slope = slope;
  }
  moments.add(Moments(judge));
  FeatureMatrix result = test;
  result.rowwise() -= center;
  result = logits(result, moments.weights(best_penalty), best_slope);
  softmax_rows(result);
  return result;
}

}  // namespace kgaudit::metrics
