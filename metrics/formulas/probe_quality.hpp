#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/feature_matrix.hpp"

namespace kgaudit::metrics {

/// How well probabilities predict labels.
struct ProbeQuality {
  std::vector<double> correct;        ///< per person: 1 where the most probable class is right
  std::vector<double> cross_entropy;  ///< per person, in bits
  double accuracy = 0.0;
  /// Mean recall over the classes that occur. Each person is given the class whose probability is
  /// largest in proportion to its share, because the most probable class follows the majority.
  double balanced_accuracy = 0.0;
  double chance = 0.0;    ///< 1 / classes that occur: balanced accuracy of a constant
  double macro_f1 = 0.0;  ///< mean F1 over the classes that occur
  /// Of two classes, the AUC of the probability of class 1; of more, the mean over the classes that
  /// occur of the AUC of their probability, one class against the rest. Nothing where one class is
  /// all there is.
  std::optional<double> auc;
  /// Per person, see influence_interval.
  std::vector<double> balanced_influence;
  std::vector<double> auc_influence;
};

/// `probabilities`: one row a person, one column a class. `shares`: the same of a classifier that
/// sees no features, the class shares of those that the person's classifier was fitted on; empty
/// for equal shares. Ties go to the lower class. `labels` must not be empty.
[[nodiscard]] ProbeQuality probe_quality(const FeatureMatrix& probabilities,
                                         std::span<const std::uint32_t> labels,
                                         std::uint32_t classes, const FeatureMatrix& shares = {});

}  // namespace kgaudit::metrics
