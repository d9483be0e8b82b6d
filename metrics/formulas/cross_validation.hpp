#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "metrics/person_features.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// Fold 0 .. folds - 1 of every label, so that each fold holds each class in the same proportion
/// (counts differ by at most one). Who goes where is drawn from `rng`.
[[nodiscard]] std::vector<std::uint32_t> stratified_folds(std::span<const std::uint32_t> labels,
                                                          std::uint32_t classes,
                                                          std::uint32_t folds, Rng rng);

/// One classifier to be cross-validated.
struct CrossValidated {
  const PersonFeatures* features = nullptr;  ///< of the persons, in the order of the folds
  std::vector<std::uint32_t> labels;         ///< other than the truth in permuted controls
  /// The class probabilities of `test` after fitting on `train`, both standardised.
  std::function<FeatureMatrix(const PersonFeatures& train, std::span<const std::uint32_t> labels,
                              const PersonFeatures& test, std::uint32_t fold)>
      fit;
  FeatureMatrix probabilities{};  ///< out of fold, one row a person
};

/// Fills the out-of-fold probabilities. A task of the pool is one fold of one classifier and writes
/// that fold's rows alone; tasks start in the order of `classifiers`. Classifiers with the same
/// features share a fold's copy of them.
void cross_validate(std::span<CrossValidated> classifiers, std::span<const std::uint32_t> folds,
                    std::uint32_t fold_count, std::uint32_t classes, ThreadPool& pool);

}  // namespace kgaudit::metrics
