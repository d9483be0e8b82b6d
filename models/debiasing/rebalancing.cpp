#include "models/debiasing/rebalancing.hpp"

#include <algorithm>
#include <map>

namespace kgaudit::models {
namespace {

/// How much of each group a profession has, in persons.
using GroupCounts = std::vector<double>;

double sum(const GroupCounts& counts) {
  double total = 0.0;
  for (const double n : counts) total += n;
  return total;
}

/// The weight of one person of each group, mean 1 over the profession's persons; 0 for a group
/// that it lacks.
GroupCounts group_weights(const GroupCounts& in_profession, const GroupCounts& target) {
  const double n = sum(in_profession);
  GroupCounts weights(in_profession.size(), 0.0);
  double reached = 0.0;  // target shares of the groups that are there
  for (std::size_t g = 0; g < weights.size(); ++g) {
    if (in_profession[g] > 0.0) reached += target[g];
  }
  for (std::size_t g = 0; g < weights.size(); ++g) {
    if (in_profession[g] > 0.0) weights[g] = target[g] / reached * n / in_profession[g];
  }
  return weights;
}

}  // namespace

std::vector<double> rebalancing_weights(std::span<const datasets::Triple> triples,
                                        const datasets::PersonAttribute& attribute,
                                        const datasets::PersonRelation& profession,
                                        const RebalancingOptions& options) {
  const std::size_t groups = std::min(attribute.values().size(), options.candidates);
  const auto known = [&](const datasets::Triple& t) {
    std::vector<std::uint32_t> of_person;
    const auto by = profession.stating(t.relation);
    if (!by) return of_person;
    for (const std::uint32_t v : attribute.train_values(by->person(t))) {
      if (v < groups) of_person.push_back(v);
    }
    return of_person;
  };
  const auto profession_of = [&](const datasets::Triple& t) {
    return profession.stating(t.relation)->value(t);
  };
  std::map<EntityId, GroupCounts> counts;
  GroupCounts target(groups, 0.0);
  for (const datasets::Triple& t : triples) {
    const auto of_person = known(t);
    if (of_person.empty()) continue;
    GroupCounts& of_profession =
        counts.try_emplace(profession_of(t), GroupCounts(groups, 0.0)).first->second;
    for (const std::uint32_t g : of_person) {
      of_profession[g] += 1.0 / static_cast<double>(of_person.size());
      target[g] += 1.0 / static_cast<double>(of_person.size());
    }
  }
  if (options.equal_shares) target.assign(groups, 1.0);
  std::map<EntityId, GroupCounts> weights;
  for (const auto& [entity, of_profession] : counts) {
    weights.emplace(entity, group_weights(of_profession, target));
  }
  std::vector<double> result(triples.size(), 1.0);
  for (std::size_t i = 0; i < triples.size(); ++i) {
    const auto of_person = known(triples[i]);
    if (of_person.empty()) continue;
    const GroupCounts& of_groups = weights.at(profession_of(triples[i]));
    double weight = 0.0;
    for (const std::uint32_t g : of_person) weight += of_groups[g];
    weight /= static_cast<double>(of_person.size());
    result[i] = std::clamp(weight, 1.0 / options.most, options.most);
  }
  return result;
}

}  // namespace kgaudit::models
