#include "suite/cli/finding_words.hpp"

#include <array>
#include <string_view>

namespace kgaudit::cli {
namespace {

struct FindingWord {
  std::string_view id;
  std::string_view meaning;
  std::string_view effect;  ///< on the figures
  std::string_view remedy;  ///< "" where there is nothing to do
};

// A check that is new is a new line: a test looks for the checks in the sources.
constexpr std::array kFindingWords = {
    // The triples
    FindingWord{"duplicate_triples", "A list of triples has copies of one",
                "A copy counts twice in training or in the mean of a test", "remove the copies"},
    FindingWord{"shared_triples", "A triple stands in two of train, valid and test",
                "A test triple that training saw is no test: MRR is too high",
                "kgaudit datasets split makes new lists from all triples"},
    FindingWord{"self_loops", "A triple's head is its tail", "Few of them change nothing", ""},
    FindingWord{"unseen_entities", "Valid or test has entities that train has not",
                "Their rows stay where they began, so their triples rank at random",
                "kgaudit datasets split keeps one triple of each in train"},
    FindingWord{"unseen_relations", "Valid or test has relations that train has not",
                "Their triples rank at random",
                "kgaudit datasets split keeps one triple of each in train"},
    FindingWord{"isolated_entities", "An entity is in no triple",
                "It is a candidate of every ranking and never an answer", ""},
    FindingWord{"padded_names", "A name begins or ends with a blank",
                "It is another name than the one without", "check how the file was written"},
    FindingWord{"ignored_files", "An archive has files that are no part of the graph",
                "They were not read", ""},
    // Persons and their values
    FindingWord{"absent_attribute", "Nobody has the attribute in train", "It is not measured",
                "check the card's relations: kgaudit datasets show"},
    FindingWord{"empty_group", "Nobody has this value in train", "The value is not measured", ""},
    FindingWord{"small_group", "Few persons have this value in train",
                "Intervals are wide; measures leave out groups below their min_group", ""},
    FindingWord{"several_values", "A person has two or more values of one attribute",
                "A measure that needs one value leaves the person out and counts it", ""},
    FindingWord{"placeholder_values", "A value is a word for an unknown one, such as 'unknown'",
                "It is measured as if it were a group",
                "leave these triples out, or these cells empty, if the value is unknown"},
    FindingWord{"values_alike",
                "Values look alike: capitals, blanks or characters without width are all that "
                "differs",
                "They are different groups", "one spelling"},
    FindingWord{"unknown_persons", "Train has persons without a value of the attribute",
                "They train as all others; measures of the attribute leave them out", ""},
    FindingWord{"unknown_test_persons", "Test triples are about persons without a known value",
                "Measures by group leave them out", ""},
    FindingWord{"restated_values",
                "Valid or test asks for a value that train states, by another relation",
                "These triples are easier than others of the attribute", ""},
    FindingWord{"restating_relation",
                "A relation says the same as a sensitive one, and the card does not name it",
                "Debiasing that knows one relation leaves the other",
                "add the relation to `also` of the attribute in the card, or to `proxies` if its "
                "values have other names"},
    FindingWord{"absent_whitelist_names", "The whitelist names relations that the graph lacks",
                "They change nothing", ""},
    FindingWord{"left_out_values", "Values beyond the commonest ones",
                "The score gap does not compare these persons; other measures do",
                "a larger metric.score_gap.top_m"},
    // A file of people
    FindingWord{"people_without_a_row", "The people file names persons who have no row",
                "They are left out",
                "compare the spelling with the names of the rows: kgaudit inspect"},
    FindingWord{"ambiguous_people", "A name of the people file fits several rows",
                "These persons are left out", "the exact names of the rows"},
    FindingWord{"people_with_looser_rivals",
                "A name fits one row exactly and others by a looser rule", "The exact one won", ""},
    FindingWord{"unknown_values",
                "The people file has no value for a person, or the graph a placeholder such as "
                "'unknown' or a blank node",
                "Measures of the attribute leave the person out", ""},
    FindingWord{"empty_column", "Nobody has a value in this column", "It is left out", ""},
    FindingWord{"numbers_in_bins", "A column of numbers was put into bins", "Each bin is a group",
                "bins of your own: kgaudit audit --bins COLUMN=EDGE,EDGE"},
    FindingWord{"numbers_with_words", "Words stand in a column of many numbers",
                "Each number is a group of its own, and most are too small to be measured",
                "numbers or empty cells in place of the words"},
    FindingWord{"replaced_attribute", "The people file took the place of the graph's attribute",
                "Values are those of the file", ""},
    // Rows of another tool
    FindingWord{"rows_without_an_entity", "The embedding has rows that the graph does not know",
                "The finding says whether they are candidates of rankings", ""},
    FindingWord{"rows_of_zeros", "Persons have rows that hold zeros alone",
                "Figures near neutral say nothing about them", "check how the file was written"},
    FindingWord{"rows_alike", "All persons have the same row",
                "No figure says anything: there is nothing in the rows to be read",
                "check how the file was written"},
    FindingWord{"entities_without_a_row", "The graph has entities without a row",
                "They are left out with their triples",
                "check that file and graph belong together"},
    FindingWord{"relations_without_a_row", "The graph has relations without a row",
                "They are left out with their triples",
                "check that file and graph belong together"},
    FindingWord{"triples_without_rows", "A triple has an entity or relation without a row",
                "It is left out", ""},
    FindingWord{"attribute_without_relation", "No relation that states the attribute has a row",
                "Measures that ask the model for it are not made", ""},
    // A trained model
    FindingWord{"chance_level", "The ranking is no better than a random order",
                "No figure of bias says anything about a model that has learned nothing",
                "more epochs, or names and rows that belong together"},
    FindingWord{"trivial_ranking", "Every query has one candidate only",
                "Every rank is 1, whatever the embedding", "more test triples"},
};

}  // namespace

CatalogueFamily finding_family() {
  CatalogueFamily family{"findings", "finding", {}};
  for (const FindingWord& word : kFindingWords) {
    CatalogueEntry entry;
    entry.id = word.id;
    entry.title = word.meaning;
    entry.facts.emplace_back("Effect", word.effect);
    if (!word.remedy.empty()) entry.facts.emplace_back("Try", word.remedy);
    family.entries.push_back(std::move(entry));
  }
  return family;
}

}  // namespace kgaudit::cli
