#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/knowledge_graph.hpp"

namespace kgaudit::datasets {

struct Dataset;

/// Persons whose value of one attribute was taken out of the data, and what it was.
struct HiddenValues {
  std::string attribute;          ///< its id
  std::vector<EntityId> persons;  ///< ascending
  /// Per person: what the original graph states over train, valid and test, as value indices of
  /// the attribute as it is now, ascending and never empty.
  std::vector<std::vector<std::uint32_t>> values;
};

/// What a data set holds back from training and debiasing, for the measures alone.
struct HiddenPersons {
  std::vector<HiddenValues> attributes;  ///< in the order of the sensitive attributes
  /// Taken out of train and valid. They are true: a filtered ranking must know them.
  std::vector<Triple> withheld;

  [[nodiscard]] const HiddenValues* find(std::string_view attribute) const;
  /// Only those persons for which `keep` (per entity) holds; `withheld` stays.
  [[nodiscard]] HiddenPersons asked_of(const std::vector<bool>& keep) const;
};

/// All relations that state an attribute or give it away by declaration, with the side that the
/// person stands on. Whoever takes an attribute out of a graph asks here.
[[nodiscard]] std::vector<StatingRelation> relations_that_state(const PersonAttribute& attribute);

/// Whose value of each sensitive attribute is to be hidden: `share` (in [0, 1)) of the persons with
/// a value in train, drawn from each value (of persons with several values, from the commonest), so
/// that every value that train states keeps at least one person. Per sensitive attribute,
/// ascending. Depends on the train triples, the attribute's id, `share` and `seed` alone, so that
/// all systems and training seeds of a plan have the same persons, whatever they are tested on.
[[nodiscard]] std::vector<std::vector<EntityId>> drawn_persons(const Dataset& data, double share,
                                                               std::uint64_t seed);

/// Hides what these persons' values are; `persons` as drawn_persons gives them.
///
/// Their triples of the attribute (relations_that_state) leave train and valid and stand in
/// `hidden->withheld`. Test keeps them, because what is ranked must not depend on who is hidden;
/// but the attribute table does not read them there: train_values() and all_values() of a hidden
/// person are empty, counts and the order of values are those of what remains, and a hidden person
/// remains a person. A value that only hidden persons have, in valid or test, is no value any more
/// and does not enter `hidden`.
///
/// How to use it: last of all changes to the data, and train on the result. Measures get it as it
/// is. KnownTriples for ranking are built of train, valid, test and `hidden->withheld`. What trains
/// or debiases reads train, valid and the attribute table only; to be sure of it, give it a copy
/// without `hidden`.
[[nodiscard]] Dataset hide_values(Dataset data, std::vector<std::vector<EntityId>> persons);

/// Both: hide_values(data, drawn_persons(data, share, seed)). With `share` = 0 nobody is hidden,
/// and no person counts as unseen by training.
[[nodiscard]] Dataset with_hidden_persons(Dataset data, double share, std::uint64_t seed);

}  // namespace kgaudit::datasets
