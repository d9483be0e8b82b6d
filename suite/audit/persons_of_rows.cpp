#include "suite/audit/persons_of_rows.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/audit/readings.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

constexpr std::size_t kExamples = 3;

/// Why a person has no row, where the names say more than that none is its own.
std::string why_without_row(const datasets::NameMatches& matches,
                            const std::vector<std::uint32_t>& missing,
                            const std::vector<std::string>& row_names) {
  for (const std::uint32_t p : missing) {
    const auto found = std::ranges::find(matches.ambiguous, p, &datasets::AmbiguousName::asked);
    if (found == matches.ambiguous.end() || found->rows.empty()) continue;
    if (found->rows.size() > 1) {
      return fmt::format("; rows that could be one person's, such as '{}' and '{}', are nobody's",
                         printable(row_names[found->rows[0]], 60),
                         printable(row_names[found->rows[1]], 60));
    }
    return fmt::format("; a row that could be of two entities, such as '{}', is neither's",
                       printable(row_names[found->rows[0]], 60));
  }
  if (matches.missing_by_case == 0) return "";
  return fmt::format("; {} names differ from rows in capitals alone",
                     with_thousands(matches.missing_by_case));
}

/// Of these persons, numbers among the asked names, those without a row, in one sentence; empty if
/// all have one.
std::string without_row(const std::vector<std::uint32_t>& persons,
                        const datasets::NameMatches& matches, const std::vector<std::string>& names,
                        const std::vector<std::string>& row_names, std::string_view where) {
  std::vector<std::uint32_t> missing;
  std::vector<std::string> examples;
  for (const std::uint32_t p : persons) {
    if (matches.row_of[p]) continue;
    missing.push_back(p);
    if (examples.size() < kExamples) examples.push_back(printable(names[p], 100));
  }
  if (missing.empty()) return "";
  return fmt::format("no row for {} of {} persons with a known value in {}, such as {}{}",
                     with_thousands(missing.size()), with_thousands(persons.size()), where,
                     fmt::join(examples, ", "), why_without_row(matches, missing, row_names));
}

/// The persons of whom train states a sensitive attribute.
std::vector<std::uint32_t> stated_persons(const datasets::Dataset& data) {
  std::vector<std::uint32_t> stated;
  for (const EntityId p : data.attributes.persons()) {
    const auto& sensitive = data.attributes.sensitive();
    if (std::ranges::any_of(sensitive, [&](const auto& a) { return !a.train_values(p).empty(); })) {
      stated.push_back(p.value);
    }
  }
  return stated;
}

/// The people of whom a column says something.
std::vector<std::uint32_t> stated_persons(const datasets::PeopleTable& people) {
  std::vector<std::uint32_t> stated;
  for (std::uint32_t p = 0; p < people.names.size(); ++p) {
    if (std::ranges::any_of(people.columns,
                            [&](const auto& column) { return !column.of_person[p].empty(); })) {
      stated.push_back(p);
    }
  }
  return stated;
}

/// One search. It lives for one call of persons_of_rows.
class PersonSearch {
 public:
  PersonSearch(RowsOfPersons rows, const PersonSources& sources)
      : rows_(std::move(rows)), sources_(sources) {}

  PersonsOfRows operator()() {
    if (sources_.with_dataset) {
      align();
    } else {
      take_rows_as_data();
    }
    if (!sources_.people.empty()) {
      add_people();
    } else {
      datasets::add_intersections(found_.data, sources_.people_parameters);
    }
    if (sources_.with_dataset) return std::move(found_);
    // The values that the file names are asked for rows, and have none.
    found_.entity_rows.resize(found_.data.graph.entity_count(), kNoRow);
    if (found_.data.attributes.sensitive().empty()) {
      throw InputError::unreadable(
          sources_.people.string(),
          fmt::format("the column '{}' and no other attribute", datasets::kProfessionColumn),
          "a column for each attribute to measure, such as gender",
          "a further column with each person's value");
    }
    return std::move(found_);
  }

 private:
  void align() {
    KGA_REQUIRE(rows_.whole.has_value(), "no data set for {}", rows_.place);
    const std::string id = rows_.whole->id;
    const std::vector<std::uint32_t> stated = stated_persons(*rows_.whole);
    found_.graph_hash = rows_.whole->graph.digest().hex();
    std::optional<datasets::NameMatches> matches;
    if (rows_.wanted != nullptr && rows_.wanted->seen() > 0) {
      matches = rows_.wanted->entity_matches();
    }
    AlignedData aligned = aligned_data(*std::move(rows_.whole), rows_.embedding, sources_.align,
                                       rows_.place, std::move(matches));
    rows_.whole.reset();
    found_.in_graph = aligned.entities.matched();
    found_.matched.push_back(
        {"matched_entities",
         fmt::format("Of the graph's entities, {}.",
                     datasets::matches_text(aligned.entities, aligned.entity_names))});
    if (!sources_.align.entities_alone && !rows_.embedding.relations.empty()) {
      found_.matched.push_back(
          {"matched_relations",
           fmt::format("Of the graph's relations, {}.",
                       datasets::matches_text(aligned.relations, aligned.relation_names))});
    }
    tell_of_missing(without_row(stated, aligned.entities, aligned.entity_names, rows_.names, id));
    found_.data = std::move(aligned.data);
    found_.entity_rows = std::move(aligned.entity_rows);
    found_.relation_rows = std::move(aligned.relation_rows);
  }

  void take_rows_as_data() {
    if ((rows_.wanted != nullptr ? rows_.wanted->seen() : rows_.names.size()) == 0) {
      throw InputError::unreadable(rows_.place, rows_.embedding.why_without_names(),
                                   "a name for each row", "--entities FILE with the names");
    }
    found_.data = datasets::dataset_of_rows(rows_.id, rows_.names, rows_.place);
    found_.graph_hash = found_.data.graph.digest().hex();
    for (std::uint32_t row = 0; row < rows_.names.size(); ++row) found_.entity_rows.push_back(row);
  }

  /// Beside a data set people are looked for among its entities that have a row, else among all
  /// rows of the file.
  [[nodiscard]] datasets::NameMatches matches_of_people() const {
    if (!sources_.with_dataset && rows_.wanted != nullptr) return rows_.wanted->matches();
    const std::vector<std::string>& entities = found_.data.graph.entities().names();
    const datasets::MatchOptions options = datasets::people_matching(sources_.people_parameters);
    if (std::ranges::find(found_.entity_rows, kNoRow) == found_.entity_rows.end()) {
      return datasets::match_names(entities, rows_.people.names, options);
    }
    std::vector<std::string> names;
    std::vector<std::uint32_t> entity_of;
    for (std::uint32_t e = 0; e < found_.entity_rows.size(); ++e) {
      if (found_.entity_rows[e] == kNoRow) continue;
      names.push_back(entities[e]);
      entity_of.push_back(e);
    }
    datasets::NameMatches matches = datasets::match_names(names, rows_.people.names, options);
    for (auto& row : matches.row_of) {
      if (row) row = entity_of[*row];
    }
    for (datasets::AmbiguousName& name : matches.ambiguous) {
      for (std::uint32_t& row : name.rows) row = entity_of[row];
    }
    return matches;
  }

  void add_people() {
    const std::vector<std::uint32_t> stated = stated_persons(rows_.people);
    datasets::NameMatches matches = matches_of_people();
    datasets::AddedPeople added =
        datasets::add_people_table(found_.data, std::move(rows_.people), std::move(matches),
                                   sources_.people_parameters, sources_.people.string());
    found_.matched.push_back(
        {"matched_people", fmt::format("Of the people, {}.",
                                       datasets::matches_text(added.matches, added.people.names))});
    // Values that became entities stand behind those that were there.
    tell_of_missing(without_row(stated, added.matches, added.people.names,
                                found_.data.graph.entities().names(),
                                sources_.people.filename().string()));
    for (const datasets::ReplacedAttribute& one : added.replaced) {
      found_.replaced.push_back(one.in_words());
    }
  }

  void tell_of_missing(std::string sentence) {
    if (!sentence.empty()) found_.without_row.push_back(std::move(sentence));
  }

  RowsOfPersons rows_;
  const PersonSources& sources_;
  PersonsOfRows found_;
};

}  // namespace

PersonsOfRows persons_of_rows(RowsOfPersons rows, const PersonSources& sources) {
  return PersonSearch(std::move(rows), sources)();
}

std::string name_of_embedding(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path whole = std::filesystem::absolute(path, error).lexically_normal();
  if (error) whole = path;
  const std::string name = whole.filename().string();
  return name.empty() ? whole.parent_path().filename().string() : name;
}

}  // namespace kgaudit::run
