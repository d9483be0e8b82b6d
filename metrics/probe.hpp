#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "metrics/feature_matrix.hpp"
#include "metrics/person_features.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

/// The ids that others single out: the probe that controls and held-out persons are asked of, and
/// the baseline that sees no features.
inline constexpr std::string_view kLinearProbe = "linear";
inline constexpr std::string_view kMajorityProbe = "majority";

/// What a probe is fitted on, and of whom it is asked.
struct ProbeTask {
  const PersonFeatures& train;            ///< one row a person, numbers standardised
  std::span<const std::uint32_t> labels;  ///< of the rows of `train`, below `classes`
  std::uint32_t classes = 0;
  const PersonFeatures& test;    ///< standardised as `train` is
  const Parameters& parameters;  ///< those of the metric "leakage"
  Rng rng;                       ///< for this fold alone
};

/// What a probe is shown of a person; nothing in it comes from triples that state the attribute.
enum class ProbeFeatures {
  kRow,               ///< the row of the embedding; in the audit of the whole, vectors beside it
  kAnswers,           ///< what the model answers about the person, see formulas/answer_features.hpp
  kRowAndNeighbours,  ///< the row, and the mean row of the person's neighbours in train
  kLinks,             ///< the person's neighbours in train, by name: known without any embedding
  kDegree             ///< log(1 + train degree) as head and as tail: known without any embedding
};

/// One roster entry: a classifier that asks "can this be read from the embedding?".
struct ProbeEntry {
  std::string_view id;  ///< the facet "probe" of its facts
  std::string_view title;
  std::string_view source;
  std::string_view pitfalls;
  ProbeFeatures features = ProbeFeatures::kRow;
  bool baseline = false;  ///< a property of the data and not of the embedding
  /// One of those that "leakage.strongest" chooses from: it has the model and nothing else.
  bool panel = false;
  bool slow = false;  ///< fitted before the others, so that no thread waits for it at the end
  /// The class probabilities of `test`. Single-threaded; depends on the task alone.
  FeatureMatrix (*probabilities)(const ProbeTask&);
};

/// All probes in roster order.
[[nodiscard]] std::span<const ProbeEntry* const> probes();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const ProbeEntry& find_probe(std::string_view id);

}  // namespace kgaudit::metrics
