#include "metrics/formulas/probe_quality.hpp"

#include <algorithm>
#include <limits>

#include "metrics/formulas/placements.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics {

using Eigen::Index;

namespace {

/// One class against the rest, for every class that occurs.
void areas(const FeatureMatrix& probabilities, std::span<const std::uint32_t> labels,
           std::span<const double> occur, ProbeQuality& quality) {
  const std::size_t n = labels.size();
  quality.auc_influence.assign(n, 0.0);
  if (!probabilities.allFinite()) return;  // NaN has no place among numbers
  std::vector<double> scores(n);
  std::vector<Group> sides(n);
  double sum = 0.0;
  double count = 0.0;
  // Of two classes both give the same figure.
  for (std::size_t c = occur.size() == 2 ? 1 : 0; c < occur.size(); ++c) {
    if (occur[c] == 0.0) continue;
    for (std::size_t i = 0; i < n; ++i) {
      scores[i] = static_cast<double>(probabilities(static_cast<Index>(i), static_cast<Index>(c)));
      sides[i] = labels[i] == c ? Group::kPositive : Group::kNegative;
    }
    const auto placements = auc_placements(scores, sides);
    if (!placements) continue;
    sum += placements->auc;
    count += 1.0;
    add_influence(*placements, sides, 1.0, quality.auc_influence);
  }
  if (count == 0.0) return;
  quality.auc = sum / count;
  for (double& x : quality.auc_influence) x /= count;
}

/// Of the classes that occur, the one whose probability is largest in proportion to its share: a
/// guess is right for one in so many, whichever classes were learnt. Without features every
/// proportion is exactly 1, and the lowest class is taken.
Index class_above_share(const FeatureMatrix& probabilities, const FeatureMatrix& shares,
                        std::span<const double> occur, Index person) {
  Index best = 0;
  float most = -1.0F;
  for (Index c = 0; c < probabilities.cols(); ++c) {
    if (occur[static_cast<std::size_t>(c)] == 0.0) continue;
    const float share = shares(person, c);
    const float proportion = share > 0.0F ? probabilities(person, c) / share : 0.0F;
    if (!(proportion > most)) continue;
    most = proportion;
    best = c;
  }
  return best;
}

}  // namespace

ProbeQuality probe_quality(const FeatureMatrix& probabilities,
                           std::span<const std::uint32_t> labels, std::uint32_t classes,
                           const FeatureMatrix& shares) {
  KGA_REQUIRE(!labels.empty() && static_cast<std::size_t>(probabilities.rows()) == labels.size(),
              "{} rows, {} labels", probabilities.rows(), labels.size());
  KGA_REQUIRE(shares.size() == 0 || shares.rows() == probabilities.rows(), "{} rows, {} shares",
              probabilities.rows(), shares.rows());
  ProbeQuality quality;
  std::vector<double> occur(classes, 0.0);
  std::vector<double> predicted(classes, 0.0);
  std::vector<double> right(classes, 0.0);
  std::vector<double> recalled(classes, 0.0);
  std::vector<double> found;  // per person: 1 where the class above its share is right
  for (const std::uint32_t label : labels) occur[label] += 1.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Index best = 0;
    const auto row = probabilities.row(static_cast<Index>(i));
    row.maxCoeff(&best);
    const std::uint32_t label = labels[i];
    const bool hit = static_cast<std::uint32_t>(best) == label;
    predicted[static_cast<std::size_t>(best)] += 1.0;
    if (hit) right[label] += 1.0;
    const Index above =
        shares.size() == 0 ? best
                           : class_above_share(probabilities, shares, occur, static_cast<Index>(i));
    found.push_back(static_cast<std::uint32_t>(above) == label ? 1.0 : 0.0);
    recalled[label] += found.back();
    quality.correct.push_back(hit ? 1.0 : 0.0);
    // A float32 softmax can round to 0; the smallest float keeps the surprise finite.
    const double p = std::max(static_cast<double>(row(static_cast<Index>(label))),
                              static_cast<double>(std::numeric_limits<float>::min()));
    quality.cross_entropy.push_back(-portable::log2(p));
  }
  quality.accuracy = mean(quality.correct);
  double present = 0.0;
  for (std::uint32_t c = 0; c < classes; ++c) {
    if (occur[c] == 0.0) continue;
    present += 1.0;
    quality.balanced_accuracy += recalled[c] / occur[c];
    quality.macro_f1 += 2.0 * right[c] / (occur[c] + predicted[c]);
  }
  quality.balanced_accuracy /= present;
  quality.macro_f1 /= present;
  quality.chance = 1.0 / present;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::uint32_t c = labels[i];
    quality.balanced_influence.push_back((found[i] - recalled[c] / occur[c]) /
                                         (occur[c] * present));
  }
  areas(probabilities, labels, occur, quality);
  return quality;
}

}  // namespace kgaudit::metrics
