#include "datasets/named_triples.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/unicode.hpp"

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

/// Whether the columns are the words that tables begin with: "head relation tail", "s p o".
bool is_header(const std::array<std::string_view, 3>& columns, const Columns& place) {
  constexpr std::array kEnds = std::to_array<std::string_view>(
      {"head", "tail", "subject", "object", "subj",    "obj",     "source", "target", "src", "dst",
       "from", "to",   "node1",   "node2",  "entity1", "entity2", "s",      "o",      "h",   "t"});
  constexpr std::array kMiddles =
      std::to_array<std::string_view>({"relation", "relationship", "predicate", "property", "label",
                                       "type", "rel", "pred", "edge", "p", "r"});
  const auto is_one_of = [](std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, case_folded(word)) != words.end();
  };
  return is_one_of(columns[place.head], kEnds) && is_one_of(columns[place.relation], kMiddles) &&
         is_one_of(columns[place.tail], kEnds) && columns[place.head] != columns[place.tail];
}

bool is_rdf_term(std::string_view text) { return text.starts_with('<') || text.starts_with("_:"); }

/// N-Triples with tabs between the parts of a line: its end would become a part of the tail's name.
bool is_tabbed_statement(const std::array<std::string_view, 3>& columns) {
  if (!trimmed(columns[2]).ends_with('.')) return false;
  return is_rdf_term(columns[0]) && columns[1].starts_with('<') &&
         trimmed(columns[1]).ends_with('>') &&
         (is_rdf_term(columns[2]) || columns[2].starts_with('"'));
}

std::string advice_on_statements(const Columns& place) {
  return fmt::format("these are N-Triples: write {} with tabs between and leave out the final dot",
                     place.words);
}

/// What to do about a line that has not three columns.
std::string advice_on(std::string_view line, std::size_t columns, const Columns& place) {
  const auto three = [line](char separator) { return std::ranges::count(line, separator) == 2; };
  if (is_rdf_term(line) && trimmed(line).ends_with('.')) return advice_on_statements(place);
  if (columns == 4 && line.ends_with('\t')) return "the line without the tab at its end";
  if (columns != 1) return "";
  for (const auto& [separator, name] :
       {std::pair{',', "commas"}, std::pair{';', "semicolons"}, std::pair{'|', "bars"}}) {
    if (three(separator)) return fmt::format("tabs in place of {}", name);
  }
  return line.find(' ') != std::string_view::npos ? "tabs in place of blanks" : "";
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
          fmt::format("3 columns ({}), tab-separated", place.words), advice_on(line, count, place));
    }
    if (lines.number() == 1 && is_header(columns, place)) {
      throw lines.error(fmt::format("a header: '{}'", printable(line)),
                        fmt::format("a triple ({})", place.words),
                        "the file without its first line");
    }
    if (is_tabbed_statement(columns)) {
      throw lines.error(fmt::format("'{}'", printable(line)),
                        fmt::format("3 columns ({}), tab-separated", place.words),
                        advice_on_statements(place));
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
