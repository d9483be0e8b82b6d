#include <memory>

#include "datasets/named_triples.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using Catch::Matchers::Contains;

namespace named_triples_tests {
namespace {

std::vector<Triple> read(std::string_view text, ColumnOrder order, NameTable& entities,
                         NameTable& relations) {
  TripleInput input{std::make_unique<MemorySource>(text), "facts.tsv"};
  return read_named_triples(input, entities, relations, order, silent_progress(), {});
}

std::string error_of(std::string_view text, ColumnOrder order) {
  NameTable entities;
  NameTable relations;
  try {
    static_cast<void>(read(text, order, entities, relations));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("The same triples come from every order of the columns", "[datasets]") {
  const std::pair<ColumnOrder, std::string_view> ways[] = {
      {ColumnOrder::kHeadRelationTail, "ann\tknows\tbob\n"},
      {ColumnOrder::kHeadTailRelation, "ann\tbob\tknows\n"},
      {ColumnOrder::kRelationHeadTail, "knows\tann\tbob\n"}};
  for (const auto& [order, text] : ways) {
    NameTable entities;
    NameTable relations;
    const auto triples = read(text, order, entities, relations);
    REQUIRE(triples.size() == 1);
    CHECK(entities.names() == std::vector<std::string>{"ann", "bob"});
    CHECK(relations.names() == std::vector<std::string>{"knows"});
    CHECK(triples[0] == Triple{EntityId(0), RelationId(0), EntityId(1)});
  }
}

TEST_CASE("A line that holds no triple is named in the words of its order", "[datasets]") {
  CHECK_THAT(error_of("a\tr\tb\na\tb\n", ColumnOrder::kHeadRelationTail),
             Contains("facts.tsv:2: 2 columns") && Contains("head, relation and tail"));
  CHECK_THAT(error_of("r a b\n", ColumnOrder::kRelationHeadTail),
             Contains("relation, head and tail") && Contains("tabs in place of blanks"));
  CHECK_THAT(error_of("a\t\tr\n", ColumnOrder::kHeadTailRelation),
             Contains("column 2 is empty") && Contains("head, tail and relation"));
  CHECK_THAT(error_of("", ColumnOrder::kHeadRelationTail), Contains("an empty file"));
}

TEST_CASE("A file of another form is named with what to do about it", "[datasets]") {
  const auto of = [](std::string_view text) {
    return error_of(text, ColumnOrder::kHeadRelationTail);
  };
  CHECK_THAT(of("a,r,b\n"), Contains("1 column") && Contains("try: tabs in place of commas"));
  CHECK_THAT(of("a;r;b\n"), Contains("try: tabs in place of semicolons"));
  CHECK_THAT(of("a|r|b\n"), Contains("try: tabs in place of bars"));
  CHECK_THAT(of("<a> <r> <b> .\n"), Contains("these are N-Triples") && !Contains("blanks"));
  CHECK_THAT(of("_:a <r> \"b c\" .\n"), Contains("these are N-Triples"));
  for (const char* line : {"<a>\t<r>\t<b> .\n", "<a>\t<r>\t<b>\t.\n", "<a>\t<r>\t<b>.\n",
                           "_:a\t<r>\t\"b c\"@en . \n", "<a> <r> <b> . \n"}) {
    INFO(line);
    CHECK_THAT(of(line), Contains("facts.tsv:1: ") && Contains("these are N-Triples"));
  }
  // Names with brackets, and one that ends with a dot.
  CHECK(of("<a>\t<r>\t<b>\n") == "no error");
  CHECK(of("<a>\tborn in\tWashington D.C.\n") == "no error");
  CHECK_THAT(of("a\tr\tb\t\n"), Contains("4 columns") && Contains("without the tab at its end"));
}

TEST_CASE("A header is no triple", "[datasets]") {
  const auto of = [](std::string_view text) {
    return error_of(text, ColumnOrder::kHeadRelationTail);
  };
  for (const char* header : {"head\trelation\ttail\n", "Subject\tPredicate\tObject\n", "s\tp\to\n",
                             "source\trel\ttarget\n", "source\tlabel\ttarget\n",
                             "node1\tlabel\tnode2\n", "Node1\tRelationship\tNode2\n"}) {
    INFO(header);
    CHECK_THAT(of(std::string(header) + "a\tr\tb\n"),
               Contains("facts.tsv:1: a header") && Contains("the file without its first line"));
  }
  // Words of a header further down, or beside other words, are names.
  CHECK(of("a\tr\tb\nhead\trelation\ttail\n") == "no error");
  CHECK(of("head\tpart of\tbody\n") == "no error");
  CHECK(of("s\tp\ts\n") == "no error");
}

}  // namespace named_triples_tests
