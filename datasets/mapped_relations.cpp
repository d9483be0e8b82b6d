#include "datasets/mapped_relations.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <tuple>

#include "datasets/integrity.hpp"

namespace kgaudit::datasets {
namespace {

/// Of the persons in both, and of the relation's persons in groups that are large enough.
constexpr double kAgreeing = 0.9;
/// Of the persons whom the commonest value would get wrong. Where 95 % are male, a relation agrees
/// in 95 % by chance and in none of these.
constexpr double kRightBeyondCommonest = 0.5;
/// Of the attribute's persons: a small corner of the graph does not tell the attribute.
constexpr double kLeastShare = 0.2;
/// "Mrs" and "Ms" are both female; 100 cities in 20 countries are something else.
constexpr std::size_t kMostWordsForOne = 2;

/// That a relation has this person and this value.
struct Told {
  std::uint32_t relation;
  std::uint32_t value;
  std::uint32_t person;

  auto operator<=>(const Told&) const = default;
};

bool at_least(std::uint64_t count, double share, std::uint64_t of) {
  return static_cast<double>(count) >= share * static_cast<double>(of);
}

class Mapping {
 public:
  Mapping(const KnowledgeGraph& graph, const PersonAttribute& attribute)
      : attribute_(attribute), persons_with_(attribute.values().size(), 0) {
    for (std::size_t e = 0; e < graph.entity_count(); ++e) {
      const auto values = attribute.all_values(EntityId::of(e));
      if (!values.empty()) ++persons_;
      for (const std::uint32_t v : values) ++persons_with_[v];
    }
  }

  /// Of one relation in one direction, sorted and distinct.
  [[nodiscard]] std::optional<MappedRelation> operator()(std::span<const Told> told,
                                                         bool inverse) const {
    std::optional<MappedRelation> found = by_value(told);
    if (!found) found = by_presence(told);
    if (found) found->by = {RelationId(told.front().relation), inverse};
    return found;
  }

 private:
  struct Group {
    EntityId word;
    std::uint64_t persons = 0;
    std::uint32_t value = 0;  ///< the commonest of its persons
    std::uint64_t agreeing = 0;
  };

  /// How often each value of the attribute occurs among these.
  [[nodiscard]] std::vector<std::uint64_t> counts_of(std::span<const Told> told) const {
    std::vector<std::uint64_t> counts(persons_with_.size(), 0);
    for (const Told& one : told) {
      for (const std::uint32_t v : attribute_.all_values(EntityId(one.person))) ++counts[v];
    }
    return counts;
  }

  /// Values that enough persons share; nothing if they are more than could map one to one.
  [[nodiscard]] std::optional<std::vector<Group>> groups_of(std::span<const Told> told,
                                                            std::vector<std::uint64_t>& all) const {
    std::vector<Group> groups;
    for (std::size_t first = 0; first < told.size();) {
      std::size_t last = first;
      while (last < told.size() && told[last].value == told[first].value) ++last;
      if (last - first >= kSmallestGroup) {
        if (groups.size() == kMostWordsForOne * persons_with_.size()) return std::nullopt;
        const std::vector<std::uint64_t> counts = counts_of(told.subspan(first, last - first));
        const auto most = std::ranges::max_element(counts);
        groups.push_back({EntityId(told[first].value), last - first,
                          static_cast<std::uint32_t>(most - counts.begin()), *most});
        for (std::size_t v = 0; v < counts.size(); ++v) all[v] += counts[v];
      }
      first = last;
    }
    return groups;
  }

  [[nodiscard]] std::optional<MappedRelation> by_value(std::span<const Told> told) const {
    std::vector<std::uint64_t> all(persons_with_.size(), 0);
    std::optional<std::vector<Group>> groups = groups_of(told, all);
    if (!groups || groups->size() < 2) return std::nullopt;
    std::vector<std::uint32_t> values;
    MappedRelation found;
    for (const Group& group : *groups) {
      found.persons += group.persons;
      found.agreeing += group.agreeing;
      values.push_back(group.value);
    }
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    const std::uint64_t commonest = std::ranges::max(all);
    if (values.size() < 2 || groups->size() > kMostWordsForOne * values.size() ||
        !at_least(found.persons, kLeastShare, persons_) ||
        !at_least(found.persons, kAgreeing, told.size()) ||
        !at_least(found.agreeing, kAgreeing, found.persons) || commonest >= found.persons ||
        found.agreeing <= commonest ||
        !at_least(found.agreeing - commonest, kRightBeyondCommonest, found.persons - commonest)) {
      return std::nullopt;
    }
    std::ranges::stable_sort(*groups, std::greater<>(), &Group::persons);
    for (const Group& group : *groups) {
      found.words.emplace_back(group.word, attribute_.values()[group.value]);
    }
    return found;
  }

  [[nodiscard]] std::optional<MappedRelation> by_presence(std::span<const Told> told) const {
    std::vector<Told> persons(told.begin(), told.end());
    for (Told& one : persons) one.value = 0;
    std::ranges::sort(persons);
    persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
    const std::vector<std::uint64_t> counts = counts_of(persons);
    for (std::size_t v = 0; v < counts.size(); ++v) {
      const std::uint64_t others = persons_ - persons_with_[v];
      if (counts[v] < kSmallestGroup || others < kSmallestGroup ||
          !at_least(counts[v], kLeastShare, persons_) ||
          !at_least(counts[v], kAgreeing, persons.size()) ||
          !at_least(counts[v], kAgreeing, persons_with_[v]) ||
          !at_least(others - (persons.size() - counts[v]), kAgreeing, others)) {
        continue;
      }
      MappedRelation found;
      found.persons = persons.size();
      found.agreeing = counts[v];
      found.value = attribute_.values()[v];
      return found;
    }
    return std::nullopt;
  }

  const PersonAttribute& attribute_;
  std::vector<std::uint64_t> persons_with_;  ///< of each value, in all lists
  std::uint64_t persons_ = 0;                ///< with any value
};

}  // namespace

std::vector<MappedRelation> mapped_relations(const KnowledgeGraph& graph,
                                             const PersonAttribute& attribute,
                                             const std::vector<bool>& named) {
  const Mapping mapping(graph, attribute);
  std::vector<MappedRelation> found;
  for (const bool inverse : {false, true}) {
    std::vector<Told> told;
    for (const auto& list : {graph.train(), graph.valid(), graph.test()}) {
      for (const Triple& t : list) {
        if (named[t.relation.index()]) continue;
        const StatingRelation by{t.relation, inverse};
        if (attribute.all_values(by.person(t)).empty()) continue;
        told.push_back({t.relation.value, by.value(t).value, by.person(t).value});
      }
    }
    std::ranges::sort(told);
    told.erase(std::unique(told.begin(), told.end()), told.end());
    for (std::size_t first = 0; first < told.size();) {
      std::size_t last = first;
      while (last < told.size() && told[last].relation == told[first].relation) ++last;
      if (auto one = mapping(std::span(told).subspan(first, last - first), inverse)) {
        found.push_back(std::move(*one));
      }
      first = last;
    }
  }
  std::ranges::stable_sort(found, {},
                           [](const MappedRelation& one) { return one.by.relation.value; });
  return found;
}

}  // namespace kgaudit::datasets
