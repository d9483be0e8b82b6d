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
  double balanced_accuracy = 0.0;  ///< mean recall over the classes that occur
  double macro_f1 = 0.0;           ///< mean F1 over the classes that occur
  std::optional<double> auc;       ///< two classes only: of the probability of class 1
};

/// `probabilities`: one row a person, one column a class. Ties for the most probable class go to
/// the lower class. `labels` must not be empty.
[[nodiscard]] ProbeQuality probe_quality(const FeatureMatrix& probabilities,
                                         std::span<const std::uint32_t> labels,
                                         std::uint32_t classes);

}  // namespace kgaudit::metrics
