#pragma once

#include <vector>

#include "models/training/system.hpp"

namespace kgaudit::models {

/// Collects the persons of a batch, each once, in the order in which its triples name them.
class BatchPersons {
 public:
  /// `attributes` must outlive the object.
  explicit BatchPersons(const datasets::AttributeTable& attributes) : attributes_(&attributes) {}

  /// Heads and tails of the batch's triples. Valid until the next call.
  const std::vector<EntityId>& of_positives(const Batch& batch);
  /// The same, then those that occur as negatives only, in the order of batch.entities.
  const std::vector<EntityId>& of_batch(const Batch& batch);
  /// One of the two.
  const std::vector<EntityId>& of(const Batch& batch, bool negatives_too) {
    return negatives_too ? of_batch(batch) : of_positives(batch);
  }

 private:
  void note(const Batch& batch, EntityId entity);

  const datasets::AttributeTable* attributes_;
  std::vector<EntityId> persons_;
  std::vector<bool> seen_;  ///< per place in batch.entities
};

}  // namespace kgaudit::models
