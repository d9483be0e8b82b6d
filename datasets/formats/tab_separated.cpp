#include <algorithm>
#include <array>

#include "datasets/name_table.hpp"
#include "datasets/triple_format.hpp"

namespace kgaudit::datasets::formats_roster {
namespace {

constexpr std::string_view kRecord = "head, relation and tail, tab-separated";

std::vector<Triple> read_split(TripleInput& input, NameTable& entities, NameTable& relations,
                               Progress& progress, const ReadLimits& limits) {
  TripleLines lines(input, kRecord, progress, limits);
  std::vector<Triple> triples;
  while (lines.next()) {
    const std::string_view line = lines.line();
    std::array<std::string_view, 3> columns;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin <= line.size(); ++count) {
      const std::size_t end = std::min(line.find('\t', begin), line.size());
      if (count < 3) columns[count] = line.substr(begin, end - begin);
      begin = end + 1;
    }
    if (count != 3) {
      throw lines.error(
          fmt::format("{} column{}: '{}'", count, count == 1 ? "" : "s", printable(line)),
          "3 columns (head, relation, tail), tab-separated",
          count == 1 && line.find(' ') != std::string_view::npos ? "tabs in place of blanks" : "");
    }
    for (std::size_t i = 0; i < 3; ++i) {
      if (columns[i].empty()) {
        throw lines.error(fmt::format("column {} is empty", i + 1), "head, relation and tail");
      }
    }
    Triple t;
    t.head = EntityId(entities.id(columns[0]));
    t.relation = RelationId(relations.id(columns[1]));
    t.tail = EntityId(entities.id(columns[2]));
    if (entities.size() >= kMostNames) {
      throw lines.error("too many entities", fmt::format("at most {}", kMostNames - 1));
    }
    triples.push_back(t);
  }
  if (triples.empty()) throw lines.empty_file();
  triples.shrink_to_fit();
  return triples;
}

/// Ids are given in order of first appearance: heads before tails, train before valid before test.
KnowledgeGraph read(TripleInputs& inputs, Progress& progress, const ReadLimits& limits) {
  NameTable entities;
  NameTable relations;
  const auto split = [&](FileRole role) {
    return read_split(inputs.at(role), entities, relations, progress, limits);
  };
  auto train = split(FileRole::kTrain);
  auto valid = split(FileRole::kValid);
  auto test = split(FileRole::kTest);
  return {Vocabulary(entities.take()), Vocabulary(relations.take()), std::move(train),
          std::move(valid), std::move(test)};
}

constexpr std::array<std::string_view, 1> kMarks{"train.txt"};
constexpr std::array<TripleFormatEntry::UsualFile, 3> kFiles{{{FileRole::kTrain, "train.txt"},
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
    .marks = kMarks,
    .files = kFiles,
    .read = &read,
};

}  // namespace kgaudit::datasets::formats_roster
