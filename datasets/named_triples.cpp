#include "datasets/named_triples.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::datasets {
namespace {

struct Columns {
  std::size_t head;
  std::size_t relation;
  std::size_t tail;
  std::string_view words;
};

constexpr Columns columns_of(ColumnOrder order) {
  switch (order) {
    case ColumnOrder::kHeadTailRelation:
      return {0, 2, 1, "head, tail and relation"};
    case ColumnOrder::kRelationHeadTail:
      return {1, 0, 2, "relation, head and tail"};
    case ColumnOrder::kHeadRelationTail:
      break;
  }
  return {0, 1, 2, "head, relation and tail"};
}

}  // namespace

std::vector<Triple> read_named_triples(TripleInput& input, NameTable& entities,
                                       NameTable& relations, ColumnOrder order, Progress& progress,
                                       const ReadLimits& limits) {
  const Columns place = columns_of(order);
  const std::string record = fmt::format("{}, tab-separated", place.words);
  TripleLines lines(input, record, progress, limits);
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
          fmt::format("3 columns ({}), tab-separated", place.words),
          count == 1 && line.find(' ') != std::string_view::npos ? "tabs in place of blanks" : "");
    }
    for (std::size_t i = 0; i < 3; ++i) {
      if (columns[i].empty()) {
        throw lines.error(fmt::format("column {} is empty", i + 1), std::string(place.words));
      }
    }
    Triple t;
    t.head = EntityId(entities.id(columns[place.head]));
    t.relation = RelationId(relations.id(columns[place.relation]));
    t.tail = EntityId(entities.id(columns[place.tail]));
    if (entities.size() >= kMostNames) {
      throw lines.error("too many entities", fmt::format("at most {}", kMostNames - 1));
    }
    triples.push_back(t);
  }
  if (triples.empty()) throw lines.empty_file();
  triples.shrink_to_fit();
  return triples;
}

}  // namespace kgaudit::datasets
