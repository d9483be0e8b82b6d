#include "metrics/formulas/probe_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {

using Eigen::Index;

ProbeQuality probe_quality(const FeatureMatrix& probabilities,
                           std::span<const std::uint32_t> labels, std::uint32_t classes) {
  KGA_REQUIRE(!labels.empty() && static_cast<std::size_t>(probabilities.rows()) == labels.size(),
              "{} rows, {} labels", probabilities.rows(), labels.size());
  ProbeQuality quality;
  std::vector<double> occur(classes, 0.0);
  std::vector<double> predicted(classes, 0.0);
  std::vector<double> right(classes, 0.0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Index best = 0;
    const auto row = probabilities.row(static_cast<Index>(i));
    row.maxCoeff(&best);
    const std::uint32_t label = labels[i];
    const bool hit = static_cast<std::uint32_t>(best) == label;
    occur[label] += 1.0;
    predicted[static_cast<std::size_t>(best)] += 1.0;
    if (hit) right[label] += 1.0;
    quality.correct.push_back(hit ? 1.0 : 0.0);
    // A float32 softmax can round to 0; the smallest float keeps the surprise finite.
    const double p = std::max(static_cast<double>(row(static_cast<Index>(label))),
                              static_cast<double>(std::numeric_limits<float>::min()));
    quality.cross_entropy.push_back(-std::log2(p));
  }
  quality.accuracy = mean(quality.correct);
  double present = 0.0;
  for (std::uint32_t c = 0; c < classes; ++c) {
    if (occur[c] == 0.0) continue;
    present += 1.0;
    quality.balanced_accuracy += right[c] / occur[c];
    quality.macro_f1 += 2.0 * right[c] / (occur[c] + predicted[c]);
  }
  quality.balanced_accuracy /= present;
  quality.macro_f1 /= present;
  if (classes == 2) {
    std::vector<double> scores(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      scores[i] = static_cast<double>(probabilities(static_cast<Index>(i), 1));
    }
    quality.auc = area_under_curve(scores, labels);
  }
  return quality;
}

}  // namespace kgaudit::metrics
