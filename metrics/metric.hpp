#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/ranking.hpp"
#include "models/scoring/link_scorer.hpp"
#include "suite/base/measurement.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// What a fact is of, beyond its metric: attribute, group, side, relation, profession, probe, tie
/// policy, filter ... (key -> value, ids not labels).
using Facets = std::map<std::string, std::string>;

/// One measured fact.
struct Fact {
  std::string metric;  ///< "link_prediction.mrr", "score_gap.micro" ...
  Facets facets;
  Measurement measurement;
};

/// A raw column kept for later statistics: one value per unit (triple, person, profession).
struct RawSeries {
  std::string name;  ///< "ranks.tail", "score_gap.gender" ...
  std::string unit;  ///< what `ids` count: "test triple", "entity"
  std::vector<std::uint32_t> ids;
  std::vector<float> values;
};

struct MetricOutput {
  std::vector<Fact> facts;
  std::vector<RawSeries> raw;
};

/// What metrics found and would find again to the same bits. Keys name metric, attribute, seed and
/// whatever else it is of. For one dataset and one set of parameters; not thread-safe.
using Memory = std::map<std::string, std::vector<float>>;
/// Which of the two things that a system with attribute vectors (KL+Attr) publishes is measured.
enum class Release {
  kOwnRow,  ///< as Fisher et al. report: ranks with vectors, the rest of the rows alone
  kRows,    ///< the rows alone, in everything
  kWhole    ///< rows, vectors, and which vector is whose, as one has who downloads everything
};

/// What a metric does with attribute vectors.
enum class VectorUse {
  kNone,    ///< leaves them out: of the rows alone, in the system's own row only
  kRanks,   ///< ranks with them where the whitelist allows it; of the rows alone without any
  kAttacks  ///< leaves them out, but of the whole it asks with them, as an attacker does
};
/// In a sentence or two, for `explain` and help.
[[nodiscard]] std::string_view in_words(VectorUse use);

/// What a metric works on. `ranks` are those of the test set, computed once and shared.
struct MetricContext {
  const datasets::Dataset& data;
  const models::LinkScorer& scorer;
  const RankTable& ranks;
  ThreadPool& pool;
  std::uint64_t seed = 0;  ///< for folds and permutations, through named Rng streams
  /// The only sensitive attribute to measure (a view that is made for one); empty = all of them.
  std::string attribute{};
  /// Of what depends on the data and the seed alone, for all systems of a run. Nothing is
  /// remembered where there is none.
  Memory* memory = nullptr;
  Release release = Release::kOwnRow;
  /// Of what depends on the rows alone, for all releases of this one model.
  Memory* rows_memory = nullptr;

  /// What somebody who has everything adds to persons' rows to ask about `attribute`: its own
  /// vectors. 0 where another release is measured or there are no vectors.
  [[nodiscard]] models::AttributeSet own_vectors(const datasets::PersonAttribute& candidate) const;
  /// And about persons who have no vector of `attribute`: those of all other attributes.
  [[nodiscard]] models::AttributeSet other_vectors(
      const datasets::PersonAttribute& candidate) const;

  [[nodiscard]] bool wants(const datasets::PersonAttribute& candidate) const {
    return attribute.empty() || candidate.id() == attribute;
  }
  /// The profession, if the model can be asked for it by a relation; else nullptr.
  [[nodiscard]] const datasets::PersonAttribute* asked_profession() const {
    const auto& profession = data.attributes.profession();
    return profession && profession->source().in_graph() ? &*profession : nullptr;
  }
};

/// One roster entry: what help, `list` and `explain` say of a metric, and how to compute it.
struct MetricEntry {
  std::string_view id;
  std::string_view title;
  std::string_view reading;  ///< what a value says, in plain words
  std::string_view formula;
  std::string_view range;      ///< "[0, 1]", "unbounded, in score units"
  std::string_view neutral;    ///< the value that means "no bias", or "none"
  std::string_view direction;  ///< in words, for the headline value
  std::string_view source;
  std::string_view pitfalls;
  std::span<const ParameterSpec> (*parameters)();
  MetricOutput (*measure)(const MetricContext&, const Parameters&);
  VectorUse vectors = VectorUse::kNone;
  /// Rows and groups of persons are enough: no relation of the model is asked, and an attribute
  /// that stands beside the graph will do (see why_not).
  bool rows_suffice = false;
  /// Other relations than the attribute's are asked, or all: who belongs to which group is enough,
  /// and an attribute that stands beside the graph will do.
  bool groups_suffice = false;
  /// Ranks and data are all that it looks at: from the ranks on record its facts can be made again.
  bool ranks_suffice = false;
  /// Whether a plan that lists no metrics has it.
  bool by_default = true;
};

/// All metrics in roster order.
[[nodiscard]] std::span<const MetricEntry* const> metrics();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const MetricEntry& find_metric(std::string_view id);

/// What an audit measures beside the metrics, in roster order: figures that ask the model no
/// relation, so that rows without any, such as word vectors, will do. A plan may list them among
/// its metrics; one that lists none has none of them. Of the metrics, "leakage" works on such rows
/// too.
[[nodiscard]] std::span<const MetricEntry* const> row_measures();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const MetricEntry& find_row_measure(std::string_view id);

/// The metric or row measure with this id. Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const MetricEntry& find_measure(std::string_view id);
/// All metrics and row measures: what an audit measures if nothing else is asked for.
[[nodiscard]] std::vector<const MetricEntry*> all_measures();

/// Why the metric cannot be measured for the attribute with this scorer, as part of a sentence;
/// nothing if it can. With nullptr the question is whether it can measure anything here.
[[nodiscard]] std::optional<std::string> why_not(const MetricEntry& metric,
                                                 const datasets::Dataset& data,
                                                 const models::LinkScorer& scorer,
                                                 const datasets::PersonAttribute* attribute);

/// What is not measured, and why.
struct NotMeasured {
  std::string_view metric;
  std::string attribute;  ///< empty = none of them
  std::string reason;
};
/// Over all metrics, row measures and sensitive attributes; one line for a metric that can measure
/// nothing here.
[[nodiscard]] std::vector<NotMeasured> not_measured(const datasets::Dataset& data,
                                                    const models::LinkScorer& scorer);

}  // namespace kgaudit::metrics
