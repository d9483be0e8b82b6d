#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.hpp"
#include "datasets/name_matching.hpp"
#include "datasets/people_file.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::datasets {

/// The column of a people file that becomes the profession.
inline constexpr std::string_view kProfessionColumn = "profession";

/// A data set for rows that come without triples: its entities are the rows, in their order; it has
/// no relations, no triples and, until add_people, no persons. Throws InputError (unreadable) at
/// `place` for a name that is empty, given twice or not UTF-8.
[[nodiscard]] Dataset dataset_of_rows(std::string id, std::vector<std::string> row_names,
                                      const std::string& place);

/// What became of a column whose attribute the data set states, too: the column won.
struct ReplacedAttribute {
  std::string id;
  std::uint64_t same = 0;     ///< persons of whom both say the same
  std::uint64_t changed = 0;  ///< of whom the column says something else
  std::uint64_t added = 0;    ///< of whom only the column says something
  std::uint64_t lost = 0;     ///< of whom only the data set did: their value is unknown now
  /// A value that the relation of the data set never states, so that models cannot be asked for it;
  /// empty if there is none, and models are asked as before.
  std::string strange_value;
  /// The commonest values that the relation states, for whoever wrote another word for one of them.
  std::vector<std::string> stated_values;

  /// "The column 'gender' takes the place of the data set's attribute: ...".
  [[nodiscard]] std::string in_words() const;
};

/// Adds what a people file says of the entities of `data`: every column becomes a sensitive
/// attribute, the column kProfessionColumn the profession. `matches` has the entities for
/// `people.names` (match_names over data.graph.entities().names()); persons without an entity are
/// left out, and `data.integrity` says how many. The facts stand beside the graph
/// (PersonRelation::in_graph() is false): measures that ask a relation cannot use them, those of
/// rows can. Whoever hides values (hide_values) does so before: that reads attributes from the
/// graph anew. Values that are no entity yet become entities behind all others, so an entity may
/// have no row.
///
/// A column whose attribute `data` has already takes its place, for all persons, and is told of in
/// the result and in `data.integrity`. Where all its values are values of the attribute, by name or
/// by label, the attribute keeps its relation, and models are asked for the values by it.
///
/// Throws InputError (usage) for more than 32 attributes.
std::vector<ReplacedAttribute> add_people(Dataset& data, const PeopleTable& people,
                                          const NameMatches& matches);

/// Adds an attribute whose values are the combinations of the values of others ("female x German"):
/// those that somebody has. A person of whom one part is unknown has none; a person with several
/// values of a part has several combinations. What states or tells a part tells the intersection.
/// Returns its id, "gender x nationality". Throws InputError (usage) at `place` for fewer than two
/// attributes, one named twice, an unknown one (with the nearest known id), and an intersection
/// that is there already. "profession" may be one of them.
std::string add_intersection(Dataset& data, std::span<const std::string> attributes,
                             const std::string& place);

/// The options of a people file with their ranges: which columns and names, how values are written,
/// bins, rules of names, intersections.
[[nodiscard]] std::span<const ParameterSpec> people_parameters();
/// Throws InputError (usage) for bins that are not COLUMN=NUMBER,NUMBER;... .
[[nodiscard]] PeopleOptions people_options(const Parameters& parameters);

/// What add_people_file did.
struct AddedPeople {
  PeopleTable people;
  NameMatches matches;
  std::vector<ReplacedAttribute> replaced;
  std::vector<std::string> intersections;  ///< ids
};
/// Adds the intersections that the parameter "intersections" lists, by add_intersection. Returns
/// their ids.
std::vector<std::string> add_intersections(Dataset& data, const Parameters& parameters);
/// All of the above in one: reads the file, matches its names with the entities of `data`
/// (require_matches, by the parameter "strict"), adds the columns and then the intersections.
/// `parameters` holds people_parameters. Throws as the parts do.
AddedPeople add_people_file(Dataset& data, const std::filesystem::path& file,
                            const Parameters& parameters);
/// The same for a file that has been read and whose names have been matched; `place` is the file.
AddedPeople add_people_table(Dataset& data, PeopleTable people, NameMatches matches,
                             const Parameters& parameters, const std::string& place);
/// How `parameters` say that names are matched.
[[nodiscard]] MatchOptions people_matching(const Parameters& parameters);

/// How many persons have a value, and whether a measure with this smallest group size looks at it.
struct GroupSize {
  std::uint32_t value = 0;  ///< index in the attribute
  std::uint64_t persons = 0;
  bool measured = false;
};
/// One for each value, in the order of the attribute. Persons with several values count for each.
[[nodiscard]] std::vector<GroupSize> group_sizes(const PersonAttribute& attribute,
                                                 std::size_t min_group);
/// "3 groups of fewer than 10 persons are not measured: a (7), b (2), c (1)", the largest first, at
/// most `shown` of them by their labels; empty if there is no such group.
[[nodiscard]] std::string small_groups_text(const Dataset& data, const PersonAttribute& attribute,
                                            std::size_t min_group, std::size_t shown);

}  // namespace kgaudit::datasets
