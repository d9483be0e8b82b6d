#pragma once

#include "datasets/dataset.hpp"

namespace kgaudit::datasets {

/// Groups with fewer persons than this are reported: intervals over them are wide or Undefined.
inline constexpr std::uint32_t kSmallestGroup = 10;

/// Looks for everything that a reader of results must know about the data; changes nothing.
///
/// Findings, each left out when its count is 0 (subject in brackets):
/// - duplicate_triples [train, valid, test]: copies beyond the first inside a list
/// - shared_triples [train/valid, train/test, valid/test]: distinct triples in both lists
/// - self_loops [train, valid, test]: triples whose head is their tail
/// - isolated_entities: entities of no triple (possible with id files only)
/// - unseen_entities [valid, test]: entities of the list that never occur in train
/// - unseen_relations [valid, test]: likewise for relations
/// - padded_names: names with blanks at an end
/// - absent_attribute [attribute]: the attribute has no triple in train
/// - empty_group [attribute]: values that nobody has in train
/// - small_group [attribute]: values that 1 to kSmallestGroup - 1 persons have in train
/// - unknown_values [attribute]: persons for whom train has a placeholder in place of a value
/// - placeholder_values [attribute]: persons whose value in train looks like a placeholder and
/// counts
///   as a value all the same ("none")
/// - values_alike [attribute]: values whose names look like that of another one (AlikeValues)
/// - several_values [attribute]: persons with two or more values in train
/// - restated_values [attribute with several relations]: valid and test triples of the attribute
///   whose person has the value in train already, by another relation or by the same
/// - restating_relation [attribute]: values that a relation states which the card names neither in
///   `also` nor in `proxies`: a copy of the attribute's relation or its inverse, and what tells the
///   attribute in other words (mapped_relations.hpp) and is not on its whitelist, which says why
///   this may be
/// - unknown_persons [attribute]: persons without a value in train
/// - unknown_test_persons [attribute]: test triples of the profession whose person has no value in
///   train
/// Cost: O(T log T) time and one copy of the triples.
[[nodiscard]] IntegrityReport check_integrity(const KnowledgeGraph& graph,
                                              const AttributeTable& attributes,
                                              const std::vector<std::string>& labels,
                                              const Whitelist& whitelist = {});

}  // namespace kgaudit::datasets
