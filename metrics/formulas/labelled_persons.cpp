#include "metrics/formulas/labelled_persons.hpp"

#include <algorithm>
#include <utility>

#include "metrics/formulas/asked_persons.hpp"
#include "metrics/formulas/seeded_subset.hpp"

namespace kgaudit::metrics {

LabelledPersons stated_persons(const datasets::PersonAttribute& attribute, std::size_t max_persons,
                               std::size_t min_group) {
  LabelledPersons result;
  for (const EntityId p : attribute.train_persons()) {
    if (attribute.train_values(p).size() == 1) {
      result.persons.push_back(p);
    } else {
      ++result.with_many_values;
    }
  }
  const std::size_t all = result.persons.size();
  result.persons =
      seeded_subset(std::move(result.persons), max_persons, 0, "leakage.subset." + attribute.id());
  result.over_the_cap = all - result.persons.size();
  std::vector<std::uint64_t> group(attribute.values().size(), 0);
  for (const EntityId p : result.persons) ++group[attribute.train_values(p)[0]];
  std::vector<std::uint32_t> label_of(group.size(), 0);
  for (std::uint32_t v = 0; v < group.size(); ++v) {
    if (group[v] < min_group) continue;
    label_of[v] = static_cast<std::uint32_t>(result.values.size());
    result.values.push_back(v);
  }
  std::erase_if(result.persons, [&](EntityId p) {
    const std::uint32_t v = attribute.train_values(p)[0];
    if (group[v] < min_group) {
      ++result.in_small_groups;
      return true;
    }
    result.labels.push_back(label_of[v]);
    return false;
  });
  return result;
}

LabelledPersons held_out_persons(const datasets::Dataset& data,
                                 const datasets::PersonAttribute& attribute,
                                 const LabelledPersons& stated) {
  LabelledPersons result;
  result.values = stated.values;
  const AskedPersons unseen = unseen_in_train(data, attribute);
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    const std::vector<std::uint32_t>& values = unseen.values[i].known;
    if (values.size() != 1) {
      ++result.with_many_values;
      continue;
    }
    const auto label = std::ranges::find(stated.values, values.front());
    if (label == stated.values.end()) {
      ++result.in_small_groups;
      continue;
    }
    result.persons.push_back(unseen.persons[i]);
    result.labels.push_back(static_cast<std::uint32_t>(label - stated.values.begin()));
  }
  return result;
}

}  // namespace kgaudit::metrics
