#include "models/training/batch_persons.hpp"

namespace kgaudit::models {

void BatchPersons::note(const Batch& batch, EntityId entity) {
  if (!attributes_->is_person(entity)) return;
  const std::size_t slot = batch.slot[entity.index()];
  if (seen_[slot]) return;
  seen_[slot] = true;
  persons_.push_back(entity);
}

const std::vector<EntityId>& BatchPersons::of_positives(const Batch& batch) {
  persons_.clear();
  seen_.assign(batch.entities.size(), false);
  for (const datasets::Triple& t : batch.positives) {
    note(batch, t.head);
    note(batch, t.tail);
  }
  return persons_;
}

const std::vector<EntityId>& BatchPersons::of_batch(const Batch& batch) {
  of_positives(batch);
  for (const std::uint32_t e : batch.entities) note(batch, EntityId(e));
  return persons_;
}

}  // namespace kgaudit::models
