#include "datasets/integrity.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/mapped_relations.hpp"
#include "datasets/value_checks.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/visible.hpp"

namespace kgaudit::datasets {

namespace {

/// A relation with this share of an attribute's values, or with this share of its own triples among
/// them, states the attribute.
constexpr double kRestatingShare = 0.8;

struct Split {
  std::string_view name;
  std::span<const Triple> triples;
};

std::string quoted(const std::string& name) { return fmt::format("'{}'", printable(name)); }

/// A name as it stands in a card: the whole of it, to be copied. TOML reads "\u202e" as what it
/// stands for.
std::string name_in_card(const std::string& name) { return visible(toml_text(name)); }

class Check {
 public:
  Check(const KnowledgeGraph& graph, const AttributeTable& attributes,
        const std::vector<std::string>& labels, const Whitelist& whitelist)
      : graph_(graph),
        attributes_(attributes),
        labels_(labels),
        whitelist_(whitelist),
        splits_{Split{"train", graph.train()}, Split{"valid", graph.valid()},
                Split{"test", graph.test()}} {}

  IntegrityReport run() {
    duplicates();
    self_loops();
    coverage();
    padded_names();
    for (const PersonAttribute& attribute : attributes_.sensitive()) {
      groups(attribute, "person");
      restated(attribute);
      restating(attribute);
    }
    if (attributes_.profession()) {
      groups(*attributes_.profession(), "person");
      restated(*attributes_.profession());
    }
    unknown();
    return std::move(report_);
  }

 private:
  void add(std::string id, std::string subject, std::uint64_t count, std::string detail) {
    if (count > 0) {
      report_.findings.push_back({std::move(id), std::move(subject), count, std::move(detail)});
    }
  }

  [[nodiscard]] std::string text(const Triple& t) const {
    return fmt::format("({}, {}, {})", printable(graph_.entities().name(t.head.value)),
                       printable(graph_.relations().name(t.relation.value)),
                       printable(graph_.entities().name(t.tail.value)));
  }
  [[nodiscard]] std::string text(EntityId e) const {
    const std::string& name = graph_.entities().name(e.value);
    if (e.index() < labels_.size() && labels_[e.index()] != name) {
      return fmt::format("{} ({})", quoted(name), printable(labels_[e.index()]));
    }
    return quoted(name);
  }

  void duplicates() {
    std::array<std::vector<Triple>, 3> sorted;
    for (std::size_t s = 0; s < splits_.size(); ++s) {
      const auto triples = splits_[s].triples;
      std::vector<Triple>& mine = sorted[s];
      mine.assign(triples.begin(), triples.end());
      std::sort(mine.begin(), mine.end());
      const auto first = std::adjacent_find(mine.begin(), mine.end());
      if (first == mine.end()) continue;
      const Triple example = *first;
      mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
      const auto one = std::ranges::find(triples, example);
      const auto two = std::find(one + 1, triples.end(), example);
      add("duplicate_triples", std::string(splits_[s].name), triples.size() - mine.size(),
          fmt::format("Copies in {}, kept as they are, e.g. {} as triples {} and {}.",
                      splits_[s].name, text(example), one - triples.begin() + 1,
                      two - triples.begin() + 1));
    }
    constexpr std::array<std::array<std::size_t, 2>, 3> kPairs{{{0, 1}, {0, 2}, {1, 2}}};
    for (const auto& [a, b] : kPairs) {
      std::vector<Triple> shared;
      std::ranges::set_intersection(sorted[a], sorted[b], std::back_inserter(shared));
      if (shared.empty()) continue;
      const auto place = std::ranges::find(splits_[b].triples, shared.front());
      add("shared_triples", fmt::format("{}/{}", splits_[a].name, splits_[b].name), shared.size(),
          fmt::format("Triples of {} that are in {} too, e.g. {} as triple {} of {}.",
                      splits_[b].name, splits_[a].name, text(shared.front()),
                      place - splits_[b].triples.begin() + 1, splits_[b].name));
    }
  }

  void self_loops() {
    for (const Split& split : splits_) {
      const auto loops = [](const Triple& t) { return t.head == t.tail; };
      const auto first = std::ranges::find_if(split.triples, loops);
      if (first == split.triples.end()) continue;
      add("self_loops", std::string(split.name),
          static_cast<std::uint64_t>(std::ranges::count_if(split.triples, loops)),
          fmt::format("Triples of {} whose head is their tail, e.g. {} as triple {}.", split.name,
                      text(*first), first - split.triples.begin() + 1));
    }
  }

  void coverage() {
    std::vector<bool> in_train(graph_.entity_count(), false);
    std::vector<bool> relation_in_train(graph_.relation_count(), false);
    for (const Triple& t : graph_.train()) {
      in_train[t.head.index()] = in_train[t.tail.index()] = true;
      relation_in_train[t.relation.index()] = true;
    }
    std::vector<bool> anywhere = in_train;
    for (std::size_t s = 1; s < splits_.size(); ++s) {
      std::vector<bool> counted = in_train;
      std::vector<bool> relation_counted = relation_in_train;
      std::uint64_t entities = 0;
      std::uint64_t relations = 0;
      std::uint64_t triples = 0;
      std::string entity_example;
      std::string relation_example;
      for (const Triple& t : splits_[s].triples) {
        if (!in_train[t.head.index()] || !in_train[t.tail.index()]) ++triples;
        for (const EntityId e : {t.head, t.tail}) {
          anywhere[e.index()] = true;
          if (counted[e.index()]) continue;
          counted[e.index()] = true;
          if (entities++ == 0) entity_example = text(e);
        }
        if (!relation_counted[t.relation.index()]) {
          relation_counted[t.relation.index()] = true;
          if (relations++ == 0) {
            relation_example = quoted(graph_.relations().name(t.relation.value));
          }
        }
      }
      const std::string_view name = splits_[s].name;
      add("unseen_entities", std::string(name), entities,
          fmt::format("Entities of {} that never occur in train, in {} of its triples, e.g. {}.",
                      name, triples, entity_example));
      add("unseen_relations", std::string(name), relations,
          fmt::format("Relations of {} that never occur in train, e.g. {}.", name,
                      relation_example));
    }
    const auto isolated = std::ranges::find(anywhere, false);
    if (isolated != anywhere.end()) {
      add("isolated_entities", "", static_cast<std::uint64_t>(std::ranges::count(anywhere, false)),
          fmt::format("Entities of no triple at all, e.g. {}.",
                      text(EntityId::of(static_cast<std::size_t>(isolated - anywhere.begin())))));
    }
  }

  void padded_names() {
    std::uint64_t count = 0;
    std::string example;
    for (const auto* names : {&graph_.entities().names(), &graph_.relations().names()}) {
      for (const std::string& name : *names) {
        if (name.front() == ' ' || name.back() == ' ') {
          if (count++ == 0) example = quoted(name);
        }
      }
    }
    add("padded_names", "", count,
        fmt::format("Names with a blank at an end, kept as they are, e.g. {}.", example));
  }

  void groups(const PersonAttribute& attribute, std::string_view who) {
    const std::string& id = attribute.id();
    if (attribute.train_persons().empty()) {
      unknown_values(attribute);
      add("absent_attribute", id, 1, fmt::format("Nobody has a {} in train.", id));
      return;
    }
    std::uint64_t empty = 0;
    std::uint64_t small = 0;
    EntityId empty_example;
    std::size_t small_example = 0;
    const auto counts = attribute.train_counts();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0 && empty++ == 0) empty_example = attribute.values()[i];
      if (counts[i] > 0 && counts[i] < kSmallestGroup && small++ == 0) small_example = i;
    }
    if (empty > 0) {
      add("empty_group", id, empty,
          fmt::format("Values of {} that nobody has in train, e.g. {}.", id, text(empty_example)));
    }
    if (small > 0) {
      add("small_group", id, small,
          fmt::format("Values of {} with fewer than {} {}s in train, e.g. {} with {}.", id,
                      kSmallestGroup, who, text(attribute.values()[small_example]),
                      counts[small_example]));
    }
    unknown_values(attribute);
    placeholders(attribute, who);
    alike_values(attribute);
    std::uint64_t several = 0;
    EntityId example;
    for (const EntityId person : attribute.train_persons()) {
      if (attribute.train_values(person).size() > 1 && several++ == 0) example = person;
    }
    if (several > 0) {
      add("several_values", id, several,
          fmt::format("Persons with two or more values of {} in train, e.g. {} with {}.", id,
                      text(example), attribute.train_values(example).size()));
    }
  }

  /// Each spelling is an entity, so train, valid and test may speak of one value by several.
  void alike_values(const PersonAttribute& attribute) {
    AlikeValues alike;
    for (const EntityId value : attribute.values()) {
      alike.add(graph_.entities().name(value.value));
    }
    add("values_alike", attribute.id(), alike.count(), alike.in_words());
  }

  void placeholders(const PersonAttribute& attribute, std::string_view who) {
    const auto counts = attribute.train_counts();
    std::uint64_t persons = 0;
    std::string example;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const EntityId value = attribute.values()[i];
      if (!is_placeholder(graph_.entities().name(value.value))) continue;
      if (persons == 0) example = text(value);
      persons += counts[i];
    }
    add("placeholder_values", attribute.id(), persons,
        fmt::format(
            "Values of {} that {}s have and that look like placeholders for an unknown value, "
            "e.g. {}; they count as values. Leave these triples out if they are none.",
            attribute.id(), who, example));
  }

  /// Where several relations state an attribute, train may say by one what test asks by another.
  void restated(const PersonAttribute& attribute) {
    if (attribute.source().also.empty()) return;
    std::uint64_t all = 0;
    std::uint64_t known = 0;
    std::string example;
    for (const auto& triples : {graph_.valid(), graph_.test()}) {
      for (const Triple& t : triples) {
        const auto by = attribute.source().stating(t.relation);
        if (!by) continue;
        ++all;
        const auto stated = attribute.train_values(by->person(t));
        const auto value = attribute.value_index(by->value(t));
        if (!value || !std::ranges::binary_search(stated, *value)) continue;
        if (known++ == 0) example = text(t);
      }
    }
    add("restated_values", attribute.id(), known,
        fmt::format(
            "Of {} valid and test triples of {} these state what train states too, e.g. {}.", all,
            attribute.id(), example));
  }

  /// A relation of the graph that states an attribute without the card's saying so, and how often.
  struct Restating {
    StatingRelation by;
    std::uint64_t shared = 0;
    Triple example;
  };

  /// (person, value) as one number.
  static std::uint64_t stated_value(EntityId person, EntityId value) {
    return std::uint64_t{person.value} << 32U | value.value;
  }

  /// Distinct values of persons that the card's relations state, in all lists.
  [[nodiscard]] std::vector<std::uint64_t> stated_values(const PersonRelation& source) const {
    std::vector<std::uint64_t> stated;
    for (const Split& split : splits_) {
      for (const Triple& t : split.triples) {
        const auto by = source.stating(t.relation);
        if (by) stated.push_back(stated_value(by->person(t), by->value(t)));
      }
    }
    std::ranges::sort(stated);
    stated.erase(std::unique(stated.begin(), stated.end()), stated.end());
    return stated;
  }

  /// A relation and a direction as one number.
  static std::size_t stated_by(const StatingRelation& by) {
    return by.relation.index() * 2 + (by.inverse ? 1 : 0);
  }

  /// Each relation and direction that repeats one of these values, in the order of the triples.
  [[nodiscard]] std::vector<Restating> repeating(const PersonAttribute& attribute,
                                                 const std::vector<std::uint64_t>& stated) const {
    const PersonRelation& source = attribute.source();
    std::vector<bool> declared(graph_.relation_count(), false);
    for (std::uint32_t r = 0; r < declared.size(); ++r) declared[r] = source.states(RelationId(r));
    for (const StatingRelation& proxy : source.proxies) declared[proxy.relation.index()] = true;
    using Repeated = std::pair<std::size_t, std::uint64_t>;  // relation and direction, value
    std::vector<Repeated> repeated;
    std::vector<Restating> found;
    std::vector<bool> is_found(declared.size() * 2, false);
    for (const Split& split : splits_) {
      for (const Triple& t : split.triples) {
        if (declared[t.relation.index()]) continue;
        for (const bool inverse : {false, true}) {
          const StatingRelation by{t.relation, inverse};
          if (!attribute.value_index(by.value(t))) continue;
          const std::uint64_t value = stated_value(by.person(t), by.value(t));
          if (!std::ranges::binary_search(stated, value)) continue;
          const std::size_t key = stated_by(by);
          repeated.emplace_back(key, value);
          if (!is_found[key]) found.push_back({by, 0, t});
          is_found[key] = true;
        }
      }
    }
    std::ranges::sort(repeated);
    repeated.erase(std::unique(repeated.begin(), repeated.end()), repeated.end());
    for (Restating& one : found) {
      const std::size_t key = stated_by(one.by);
      const auto first = std::ranges::lower_bound(repeated, key, {}, &Repeated::first);
      const auto last = std::ranges::upper_bound(repeated, key, {}, &Repeated::first);
      one.shared = static_cast<std::uint64_t>(last - first);
    }
    return found;
  }

  /// How many distinct triples each of these relations has, all in one pass.
  [[nodiscard]] std::map<RelationId, std::uint64_t> distinct_triples(
      std::span<const Restating> of) const {
    std::vector<bool> wanted(graph_.relation_count(), false);
    for (const Restating& one : of) wanted[one.by.relation.index()] = true;
    std::vector<Triple> triples;
    for (const Split& split : splits_) {
      std::ranges::copy_if(split.triples, std::back_inserter(triples),
                           [&](const Triple& t) { return wanted[t.relation.index()]; });
    }
    std::ranges::sort(triples);
    triples.erase(std::unique(triples.begin(), triples.end()), triples.end());
    std::map<RelationId, std::uint64_t> counts;
    for (const Triple& t : triples) ++counts[t.relation];
    return counts;
  }

  /// What hides an attribute, or leaves it out of training, knows the relations of the card alone.
  void restating(const PersonAttribute& attribute) {
    if (!attribute.source().in_graph()) return;
    std::vector<bool> named = named_in_card(attribute);
    const std::vector<std::uint64_t> stated = stated_values(attribute.source());
    if (stated.size() < kSmallestGroup) return;
    repeated_values(attribute, stated, named);
    other_words(attribute, named);
  }

  /// Relations of any attribute, what tells one, and the whitelist of this one.
  [[nodiscard]] std::vector<bool> named_in_card(const PersonAttribute& of) const {
    std::vector<bool> named(graph_.relation_count(), false);
    for (std::size_t j = 0; j < whitelist_.entries.size(); ++j) {
      if (attributes_.sensitive()[j].id() != of.id()) continue;
      const Whitelist::Entry& entry = whitelist_.entries[j];
      for (const auto& list : {entry.relations, entry.inverse_relations}) {
        for (const RelationId relation : list) named[relation.index()] = true;
      }
    }
    const auto mark = [&](const PersonRelation& source) {
      for (const auto& list : {source.sources(), source.proxies}) {
        for (const StatingRelation& by : list) named[by.relation.index()] = true;
      }
    };
    for (const PersonAttribute& attribute : attributes_.sensitive()) mark(attribute.source());
    if (attributes_.profession()) mark(attributes_.profession()->source());
    return named;
  }

  /// The same values under another relation, which is then marked as named.
  void repeated_values(const PersonAttribute& attribute, const std::vector<std::uint64_t>& stated,
                       std::vector<bool>& named) {
    std::vector<Restating> candidates = repeating(attribute, stated);
    std::erase_if(candidates, [](const Restating& one) { return one.shared < kSmallestGroup; });
    if (candidates.empty()) return;
    const std::map<RelationId, std::uint64_t> counts = distinct_triples(candidates);
    for (const Restating& one : candidates) {
      const std::uint64_t all = counts.at(one.by.relation);
      const auto smaller = static_cast<double>(std::min<std::uint64_t>(all, stated.size()));
      if (static_cast<double>(one.shared) < kRestatingShare * smaller) continue;
      named[one.by.relation.index()] = true;
      const std::string& name = graph_.relations().name(one.by.relation.value);
      add("restating_relation", attribute.id(), one.shared,
          fmt::format(
              "Values of {0} that the relation {1} states {2}, in {3} of its {4} triples, e.g. "
              "{5}. "
              "The card does not name it: what hides {0} or trains without it leaves these in. To "
              "count it as {0}, add {{ relation = {6}{7} }} to `also` of {0} in the card.",
              attribute.id(), quoted(name), one.by.inverse ? "the other way round" : "too",
              one.shared, all, text(one.example), name_in_card(name),
              one.by.inverse ? ", inverse = true" : ""));
    }
  }

  /// "'M' for 'male' and 'F' for 'female'"
  [[nodiscard]] std::string words_text(const MappedRelation& one) const {
    constexpr std::size_t kShown = 3;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < std::min(kShown, one.words.size()); ++i) {
      words.push_back(
          fmt::format("{} for {}", text(one.words[i].first), text(one.words[i].second)));
    }
    if (one.words.size() > kShown) return fmt::format("{} ...", fmt::join(words, ", "));
    return listed_in_words(words);
  }

  /// Values of other names, and relations that only those with one value have.
  void other_words(const PersonAttribute& attribute, const std::vector<bool>& named) {
    for (const MappedRelation& one : mapped_relations(graph_, attribute, named)) {
      const std::string& name = graph_.relations().name(one.by.relation.value);
      const std::string how =
          one.words.empty()
              ? fmt::format("that persons with {} have, and hardly anybody else", text(one.value))
              : fmt::format("whose values say the same: {}", words_text(one));
      add("restating_relation", attribute.id(), one.agreeing,
          fmt::format("Of {1} persons with a {0} and the relation {2}{3}, these have the {0} that "
                      "the relation "
                      "tells: it is one {4}. The card does not name it: what hides {0} or trains "
                      "without it "
                      "leaves these in. To count it as telling {0}, add {{ relation = {5}{6} }} to "
                      "`proxies` of {0} in the card.",
                      attribute.id(), one.persons, quoted(name),
                      one.by.inverse ? ", read the other way round" : "", how, name_in_card(name),
                      one.by.inverse ? ", inverse = true" : ""));
    }
  }

  /// What a triple states with a placeholder is no value (PersonAttribute).
  void unknown_values(const PersonAttribute& attribute) {
    if (!attribute.source().in_graph()) return;
    std::vector<std::uint32_t> persons;
    EntityId example;
    for (const Triple& t : graph_.train()) {
      const auto by = attribute.source().stating(t.relation);
      if (!by || attribute.value_index(by->value(t))) continue;
      if (persons.empty()) example = by->value(t);
      persons.push_back(by->person(t).value);
    }
    std::ranges::sort(persons);
    persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
    add("unknown_values", attribute.id(), persons.size(),
        fmt::format("Persons of whom train says that their {} is not known, by a word or a blank "
                    "node in its place, e.g. {}. These are no values.",
                    attribute.id(), persons.empty() ? "" : text(example)));
  }

  void unknown() {
    for (const PersonAttribute& attribute : attributes_.sensitive()) {
      if (attribute.train_persons().empty()) continue;
      const std::uint64_t persons = attributes_.persons().size() - attribute.train_persons().size();
      add("unknown_persons", attribute.id(), persons,
          fmt::format("Of {} persons these have no value of {} in train.",
                      attributes_.persons().size(), attribute.id()));
      if (!attributes_.profession()) continue;
      const PersonRelation& profession = attributes_.profession()->source();
      std::uint64_t triples = 0;
      std::uint64_t all = 0;
      EntityId example;
      for (const Triple& t : graph_.test()) {
        const auto by = profession.stating(t.relation);
        if (!by) continue;
        ++all;
        const EntityId person = by->person(t);
        if (attribute.train_values(person).empty() && triples++ == 0) example = person;
      }
      if (triples > 0) {
        add("unknown_test_persons", attribute.id(), triples,
            fmt::format(
                "Of {} test triples of the profession these are about persons without a value of "
                "{} in train, e.g. {}.",
                all, attribute.id(), text(example)));
      }
    }
  }

  const KnowledgeGraph& graph_;
  const AttributeTable& attributes_;
  const std::vector<std::string>& labels_;
  const Whitelist& whitelist_;
  std::array<Split, 3> splits_;
  IntegrityReport report_;
};

}  // namespace

IntegrityReport check_integrity(const KnowledgeGraph& graph, const AttributeTable& attributes,
                                const std::vector<std::string>& labels,
                                const Whitelist& whitelist) {
  return Check(graph, attributes, labels, whitelist).run();
}

}  // namespace kgaudit::datasets
