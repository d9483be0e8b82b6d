#include <array>

#include "datasets/name_table.hpp"
#include "datasets/named_triples.hpp"
#include "datasets/triple_format.hpp"

namespace kgaudit::datasets::formats_roster {
namespace {

/// Ids are given in order of first appearance: heads before tails, train before valid before test.
KnowledgeGraph read_tab_separated(TripleInputs& inputs, Progress& progress,
                                  const ReadLimits& limits) {
  NameTable entities;
  NameTable relations;
  const auto split = [&](FileRole role) {
    return read_named_triples(inputs.at(role), entities, relations, ColumnOrder::kHeadRelationTail,
                              progress, limits);
  };
  auto train = split(FileRole::kTrain);
  auto valid = split(FileRole::kValid);
  auto test = split(FileRole::kTest);
  return {Vocabulary(entities.take()), Vocabulary(relations.take()), std::move(train),
          std::move(valid), std::move(test)};
}

constexpr std::array<std::string_view, 1> kTabSeparatedMarks{"train.txt"};
constexpr std::array<TripleFormatEntry::UsualFile, 3> kTabSeparatedFiles{
    {{FileRole::kTrain, "train.txt"},
     {FileRole::kValid, "valid.txt"},
     {FileRole::kTest, "test.txt"}}};

}  // namespace

extern const TripleFormatEntry tab_separated;
constinit const TripleFormatEntry tab_separated = {
    .id = "tab-separated",
    .title = "Tab-separated names",
    .description =
        "The names of head, relation and tail, one triple per line, in train.txt, valid.txt and "
        "test.txt",
    .source = "the archives of FB15k-237, CoDEx and most other benchmarks",
    .pitfalls =
        "Names are compared byte for byte, so an entity that is written in two ways counts as two.",
    .words = "train.txt",
    .marks = kTabSeparatedMarks,
    .files = kTabSeparatedFiles,
    .read = &read_tab_separated,
};

}  // namespace kgaudit::datasets::formats_roster
