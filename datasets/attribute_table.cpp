#include "datasets/attribute_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "datasets/people_file.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::datasets {

namespace {

/// Which entities are words or blank nodes for a value that nobody knows, as in people files.
class Placeholders {
 public:
  explicit Placeholders(const Vocabulary& entities)
      : entities_(entities), known_(entities.size(), State::kNotAsked) {}

  [[nodiscard]] bool contains(EntityId value) {
    State& state = known_[value.index()];
    if (state == State::kNotAsked) {
      static const PeopleOptions words;
      state = is_unknown_value(entities_.name(value.value), words) ? State::kIs : State::kIsNot;
    }
    return state == State::kIs;
  }

 private:
  enum class State : unsigned char { kNotAsked, kIs, kIsNot };
  const Vocabulary& entities_;
  std::vector<State> known_;
};

/// (person, value) of every triple that states the fact, as one number: person in the upper half.
void append_pairs(std::vector<std::uint64_t>& pairs, const PersonRelation& source,
                  std::span<const Triple> triples, Placeholders& unknown) {
  for (const Triple& t : triples) {
    const auto by = source.stating(t.relation);
    if (!by || unknown.contains(by->value(t))) continue;
    pairs.push_back(std::uint64_t{by->person(t).value} << 32U | by->value(t).value);
  }
}

void sort_distinct(std::vector<std::uint64_t>& pairs) {
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
}

constexpr std::uint32_t person_of(std::uint64_t pair) {
  return static_cast<std::uint32_t>(pair >> 32U);
}
constexpr std::uint32_t value_of(std::uint64_t pair) { return static_cast<std::uint32_t>(pair); }

}  // namespace

bool PersonRelation::shares_parts(const PersonRelation& other) const {
  const auto has = [](const PersonRelation& whole, const std::string& part) {
    return whole.id == part || std::ranges::find(whole.parts, part) != whole.parts.end();
  };
  return has(*this, other.id) || has(other, id) ||
         std::ranges::any_of(parts, [&](const std::string& part) { return has(other, part); });
}

std::vector<StatingRelation> PersonRelation::sources() const {
  std::vector<StatingRelation> all;
  if (in_graph()) all.push_back(first());
  all.insert(all.end(), also.begin(), also.end());
  return all;
}

std::optional<StatingRelation> PersonRelation::stating(RelationId asked) const {
  if (in_graph() && asked == relation) return first();
  const auto found = std::ranges::find(also, asked, &StatingRelation::relation);
  if (found == also.end()) return std::nullopt;
  return *found;
}

std::span<const std::uint32_t> PersonAttribute::Rows::of(EntityId e) const {
  if (e.index() + 1 >= begin.size()) return {};
  const std::uint32_t first = begin[e.index()];
  return {values.data() + first, begin[e.index() + 1] - first};
}

PersonAttribute::PersonAttribute(PersonRelation source, const KnowledgeGraph& graph)
    : source_(std::move(source)) {
  KGA_REQUIRE(source_.in_graph(), "{} stands beside the graph and cannot be read from it",
              source_.id);
  const auto require_known = [&](const StatingRelation& by) {
    KGA_REQUIRE(by.relation.index() < graph.relation_count(), "{}: relation {} of {}", source_.id,
                by.relation.value, graph.relation_count());
  };
  for (const StatingRelation& by : source_.sources()) require_known(by);
  for (const StatingRelation& by : source_.proxies) require_known(by);
  const std::size_t entities = graph.entity_count();
  std::vector<std::uint64_t> train;
  Placeholders unknown(graph.entities());
  append_pairs(train, source_, graph.train(), unknown);
  std::vector<std::uint64_t> all = train;
  append_pairs(all, source_, graph.valid(), unknown);
  append_pairs(all, source_, graph.test(), unknown);
  set_values(std::move(train), std::move(all), entities);
}

PersonAttribute::PersonAttribute(PersonRelation source, std::span<const StatedValue> train,
                                 std::span<const StatedValue> further, std::size_t entity_count)
    : source_(std::move(source)) {
  std::vector<std::uint64_t> stated;
  const auto append = [&](std::span<const StatedValue> list) {
    for (const auto& [person, value] : list) {
      KGA_REQUIRE(person.index() < entity_count && value.index() < entity_count,
                  "{}: person {} and value {} of {} entities", source_.id, person.value,
                  value.value, entity_count);
      stated.push_back(std::uint64_t{person.value} << 32U | value.value);
    }
  };
  append(train);
  std::vector<std::uint64_t> stated_in_train = stated;
  append(further);
  set_values(std::move(stated_in_train), std::move(stated), entity_count);
}

void PersonAttribute::set_values(std::vector<std::uint64_t> train, std::vector<std::uint64_t> all,
                                 std::size_t entities) {
  sort_distinct(train);
  sort_distinct(all);
  KGA_REQUIRE(all.size() < UINT32_MAX, "{} values of {}", all.size(), source_.id);

  std::vector<std::uint32_t> persons_with(entities, 0);
  for (const std::uint64_t pair : train) ++persons_with[value_of(pair)];
  index_of_entity_.assign(entities, 0);
  for (const std::uint64_t pair : all) {
    std::uint32_t& seen = index_of_entity_[value_of(pair)];
    if (seen == 0) values_.emplace_back(value_of(pair));
    seen = 1;
  }
  std::sort(values_.begin(), values_.end(), [&](EntityId a, EntityId b) {
    const std::uint32_t count_a = persons_with[a.index()];
    const std::uint32_t count_b = persons_with[b.index()];
    return count_a != count_b ? count_a > count_b : a < b;
  });
  for (std::size_t i = 0; i < values_.size(); ++i) {
    train_counts_.push_back(persons_with[values_[i].index()]);
    index_of_entity_[values_[i].index()] = static_cast<std::uint32_t>(i + 1);
  }

  const auto rows = [&](const std::vector<std::uint64_t>& pairs) {
    Rows result;
    result.begin.assign(entities + 1, 0);
    result.values.reserve(pairs.size());
    // `pairs` is ordered by person, so the rows are written in place and sorted one by one.
    std::size_t i = 0;
    for (std::size_t e = 0; e < entities; ++e) {
      result.begin[e] = static_cast<std::uint32_t>(i);
      for (; i < pairs.size() && person_of(pairs[i]) == e; ++i) {
        result.values.push_back(index_of_entity_[value_of(pairs[i])] - 1);
      }
      const auto row = result.values.begin() + static_cast<std::ptrdiff_t>(result.begin[e]);
      if (result.values.end() - row > 1) std::sort(row, result.values.end());
    }
    result.begin[entities] = static_cast<std::uint32_t>(i);
    return result;
  };
  train_ = rows(train);
  all_ = rows(all);
  for (std::size_t i = 0; i < train.size(); ++i) {
    if (i == 0 || person_of(train[i]) != person_of(train[i - 1])) {
      train_persons_.emplace_back(person_of(train[i]));
    }
  }
}

std::optional<std::uint32_t> PersonAttribute::value_index(EntityId value) const {
  if (value.index() >= index_of_entity_.size() || index_of_entity_[value.index()] == 0) {
    return std::nullopt;
  }
  return index_of_entity_[value.index()] - 1;
}

std::span<const std::uint32_t> PersonAttribute::train_values(EntityId person) const {
  return train_.of(person);
}

std::span<const std::uint32_t> PersonAttribute::all_values(EntityId person) const {
  return all_.of(person);
}

std::size_t PersonAttribute::values_in_train(std::size_t most) const {
  const auto end = std::ranges::find(train_counts_, 0U);
  return std::min(most, static_cast<std::size_t>(end - train_counts_.begin()));
}

PersonAttribute PersonAttribute::asked_of(const std::vector<bool>& keep) const {
  PersonAttribute restricted = *this;
  std::erase_if(restricted.train_persons_, [&](EntityId person) {
    KGA_REQUIRE(person.index() < keep.size(), "person {} of {}", person.value, keep.size());
    return !keep[person.index()];
  });
  return restricted;
}

AttributeTable::AttributeTable(const KnowledgeGraph& graph,
                               const std::vector<PersonRelation>& sensitive,
                               const std::optional<PersonRelation>& profession,
                               std::span<const EntityId> further_persons)
    : is_person_(graph.entity_count(), false) {
  KGA_REQUIRE(sensitive.size() <= 32, "{} sensitive attributes", sensitive.size());
  // Who has a placeholder for a value is a person all the same.
  const auto mark = [&](const PersonAttribute& attribute) {
    for (const Triple& t : graph.train()) {
      const auto by = attribute.source().stating(t.relation);
      if (by) is_person_[by->person(t).index()] = true;
    }
  };
  sensitive_.reserve(sensitive.size());
  for (const PersonRelation& source : sensitive) {
    KGA_REQUIRE(find(source.id) == nullptr, "two sensitive attributes '{}'", source.id);
    mark(sensitive_.emplace_back(source, graph));
  }
  if (profession) mark(profession_.emplace(*profession, graph));
  for (const EntityId person : further_persons) {
    KGA_REQUIRE(person.index() < is_person_.size(), "person {} of {}", person.value,
                is_person_.size());
    is_person_[person.index()] = true;
  }
  for (std::size_t e = 0; e < is_person_.size(); ++e) {
    if (is_person_[e]) persons_.push_back(EntityId::of(e));
  }
}

void AttributeTable::add_persons(std::span<const EntityId> further, std::size_t entity_count) {
  is_person_.resize(std::max(is_person_.size(), entity_count), false);
  for (const EntityId person : further) is_person_[person.index()] = true;
  persons_.clear();
  for (std::size_t e = 0; e < is_person_.size(); ++e) {
    if (is_person_[e]) persons_.push_back(EntityId::of(e));
  }
}

void AttributeTable::add(PersonAttribute attribute, std::size_t entity_count) {
  KGA_REQUIRE(sensitive_.size() < 32, "{} sensitive attributes", sensitive_.size() + 1);
  KGA_REQUIRE(find(attribute.id()) == nullptr, "two sensitive attributes '{}'", attribute.id());
  add_persons(attribute.train_persons(), entity_count);
  sensitive_.push_back(std::move(attribute));
}

void AttributeTable::set_profession(PersonAttribute profession, std::size_t entity_count) {
  KGA_REQUIRE(!profession_, "two professions: {} and {}", profession_->id(), profession.id());
  add_persons(profession.train_persons(), entity_count);
  profession_ = std::move(profession);
}

void AttributeTable::replace(PersonAttribute attribute, std::size_t entity_count) {
  const auto found = std::ranges::find(sensitive_, attribute.id(), &PersonAttribute::id);
  const bool of_profession = profession_ && profession_->id() == attribute.id();
  KGA_REQUIRE(found != sensitive_.end() || of_profession, "no attribute '{}'", attribute.id());
  add_persons(attribute.train_persons(), entity_count);
  if (found != sensitive_.end()) {
    *found = std::move(attribute);
  } else {
    profession_ = std::move(attribute);
  }
}

const PersonAttribute* AttributeTable::find(std::string_view id) const {
  const auto found = std::find_if(sensitive_.begin(), sensitive_.end(),
                                  [&](const PersonAttribute& a) { return a.id() == id; });
  return found == sensitive_.end() ? nullptr : &*found;
}

std::optional<std::size_t> AttributeTable::sensitive_index(RelationId relation) const {
  for (std::size_t j = 0; j < sensitive_.size(); ++j) {
    if (sensitive_[j].source().states(relation)) return j;
  }
  return std::nullopt;
}

AttributeTable AttributeTable::asked_of(const std::vector<bool>& keep) const {
  AttributeTable restricted = *this;
  for (PersonAttribute& attribute : restricted.sensitive_) attribute = attribute.asked_of(keep);
  if (restricted.profession_) restricted.profession_ = restricted.profession_->asked_of(keep);
  return restricted;
}

std::uint32_t Whitelist::allowed(RelationId relation) const {
  KGA_REQUIRE(entries.size() <= 32, "{} attributes in a whitelist", entries.size());
  std::uint32_t bits = 0;
  const auto holds = [&](const std::vector<RelationId>& relations) {
    return std::ranges::find(relations, relation) != relations.end();
  };
  for (std::size_t j = 0; j < entries.size(); ++j) {
    if (holds(entries[j].relations) || holds(entries[j].inverse_relations)) bits |= 1U << j;
  }
  return bits;
}

std::uint32_t Whitelist::allowed_profession(EntityId profession) const {
  KGA_REQUIRE(entries.size() <= 32, "{} attributes in a whitelist", entries.size());
  std::uint32_t bits = 0;
  for (std::size_t j = 0; j < entries.size(); ++j) {
    if (std::ranges::find(entries[j].professions, profession) != entries[j].professions.end()) {
      bits |= 1U << j;
    }
  }
  return bits;
}

}  // namespace kgaudit::datasets
