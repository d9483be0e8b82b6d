#include "datasets/mapped_relations.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "datasets/integrity.hpp"
#include "datasets/load_dataset.hpp"
#include "datasets/load_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace mapped_relations_tests {
namespace {

/// 80 persons, every `nth` of them female, and what `further` says of one: number and gender.
KnowledgeGraph people(const std::function<std::string(int, bool)>& further, int nth = 2) {
  const TemporaryDirectory folder;
  std::string train;
  for (int p = 0; p < 80; ++p) {
    const bool female = p % nth == 0;
    train += fmt::format("p{}\tgender\t{}\n", p, female ? "female" : "male");
    train += fmt::format("p{}\tcity\tc{}\n", p, p % 5);
    train += fmt::format("p{}\tname\tn{}\n", p, p);
    train += fmt::format("p{}\tplanet\tearth\n", p);
    train += further(p, female);
  }
  write_file(folder / "train.txt", train);
  write_file(folder / "valid.txt", "p0\tcity\tc1\n");
  write_file(folder / "test.txt", "p1\tcity\tc0\n");
  return load_graph_directory(folder.path()).graph;
}

PersonAttribute gender_of(const KnowledgeGraph& graph) {
  return {{"gender", RelationId(*graph.relations().find("gender")), false, {}, {}}, graph};
}

std::vector<MappedRelation> mapped(const KnowledgeGraph& graph) {
  std::vector<bool> named(graph.relation_count(), false);
  named[*graph.relations().find("gender")] = true;
  return mapped_relations(graph, gender_of(graph), named);
}

/// "M=male F=female", or the value that having the relation tells.
std::string words(const KnowledgeGraph& graph, const MappedRelation& one) {
  const auto name = [&](EntityId e) { return graph.entities().name(e.value); };
  if (one.words.empty()) return name(one.value);
  std::string text;
  for (const auto& [word, value] : one.words) text += name(word) + "=" + name(value) + " ";
  return text;
}

}  // namespace

TEST_CASE("Values under other names are found, in both directions", "[datasets]") {
  const KnowledgeGraph forward = people(
      [](int p, bool female) { return fmt::format("p{}\tsex\t{}\n", p, female ? "F" : "M"); });
  auto found = mapped(forward);
  REQUIRE(found.size() == 1);
  CHECK(forward.relations().name(found[0].by.relation.value) == "sex");
  CHECK_FALSE(found[0].by.inverse);
  CHECK(found[0].persons == 80);
  CHECK(found[0].agreeing == 80);
  CHECK(words(forward, found[0]) == "F=female M=male ");
  const KnowledgeGraph backward = people(
      [](int p, bool female) { return fmt::format("{}\tmember\tp{}\n", female ? "F" : "M", p); });
  found = mapped(backward);
  REQUIRE(found.size() == 1);
  CHECK(found[0].by.inverse);
  CHECK(words(backward, found[0]) == "F=female M=male ");
}

TEST_CASE("Two words for one value, a few slips and relations that only some have are found",
          "[datasets]") {
  const KnowledgeGraph titles = people([](int p, bool female) {
    return fmt::format("p{}\ttitle\t{}\n", p, !female ? "Mr" : p % 4 == 0 ? "Mrs" : "Ms");
  });
  auto found = mapped(titles);
  REQUIRE(found.size() == 1);
  CHECK(words(titles, found[0]) == "Mr=male Mrs=female Ms=female ");

  const auto with_slips = [](int slips) {
    return people([slips](int p, bool female) {
      return fmt::format("p{}\tsex\t{}\n", p, female != (p < slips) ? "F" : "M");
    });
  };
  const KnowledgeGraph eight = with_slips(8);  // 72 of 80 are 90 %
  found = mapped(eight);
  REQUIRE(found.size() == 1);
  CHECK(found[0].agreeing == 72);
  CHECK(mapped(with_slips(9)).empty());

  const KnowledgeGraph marks = people([](int p, bool female) {
    return fmt::format("p{}\t{}\tyes\n", p, female ? "is_female" : "is_male");
  });
  found = mapped(marks);
  REQUIRE(found.size() == 2);
  CHECK(words(marks, found[0]) == "female");
  CHECK(words(marks, found[1]) == "male");
  CHECK(found[1].persons == 40);
}

TEST_CASE("Chance, a constant, few persons and a rare value are not found", "[datasets]") {
  // Cities, names and a planet alone.
  CHECK(mapped(people([](int, bool) { return std::string(); })).empty());
  // Nine of each.
  CHECK(mapped(people([](int p, bool female) {
          return p < 18 ? fmt::format("p{}\tsex\t{}\n", p, female ? "F" : "M") : std::string();
        })).empty());
  // One in 16 is female: every relation agrees with "male" in more than 90 %.
  CHECK(mapped(people([](int p, bool) { return fmt::format("p{}\tteam\tt{}\n", p, p % 4); }, 16))
            .empty());
  // Half of the men, or nearly everybody.
  CHECK(mapped(people([](int p, bool female) {
          return !female && p % 4 == 1 ? fmt::format("p{}\tbeard\tyes\n", p) : std::string();
        })).empty());
}

TEST_CASE("A relation that tells an attribute in other words is named until the card names it",
          "[datasets]") {
  const KnowledgeGraph graph = people([](int p, bool female) {
    return fmt::format("p{}\tsex\t{}\n", p, female ? "F" : "M") +
           (female ? "" : fmt::format("yes\tis_male\tp{}\n", p));
  });
  const auto relation = [&](const char* name) { return RelationId(*graph.relations().find(name)); };
  const auto findings = [&](const PersonRelation& gender, const Whitelist& whitelist = {}) {
    std::vector<IntegrityFinding> found;
    for (const IntegrityFinding& f :
         check_integrity(graph, AttributeTable(graph, {gender}, std::nullopt),
                         graph.entities().names(), whitelist)
             .findings) {
      if (f.id == "restating_relation") found.push_back(f);
    }
    return found;
  };
  const auto found = findings({"gender", relation("gender"), false, {}, {}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].subject == "gender");
  CHECK(found[0].count == 80);
  CHECK_THAT(found[0].detail, Contains("'sex'") &&
                                  Contains("'F' for 'female' and 'M' for 'male'") &&
                                  Contains("{ relation = \"sex\" } to `proxies` of gender"));
  CHECK(found[1].count == 40);
  CHECK_THAT(found[1].detail, Contains("that persons with 'male' have") &&
                                  Contains("{ relation = \"is_male\", inverse = true }"));
  CHECK(findings({"gender",
                  relation("gender"),
                  false,
                  {},
                  {{relation("sex"), false}, {relation("is_male"), true}}})
            .empty());
}

TEST_CASE("Relations that tell an attribute and are on its whitelist are no finding",
          "[datasets]") {
  const Dataset planted = load_dataset(KnownDataset{"planted-people"});
  const auto restating = [](const IntegrityFinding& f) { return f.id == "restating_relation"; };
  CHECK(std::ranges::none_of(planted.integrity.findings, restating));
  const IntegrityReport without =
      check_integrity(planted.graph, planted.attributes, planted.labels, {});
  const auto found = std::ranges::find_if(without.findings, restating);
  REQUIRE(found != without.findings.end());
  CHECK(found->subject == "ethnicity");
  CHECK_THAT(found->detail, Contains("'native_language'"));
}

}  // namespace mapped_relations_tests
