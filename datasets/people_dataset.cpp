#include "datasets/people_dataset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

constexpr std::size_t kMostAttributes = 32;

/// Entities by name, and those that will be added behind them.
class GrowingEntities {
 public:
  explicit GrowingEntities(const Dataset& data)
      : known_(data.graph.entities()), next_(known_.size()) {}

  /// `label` is what people read of a new entity.
  EntityId id(const std::string& name, const std::string& label) {
    if (const auto found = known_.find(name)) return EntityId(*found);
    const std::uint32_t place = added_.id(name);
    if (place == labels_.size()) labels_.push_back(label);
    return EntityId::of(next_ + place);
  }
  [[nodiscard]] std::size_t size() const { return next_ + added_.size(); }

  /// Rebuilds the graph with the new entities.
  void add_to(Dataset& data) {
    if (added_.size() == 0) return;
    std::vector<std::string> fresh = added_.take();
    std::vector<std::string> names = known_.names();
    names.insert(names.end(), fresh.begin(), fresh.end());
    data.labels.insert(data.labels.end(), labels_.begin(), labels_.end());
    const auto copy = [](std::span<const Triple> list) {
      return std::vector<Triple>(list.begin(), list.end());
    };
    data.graph =
        KnowledgeGraph(Vocabulary(std::move(names)), data.graph.relations(),
                       copy(data.graph.train()), copy(data.graph.valid()), copy(data.graph.test()));
  }

 private:
  const Vocabulary& known_;
  std::size_t next_;
  NameTable added_;
  std::vector<std::string> labels_;  ///< of those added
};

/// The values of an attribute by what they are called.
class KnownValues {
 public:
  KnownValues(const Dataset& data, const PersonAttribute& attribute) {
    // A label that two values have names neither.
    for (const EntityId value : attribute.values()) {
      const std::string& label = data.labels[value.index()];
      const auto [at, is_new] = by_label_.emplace(label, value);
      if (!is_new) at->second.reset();
    }
    for (const EntityId value : attribute.values()) {
      by_name_.emplace(data.graph.entities().name(value.value), value);
    }
  }
  [[nodiscard]] std::optional<EntityId> find(const std::string& called) const {
    const auto name = by_name_.find(called);
    if (name != by_name_.end()) return name->second;
    const auto label = by_label_.find(called);
    return label == by_label_.end() ? std::nullopt : label->second;
  }

 private:
  std::map<std::string, EntityId> by_name_;
  std::map<std::string, std::optional<EntityId>> by_label_;
};

/// `known` says what values mean, where an attribute of the data set is replaced.
std::vector<StatedValue> stated_by(const PeopleColumn& column, const NameMatches& matches,
                                   const KnownValues* known, GrowingEntities& entities) {
  // Values nobody among the rows has must not become entities.
  std::vector<std::optional<EntityId>> value_entity(column.values.size());
  for (std::size_t v = 0; known != nullptr && v < column.values.size(); ++v) {
    value_entity[v] = known->find(column.values[v]);
  }
  std::vector<StatedValue> stated;
  for (std::size_t p = 0; p < column.of_person.size(); ++p) {
    if (!matches.row_of[p]) continue;
    for (const std::uint32_t value : column.of_person[p]) {
      if (!value_entity[value]) {
        value_entity[value] = entities.id(column.values[value], column.values[value]);
      }
      stated.push_back({EntityId(*matches.row_of[p]), *value_entity[value]});
    }
  }
  return stated;
}

/// Who has which value by the data set and by the column that takes its place.
ReplacedAttribute compared(const Dataset& data, const PersonAttribute& before,
                           const PersonAttribute& after, const KnownValues& known,
                           const PeopleColumn& column, const NameMatches& matches) {
  ReplacedAttribute result;
  result.id = before.id();
  const auto of = [](const PersonAttribute& attribute, EntityId person) {
    std::vector<EntityId> values;
    for (const std::uint32_t v : attribute.train_values(person)) {
      values.push_back(attribute.values()[v]);
    }
    std::ranges::sort(values);
    return values;
  };
  for (std::size_t e = 0; e < data.graph.entity_count(); ++e) {
    const std::vector<EntityId> was = of(before, EntityId::of(e));
    const std::vector<EntityId> is = of(after, EntityId::of(e));
    if (was.empty() && is.empty()) continue;
    if (was == is) {
      ++result.same;
      continue;
    }
    if (was.empty()) {
      ++result.added;
    } else {
      ++(is.empty() ? result.lost : result.changed);
    }
  }
  for (std::size_t p = 0; p < column.of_person.size() && result.strange_value.empty(); ++p) {
    if (!matches.row_of[p]) continue;
    for (const std::uint32_t value : column.of_person[p]) {
      if (!known.find(column.values[value])) result.strange_value = column.values[value];
    }
  }
  constexpr std::size_t kShown = 3;
  for (const EntityId value : before.values()) {
    if (result.stated_values.size() == kShown) break;
    result.stated_values.push_back(data.labels[value.index()]);
  }
  return result;
}

void note_people(Dataset& data, const PeopleTable& people, const NameMatches& matches) {
  const auto note = [&](const char* id, std::string subject, std::uint64_t count,
                        std::string detail) {
    if (count == 0) return;
    data.integrity.findings.push_back({id, std::move(subject), count, std::move(detail)});
  };
  const auto example = [&](std::uint32_t asked) { return printable(people.names[asked]); };
  if (!matches.missing.empty()) {
    note("people_without_a_row", "", matches.missing.size(),
         fmt::format("Persons of the people file without a row, left out, e.g. '{}'.",
                     example(matches.missing.front())));
  }
  if (!matches.ambiguous.empty()) {
    note("ambiguous_people", "", matches.ambiguous.size(),
         fmt::format("Persons of the people file that could be several rows, or share one with "
                     "another person, left out, e.g. '{}'.",
                     example(matches.ambiguous.front().asked)));
  }
  note("people_with_looser_rivals", "", matches.with_looser_rivals,
       "Persons whose name meets one row exactly and others by a looser rule: the strictest won.");
  for (const PeopleColumn& column : people.columns) {
    note("unknown_values", column.id, column.unknown,
         fmt::format("Persons of the people file without a value; of these, {} by a word for it.",
                     with_thousands(column.placeholders)));
    note("several_values", column.id, column.several,
         "Persons of the people file with several values; a measure that needs one leaves them "
         "out and counts them.");
  }
  data.integrity.findings.insert(data.integrity.findings.end(), people.findings.begin(),
                                 people.findings.end());
}

const PersonAttribute* attribute_named(const Dataset& data, std::string_view id) {
  if (const PersonAttribute* found = data.attributes.find(id)) return found;
  const auto& profession = data.attributes.profession();
  return profession && profession->id() == id ? &*profession : nullptr;
}

std::vector<std::string> attribute_ids(const Dataset& data) {
  std::vector<std::string> ids;
  for (const PersonAttribute& a : data.attributes.sensitive()) ids.push_back(a.id());
  if (data.attributes.profession()) ids.push_back(data.attributes.profession()->id());
  return ids;
}

void require_room(const Dataset& data, const std::string& place) {
  if (data.attributes.sensitive().size() < kMostAttributes) return;
  throw InputError::usage(place, fmt::format("more than {} attributes", kMostAttributes),
                          fmt::format("at most {}", kMostAttributes), "name the columns to use");
}

/// A combination of values: its name, and what people read.
struct Combination {
  std::string name;
  std::string label;
};

/// All combinations of one value for each part.
std::vector<Combination> combinations(const Dataset& data,
                                      std::span<const PersonAttribute* const> parts,
                                      std::span<const std::span<const std::uint32_t>> values) {
  std::vector<Combination> all = {{}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::vector<Combination> longer;
    const std::string between = i == 0 ? "" : " x ";
    for (const Combination& begun : all) {
      for (const std::uint32_t v : values[i]) {
        const EntityId value = parts[i]->values()[v];
        longer.push_back({begun.name + between + data.graph.entities().name(value.value),
                          begun.label + between + data.labels[value.index()]});
      }
    }
    all = std::move(longer);
  }
  return all;
}

std::vector<std::string> rule_ids() {
  std::vector<std::string> ids;
  for (const NameRuleText& text : name_rules()) ids.emplace_back(text.id);
  return ids;
}

/// The parts of a list, blanks around them left out; none of an empty list.
std::vector<std::string> parts_of(const std::string& list, std::string_view separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; !list.empty() && begin <= list.size();) {
    const std::size_t end = std::min(list.find(separator, begin), list.size());
    std::string part = list.substr(begin, end - begin);
    while (part.starts_with(' ')) part.erase(0, 1);
    while (part.ends_with(' ')) part.pop_back();
    parts.push_back(std::move(part));
    begin = end + separator.size();
  }
  return parts;
}

}  // namespace

Dataset dataset_of_rows(std::string id, std::vector<std::string> row_names,
                        const std::string& place) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(row_names.size());
  for (std::size_t i = 0; i < row_names.size(); ++i) {
    const std::string& name = row_names[i];
    const auto refuse = [&](const std::string& got) {
      throw InputError::unreadable(place, fmt::format("{} (row {})", got, i),
                                   "a name for every row, each once, in UTF-8",
                                   "a file of names that belongs to these rows");
    };
    if (name.empty()) refuse("an empty name");
    if (find_broken_utf8(name)) refuse(fmt::format("broken UTF-8 in '{}'", printable(name)));
    if (!seen.insert(name).second) refuse(fmt::format("'{}' again", printable(name)));
  }
  Dataset data;
  data.title = id;
  data.id = std::move(id);
  data.labels = row_names;
  data.graph = KnowledgeGraph(Vocabulary(std::move(row_names)), {}, {}, {}, {});
  data.attributes = AttributeTable(data.graph, {}, std::nullopt);
  return data;
}

std::string ReplacedAttribute::in_words() const {
  std::string text = fmt::format(
      "The column '{}' takes the place of the data set's attribute. Of {} persons both say the "
      "same, of {} the column says something else, of {} only the column says something; {} of "
      "whom only the data set did count as unknown",
      id, with_thousands(same), with_thousands(changed), with_thousands(added),
      with_thousands(lost));
  if (strange_value.empty()) return text + ".";
  return text + fmt::format(
                    ". Models are not asked for it: the data set's relation never states '{}', "
                    "but '{}'.",
                    printable(strange_value),
                    printable(fmt::format("{}", fmt::join(stated_values, "', '")), 200));
}

std::vector<ReplacedAttribute> add_people(Dataset& data, const PeopleTable& people,
                                          const NameMatches& matches) {
  KGA_REQUIRE(matches.row_of.size() == people.names.size(), "{} matches of {} people",
              matches.row_of.size(), people.names.size());
  std::vector<std::optional<KnownValues>> known;
  for (const PeopleColumn& column : people.columns) {
    const PersonAttribute* there = attribute_named(data, column.id);
    known.push_back(there == nullptr ? std::nullopt : std::optional(KnownValues(data, *there)));
  }
  GrowingEntities entities(data);
  std::vector<std::vector<StatedValue>> stated;
  for (std::size_t c = 0; c < people.columns.size(); ++c) {
    stated.push_back(
        stated_by(people.columns[c], matches, known[c] ? &*known[c] : nullptr, entities));
  }
  const std::size_t size = entities.size();
  entities.add_to(data);
  std::vector<ReplacedAttribute> replaced;
  for (std::size_t c = 0; c < people.columns.size(); ++c) {
    const PeopleColumn& column = people.columns[c];
    PersonAttribute attribute({.id = column.id, .relation = kNoRelation}, stated[c], {}, size);
    if (known[c]) {
      const PersonAttribute& before = *attribute_named(data, column.id);
      replaced.push_back(compared(data, before, attribute, *known[c], column, matches));
      if (replaced.back().strange_value.empty()) {
        attribute = PersonAttribute(before.source(), stated[c], {}, size);
      } else {
        // What states the attribute in the graph is no other fact that gives it away.
        std::vector<StatingRelation> tells = relations_that_state(before);
        std::ranges::copy(before.source().proxies, std::back_inserter(tells));
        attribute =
            PersonAttribute({.id = column.id, .relation = kNoRelation, .proxies = std::move(tells)},
                            stated[c], {}, size);
      }
      data.attributes.replace(std::move(attribute), size);
    } else if (column.id == kProfessionColumn && !data.attributes.profession()) {
      data.attributes.set_profession(std::move(attribute), size);
    } else {
      require_room(data, people.file.name);
      data.attributes.add(std::move(attribute), size);
      data.whitelist.entries.emplace_back();
    }
  }
  data.files.push_back(people.file);
  note_people(data, people, matches);
  for (const ReplacedAttribute& one : replaced) {
    data.integrity.findings.push_back(
        {"replaced_attribute", one.id, one.same + one.changed + one.added, one.in_words()});
  }
  return replaced;
}

std::string add_intersection(Dataset& data, std::span<const std::string> attributes,
                             const std::string& place) {
  std::string id = fmt::format("{}", fmt::join(attributes, " x "));
  const std::set<std::string> different(attributes.begin(), attributes.end());
  if (attributes.size() < 2 || different.size() < attributes.size()) {
    throw InputError::usage(place, fmt::format("'{}'", id), "two or more different attributes");
  }
  std::vector<const PersonAttribute*> parts;
  std::vector<StatingRelation> tells;
  for (const std::string& part : attributes) {
    const PersonAttribute* found = attribute_named(data, part);
    if (found == nullptr) {
      throw InputError::unknown(place, "attribute", part, attribute_ids(data));
    }
    parts.push_back(found);
    for (const StatingRelation& by : relations_that_state(*found)) {
      if (std::ranges::find(tells, by) == tells.end()) tells.push_back(by);
    }
  }
  if (attribute_named(data, id) != nullptr) {
    throw InputError::usage(place, fmt::format("'{}' again", id), "each intersection once");
  }
  require_room(data, place);

  GrowingEntities entities(data);
  std::vector<StatedValue> train;
  std::vector<StatedValue> further;
  std::vector<std::span<const std::uint32_t>> values(parts.size());
  for (std::size_t e = 0; e < data.graph.entity_count(); ++e) {
    const EntityId person = EntityId::of(e);
    const auto state = [&](std::vector<StatedValue>& list) {
      for (const auto& [name, label] : combinations(data, parts, values)) {
        list.push_back({person, entities.id(name, label)});
      }
    };
    for (std::size_t i = 0; i < parts.size(); ++i) values[i] = parts[i]->train_values(person);
    state(train);
    for (std::size_t i = 0; i < parts.size(); ++i) values[i] = parts[i]->all_values(person);
    state(further);
  }
  const std::size_t size = entities.size();
  entities.add_to(data);
  data.attributes.add(PersonAttribute({.id = id,
                                       .relation = kNoRelation,
                                       .proxies = std::move(tells),
                                       .parts = {attributes.begin(), attributes.end()}},
                                      train, further, size),
                      size);
  data.whitelist.entries.emplace_back();
  return id;
}

std::span<const ParameterSpec> people_parameters() {
  static const PeopleOptions defaults;
  static const std::array table = {
      ParameterSpec::text("name_column", defaults.name_column, "Column with the persons' names"),
      ParameterSpec::text("attributes", "",
                          "Columns that are attributes, with commas between them; empty = all"),
      ParameterSpec::text("value_separator", defaults.value_separator,
                          "Stands between several values of one person"),
      ParameterSpec::text("unknown", fmt::format("{}", fmt::join(defaults.unknown_words, ",")),
                          "Words for a value that is not known, with commas between them"),
      ParameterSpec::text("bins", "",
                          "COLUMN=EDGE,EDGE;... cuts columns of numbers or dates at these edges"),
      ParameterSpec::choice("names", "iri", rule_ids(),
                            "The loosest rule by which names are matched"),
      ParameterSpec::flag("strict", false, "Refuse a file with a person who has no row"),
      ParameterSpec::text("intersections", "",
                          "Attributes to combine, written 'gender x nationality', with commas "
                          "between several")};
  return table;
}

PeopleOptions people_options(const Parameters& parameters) {
  PeopleOptions options;
  options.name_column = parameters.text("name_column");
  options.attributes = parts_of(parameters.text("attributes"), ",");
  options.value_separator = parameters.text("value_separator");
  options.unknown_words = parts_of(parameters.text("unknown"), ",");
  for (const std::string& entry : parts_of(parameters.text("bins"), ";")) {
    const std::size_t middle = entry.rfind('=');
    std::vector<double> edges;
    if (middle != std::string::npos && middle > 0) {
      for (const std::string& edge : parts_of(entry.substr(middle + 1), ",")) {
        const auto number = parse_double(edge);
        if (!number || !std::isfinite(*number)) {
          edges.clear();
          break;
        }
        edges.push_back(*number);
      }
    }
    if (edges.empty() || !options.bins.emplace(entry.substr(0, middle), edges).second) {
      throw InputError::usage("--bins", fmt::format("'{}'", printable(entry)),
                              "COLUMN=EDGE,EDGE;... with numbers as edges, each column once");
    }
  }
  return options;
}

AddedPeople add_people_file(Dataset& data, const std::filesystem::path& file,
                            const Parameters& parameters) {
  PeopleTable people = read_people(file, people_options(parameters));
  NameMatches matches =
      match_names(data.graph.entities().names(), people.names, people_matching(parameters));
  return add_people_table(data, std::move(people), std::move(matches), parameters, file.string());
}

MatchOptions people_matching(const Parameters& parameters) {
  return {name_rule(parameters.text("names"), "--names")};
}

AddedPeople add_people_table(Dataset& data, PeopleTable people, NameMatches matches,
                             const Parameters& parameters, const std::string& place) {
  AddedPeople added;
  added.people = std::move(people);
  added.matches = std::move(matches);
  require_matches(added.matches, added.people.names, parameters.flag("strict"), place);
  added.replaced = add_people(data, added.people, added.matches);
  added.intersections = add_intersections(data, parameters);
  return added;
}

std::vector<std::string> add_intersections(Dataset& data, const Parameters& parameters) {
  std::vector<std::string> ids;
  for (const std::string& intersection : parts_of(parameters.text("intersections"), ",")) {
    ids.push_back(add_intersection(data, parts_of(intersection, " x "), "--intersect"));
  }
  return ids;
}

std::vector<GroupSize> group_sizes(const PersonAttribute& attribute, std::size_t min_group) {
  std::vector<GroupSize> sizes;
  const auto counts = attribute.train_counts();
  for (std::size_t v = 0; v < counts.size(); ++v) {
    sizes.push_back({static_cast<std::uint32_t>(v), counts[v], counts[v] >= min_group});
  }
  return sizes;
}

std::string small_groups_text(const Dataset& data, const PersonAttribute& attribute,
                              std::size_t min_group, std::size_t shown) {
  std::vector<std::string> examples;
  std::size_t count = 0;
  for (const GroupSize& group : group_sizes(attribute, min_group)) {
    if (group.measured || group.persons == 0) continue;  // 0: stated in valid or test alone
    if (++count > shown) continue;
    const EntityId value = attribute.values()[group.value];
    examples.push_back(fmt::format("{} ({})", data.labels[value.index()], group.persons));
  }
  if (count == 0) return "";
  if (count > shown) examples.push_back(fmt::format("and {} more", with_thousands(count - shown)));
  return fmt::format("{} group{} of fewer than {} persons {} not measured: {}",
                     with_thousands(count), count == 1 ? "" : "s", min_group,
                     count == 1 ? "is" : "are", fmt::join(examples, ", "));
}

}  // namespace kgaudit::datasets
