#include "metrics/formulas/asked_persons.hpp"

namespace kgaudit::metrics {
namespace {

std::vector<std::uint32_t> copy_of(std::span<const std::uint32_t> values) {
  return {values.begin(), values.end()};
}

}  // namespace

AskedPersons stated_in_train(const datasets::PersonAttribute& attribute) {
  AskedPersons result;
  for (const EntityId p : attribute.train_persons()) {
    result.persons.push_back(p);
    result.values.push_back({copy_of(attribute.train_values(p)), copy_of(attribute.all_values(p))});
  }
  return result;
}

AskedPersons unseen_in_train(const datasets::Dataset& data,
                             const datasets::PersonAttribute& attribute) {
  AskedPersons result;
  if (data.hidden) {
    const datasets::HiddenValues* hidden = data.hidden->find(attribute.id());
    if (hidden == nullptr) return result;
    result.persons = hidden->persons;
    for (const std::vector<std::uint32_t>& values : hidden->values) {
      result.values.push_back({values, values});
    }
    return result;
  }
  for (std::size_t e = 0; e < data.graph.entity_count(); ++e) {
    const EntityId person = EntityId::of(e);
    const auto known = attribute.all_values(person);
    if (known.empty() || !attribute.train_values(person).empty()) continue;
    result.persons.push_back(person);
    result.values.push_back({copy_of(known), copy_of(known)});
  }
  return result;
}

}  // namespace kgaudit::metrics
