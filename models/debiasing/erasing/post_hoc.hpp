#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/debiasing/erasing/erasers.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// The systems of the roster that change a finished table, in its order.
[[nodiscard]] std::vector<const SystemEntry*> post_hoc_systems();
/// One of them. Throws InputError (usage) at `place` for a system that takes part in training, and
/// as find_system does.
[[nodiscard]] const SystemEntry& find_post_hoc_system(std::string_view id,
                                                      const std::string& place);
/// Their ids, separated by commas.
[[nodiscard]] std::string post_hoc_ids();

/// The persons that a post-hoc system learns from, and what it is told of them.
///
/// Everyone draws for a place in the fit split from a stream keyed by seed and person, the same one
/// for every system; a person without a known value of any usable attribute is left out. Values
/// come from train alone. An attribute is usable when two of its values occur in the split.
class FitPersons {
 public:
  /// One sensitive attribute; its Labels stand at the same index in labels().
  struct Attribute {
    const datasets::PersonAttribute* source;
    std::size_t candidates;  ///< the commonest values in train: classes; all others are the rest
  };

  /// `parameters` resolve a table that begins with post_hoc_parameters(). Throws InputError (usage)
  /// in the name of `system` when no attribute is usable.
  FitPersons(const datasets::AttributeTable& attributes, const Parameters& parameters,
             std::uint64_t seed, std::string_view system);

  /// Ascending; point i is persons()[i].
  [[nodiscard]] std::span<const EntityId> persons() const { return persons_; }
  /// The usable attributes.
  [[nodiscard]] std::span<const Attribute> usable() const { return usable_; }
  /// Shares of a person's values: equal over all values that train states.
  [[nodiscard]] std::span<const Labels> labels() const { return labels_; }
  /// Their rows as points.
  [[nodiscard]] PointMatrix points(const FloatTable& entities) const;

 private:
  std::vector<EntityId> persons_;
  std::vector<Attribute> usable_;
  std::vector<Labels> labels_;
};

/// One view to be made by a post-hoc system.
struct PostHocTask {
  const datasets::AttributeTable& attributes;
  const FitPersons& fit;
  /// The attributes to erase and their labels: all usable ones or one of them.
  std::span<const FitPersons::Attribute> erased;
  std::span<const Labels> labels;
  const Parameters& parameters;
  std::uint64_t seed;
  ThreadPool& pool;
};

/// The parameters that all post-hoc systems share: fit_share, max_persons, candidates,
/// candidates_gender, views; then the system's own.
[[nodiscard]] std::vector<ParameterSpec> post_hoc_parameters(
    std::initializer_list<ParameterSpec> own);

/// What a post-hoc system makes of a table, wherever it comes from (trained here, or read from
/// somebody else's files and aligned with the graph of `attributes`): view "a" with all attributes
/// erased, then one view "s:<attribute>" with that attribute erased alone. Only entity rows change;
/// the given table does not. `entry` must be a post-hoc system; `parameters` resolve its table.
/// Throws InputError (usage) as FitPersons does. Same arguments give the same bits for any number
/// of threads.
[[nodiscard]] std::vector<TableView> erased_views(const SystemEntry& entry,
                                                  const EmbeddingTable& table,
                                                  const datasets::AttributeTable& attributes,
                                                  const Parameters& parameters, std::uint64_t seed,
                                                  ThreadPool& pool);

/// The system that trains as Basic does and publishes erased_views of its table.
[[nodiscard]] std::unique_ptr<System> make_post_hoc(const SystemEntry& entry,
                                                    const TrainingSetup& setup,
                                                    const Parameters& parameters);

}  // namespace kgaudit::models
