#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

/// Classifiers that ask "can this be read from the embedding?", and how well they answer.
/// Features: one row a person; labels 0 .. classes - 1; probabilities: one row a person, one column
/// a class. Everything is single-threaded and free of chance except through the Rng given, so a
/// result depends on its arguments only.
using FeatureMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Fold 0 .. folds - 1 of every label, so that each fold holds each class in the same proportion
/// (counts differ by at most one). Who goes where is drawn from `rng`.
[[nodiscard]] std::vector<std::uint32_t> stratified_folds(std::span<const std::uint32_t> labels,
                                                          std::uint32_t classes,
                                                          std::uint32_t folds, Rng rng);

/// Subtracts the column means of `train` from both and divides by its column deviations; a column
/// that is constant in `train` becomes 0 in it.
void standardise(FeatureMatrix& train, FeatureMatrix& test);

struct LogisticOptions {
  double l2 = 10.0;          ///< weight of |W|^2 / 2 against the summed cross-entropy (biases free)
  int max_iterations = 100;  ///< of L-BFGS
  double tolerance = 1e-3;   ///< stops when the largest entry of the mean gradient is below
};

/// Multinomial logistic regression with an L2 penalty, by L-BFGS (Nocedal & Wright 2006, algorithm
/// 7.5; 10 pairs, Armijo backtracking). Returns the class probabilities of `test`.
[[nodiscard]] FeatureMatrix logistic_probabilities(const FeatureMatrix& train,
                                                   std::span<const std::uint32_t> labels,
                                                   std::uint32_t classes, const FeatureMatrix& test,
                                                   const LogisticOptions& options);

struct MlpOptions {
  int hidden = 300;  ///< Fisher et al. 2020, section 4.3
  int epochs = 20;
  int batch = 128;
  double learning_rate = 1e-3;
  double weight_decay = 1e-3;  ///< decoupled (AdamW); the paper states no regularisation
};

/// d - hidden (ReLU) - classes with softmax and cross-entropy, trained by Adam. Fisher et al. state
/// the shape only; optimiser, epochs and batches are this project's.
[[nodiscard]] FeatureMatrix mlp_probabilities(const FeatureMatrix& train,
                                              std::span<const std::uint32_t> labels,
                                              std::uint32_t classes, const FeatureMatrix& test,
                                              const MlpOptions& options, Rng rng);

/// The class shares of `labels`, repeated: the baseline that sees no features.
[[nodiscard]] FeatureMatrix prior_probabilities(std::span<const std::uint32_t> labels,
                                                std::uint32_t classes, Eigen::Index rows);

/// How well probabilities foretell labels.
struct ProbeQuality {
  std::vector<double> correct;        ///< per person: 1 where the most probable class is right
  std::vector<double> cross_entropy;  ///< per person, in bits
  double accuracy = 0.0;
  double balanced_accuracy = 0.0;  ///< mean recall over the classes that occur
  double macro_f1 = 0.0;           ///< mean F1 over the classes that occur
  std::optional<double> auc;       ///< two classes only: of the probability of class 1
};

/// Ties for the most probable class go to the lower class. `labels` must not be empty.
[[nodiscard]] ProbeQuality probe_quality(const FeatureMatrix& probabilities,
                                         std::span<const std::uint32_t> labels,
                                         std::uint32_t classes);

}  // namespace kgaudit::metrics
