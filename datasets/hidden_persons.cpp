#include "datasets/hidden_persons.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "datasets/dataset.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::datasets {
namespace {

/// drawn_persons of one attribute.
std::vector<EntityId> drawn_of(const PersonAttribute& attribute, double share, std::uint64_t seed) {
  std::vector<std::vector<EntityId>> groups(attribute.values().size());
  for (const EntityId p : attribute.train_persons()) {
    groups[attribute.train_values(p).front()].push_back(p);
  }
  std::vector<std::uint32_t> left(attribute.train_counts().begin(), attribute.train_counts().end());
  const auto may_hide = [&](EntityId p) {
    return std::ranges::all_of(attribute.train_values(p),
                               [&](std::uint32_t v) { return left[v] > 1; });
  };
  Rng rng(seed, "hidden_persons." + attribute.id());
  std::vector<EntityId> drawn;
  // What rounding takes from one value it gives to the next, so that rare values come in as well.
  double seen = 0.0;
  for (std::vector<EntityId>& group : groups) {
    const double before = std::floor(share * seen);
    seen += static_cast<double>(group.size());
    const auto wanted = static_cast<std::size_t>(std::floor(share * seen) - before);
    rng.shuffle(std::span<EntityId>(group));
    std::size_t taken = 0;
    for (const EntityId p : group) {
      if (taken == wanted) break;
      if (!may_hide(p)) continue;
      for (const std::uint32_t v : attribute.train_values(p)) --left[v];
      drawn.push_back(p);
      ++taken;
    }
  }
  std::ranges::sort(drawn);
  return drawn;
}

/// Which triples tell a hidden value.
class Hiding {
 public:
  explicit Hiding(const AttributeTable& attributes) : attributes_(attributes) {}

  void add(std::size_t attribute, std::span<const EntityId> persons, std::size_t entities) {
    std::vector<bool> flags(entities, false);
    for (const EntityId p : persons) flags[p.index()] = true;
    const auto& source = attributes_.sensitive()[attribute];
    for (const StatingRelation& relation : relations_that_state(source)) {
      rules_.push_back({relation, hidden_.size()});
    }
    hidden_.push_back(std::move(flags));
  }
  [[nodiscard]] bool tells(const Triple& t) const {
    return std::ranges::any_of(rules_, [&](const Rule& rule) {
      return rule.relation.relation == t.relation &&
             hidden_[rule.flags][rule.relation.person(t).index()];
    });
  }
  /// Those that tell nothing; the others go to `told`.
  [[nodiscard]] std::vector<Triple> silent(std::span<const Triple> triples,
                                           std::vector<Triple>& told) const {
    std::vector<Triple> kept;
    kept.reserve(triples.size());
    for (const Triple& t : triples) (tells(t) ? told : kept).push_back(t);
    return kept;
  }

 private:
  struct Rule {
    StatingRelation relation;
    std::size_t flags;
  };
  const AttributeTable& attributes_;
  std::vector<Rule> rules_;
  std::vector<std::vector<bool>> hidden_;  ///< per attribute, per entity
};

/// What the original table knows of the persons, in the value indices of `now`.
HiddenValues values_of(const PersonAttribute& original, const PersonAttribute& now,
                       std::vector<EntityId> persons) {
  HiddenValues result{original.id(), std::move(persons), {}};
  for (const EntityId p : result.persons) {
    std::vector<std::uint32_t> values;
    for (const std::uint32_t v : original.all_values(p)) {
      if (const auto index = now.value_index(original.values()[v])) values.push_back(*index);
    }
    std::ranges::sort(values);
    KGA_REQUIRE(!values.empty(), "{}: no value of person {} is left", original.id(), p.value);
    result.values.push_back(std::move(values));
  }
  return result;
}

}  // namespace

const HiddenValues* HiddenPersons::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &HiddenValues::attribute);
  return found == attributes.end() ? nullptr : &*found;
}

HiddenPersons HiddenPersons::asked_of(const std::vector<bool>& keep) const {
  HiddenPersons result{{}, withheld};
  for (const HiddenValues& all : attributes) {
    HiddenValues& some = result.attributes.emplace_back(HiddenValues{all.attribute, {}, {}});
    for (std::size_t i = 0; i < all.persons.size(); ++i) {
      KGA_REQUIRE(all.persons[i].index() < keep.size(), "person {} of {}", all.persons[i].value,
                  keep.size());
      if (!keep[all.persons[i].index()]) continue;
      some.persons.push_back(all.persons[i]);
      some.values.push_back(all.values[i]);
    }
  }
  return result;
}

std::vector<StatingRelation> relations_that_state(const PersonAttribute& attribute) {
  std::vector<StatingRelation> all = attribute.source().sources();
  all.insert(all.end(), attribute.proxies().begin(), attribute.proxies().end());
  return all;
}

std::vector<std::vector<EntityId>> drawn_persons(const Dataset& data, double share,
                                                 std::uint64_t seed) {
  KGA_REQUIRE(share >= 0.0 && share < 1.0, "share {}", share);
  std::vector<std::vector<EntityId>> drawn;
  for (const PersonAttribute& attribute : data.attributes.sensitive()) {
    drawn.push_back(drawn_of(attribute, share, seed));
  }
  return drawn;
}

Dataset hide_values(Dataset data, std::vector<std::vector<EntityId>> persons) {
  const auto sensitive = data.attributes.sensitive();
  KGA_REQUIRE(persons.size() == sensitive.size(), "persons of {} attributes, of {}", persons.size(),
              sensitive.size());
  Hiding hiding(data.attributes);
  for (std::size_t j = 0; j < sensitive.size(); ++j) {
    hiding.add(j, persons[j], data.graph.entity_count());
  }
  HiddenPersons hidden;
  const KnowledgeGraph& whole = data.graph;
  std::vector<Triple> train = hiding.silent(whole.train(), hidden.withheld);
  std::vector<Triple> valid = hiding.silent(whole.valid(), hidden.withheld);

  std::vector<PersonRelation> sources;
  for (const PersonAttribute& attribute : sensitive) sources.push_back(attribute.source());
  std::optional<PersonRelation> profession;
  if (data.attributes.profession()) profession = data.attributes.profession()->source();
  // The table is read from a graph whose test set keeps silent as well.
  std::vector<Triple> unread;
  const KnowledgeGraph silent(whole.entities(), whole.relations(), train, valid,
                              hiding.silent(whole.test(), unread));
  AttributeTable table(silent, sources, profession, data.attributes.persons());
  for (std::size_t j = 0; j < sensitive.size(); ++j) {
    hidden.attributes.push_back(
        values_of(sensitive[j], table.sensitive()[j], std::move(persons[j])));
  }
  data.graph = KnowledgeGraph(whole.entities(), whole.relations(), std::move(train),
                              std::move(valid), {whole.test().begin(), whole.test().end()});
  data.attributes = std::move(table);
  data.hidden = std::move(hidden);
  return data;
}

Dataset with_hidden_persons(Dataset data, double share, std::uint64_t seed) {
  std::vector<std::vector<EntityId>> persons = drawn_persons(data, share, seed);
  return hide_values(std::move(data), std::move(persons));
}

}  // namespace kgaudit::datasets
