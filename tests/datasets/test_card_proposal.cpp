#include "datasets/card_names.hpp"
#include "datasets/card_proposal.hpp"
#include "datasets/dataset_card.hpp"
#include "datasets/name_table.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using Catch::Matchers::Contains;

namespace card_proposal_tests {
namespace {

/// The names that one graph gives to the same facts.
struct Names {
  std::string gender, religion, ethnicity, nationality, profession, born;
  std::string male, female;
};

/// A graph from triples by name.
class Builder {
 public:
  void add(const std::string& head, const std::string& relation, const std::string& tail) {
    triples_.push_back({EntityId(entities_.id(head)), RelationId(relations_.id(relation)),
                        EntityId(entities_.id(tail))});
  }
  KnowledgeGraph graph() {
    return {Vocabulary(entities_.take()), Vocabulary(relations_.take()), triples_, {}, {}};
  }

 private:
  NameTable entities_;
  NameTable relations_;
  std::vector<Triple> triples_;
};

/// Forty persons with five attributes and a birthplace, and states that have religions too.
Builder society(const Names& names) {
  Builder b;
  for (int i = 0; i < 40; ++i) {
    const std::string person = "person" + std::to_string(i);
    b.add(person, names.gender, i % 3 == 0 ? names.female : names.male);
    if (i % 2 == 0) b.add(person, names.religion, "faith" + std::to_string(i % 5));
    if (i % 4 == 0) b.add(person, names.ethnicity, "people" + std::to_string(i % 6));
    b.add(person, names.nationality, "state" + std::to_string(i % 7));
    b.add(person, names.profession, "job" + std::to_string(i % 9));
    b.add(person, names.born, "town" + std::to_string(i % 11));
  }
  for (int s = 0; s < 7; ++s) {
    b.add("state" + std::to_string(s), "/location/region/religions", "faith0");
    b.add("film" + std::to_string(s), "/film/film/country", "state" + std::to_string(s));
  }
  return b;
}

const Names kFreebase = {"/people/person/gender",
                         "/people/person/religion",
                         "/people/person/ethnicity",
                         "/people/person/nationality",
                         "/people/person/profession",
                         "/people/person/place_of_birth",
                         "/m/05zppz",
                         "/m/02zsn"};
const Names kWikidata = {"P21", "P140", "P172", "P27", "P106", "P19", "Q6581097", "Q6581072"};
const Names kEnglish = {"hasGender",   "religion",      "belongsToEthnicGroup",
                        "isCitizenOf", "hasOccupation", "wasBornIn",
                        "male",        "female"};
const Names kAddresses = {"http://www.wikidata.org/prop/direct/P21",
                          "http://dbpedia.org/ontology/religion",
                          "<http://dbpedia.org/ontology/ethnicity>",
                          "http://dbpedia.org/ontology/nationality",
                          "http://dbpedia.org/ontology/occupation",
                          "http://dbpedia.org/ontology/birthPlace",
                          "male",
                          "female"};

std::string relation_of(const KnowledgeGraph& graph, const ProposedRelation& proposed) {
  return graph.relations().name(proposed.stating.relation.value);
}

}  // namespace

TEST_CASE("A relation's name falls into the words of its path", "[datasets][propose]") {
  using Parts = std::vector<std::vector<std::string>>;
  CHECK(relation_words("/people/person/gender") == Parts{{"people"}, {"person"}, {"gender"}});
  CHECK(relation_words("hasGender") == Parts{{"has", "gender"}});
  CHECK(relation_words("sex_or_gender") == Parts{{"sex", "or", "gender"}});
  CHECK(relation_words("wdt:P21") == Parts{{"wdt"}, {"p21"}});
  CHECK(relation_words("http://www.wikidata.org/prop/direct/P21") ==
        Parts{{"prop"}, {"direct"}, {"p21"}});
  CHECK(relation_words("a/b./c").size() == 3);
  CHECK(relation_words("").empty());
  CHECK(relation_words("http://host").empty());
}

TEST_CASE("Names of Freebase, Wikidata, plain English and addresses are understood",
          "[datasets][propose]") {
  for (const Names& names : {kFreebase, kWikidata, kEnglish, kAddresses}) {
    INFO(names.gender);
    const KnowledgeGraph graph = society(names).graph();
    const CardProposal proposal = propose_card(graph);
    REQUIRE(proposal.sensitive.size() == 4);
    const std::string* expected[] = {&names.gender, &names.religion, &names.ethnicity,
                                     &names.nationality};
    const char* ids[] = {"gender", "religion", "ethnicity", "nationality"};
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(proposal.sensitive[i].id == ids[i]);
      CHECK(relation_of(graph, proposal.sensitive[i].first) == *expected[i]);
      CHECK_FALSE(proposal.sensitive[i].first.stating.inverse);
      CHECK(proposal.sensitive[i].also.empty());
    }
    CHECK(proposal.sensitive[0].first.confidence == Confidence::kHigh);
    CHECK(proposal.sensitive[0].first.persons == 40);
    CHECK(proposal.sensitive[0].first.values == 2);
    CHECK_THAT(proposal.sensitive[0].first.reason, Contains("100 % of its values"));
    REQUIRE(proposal.profession);
    CHECK(relation_of(graph, proposal.profession->first) == names.profession);
  }
}

TEST_CASE("A further relation of an attribute is found, at the person's end",
          "[datasets][propose]") {
  Builder b = society(kFreebase);
  for (int i = 0; i < 40; i += 4) {
    b.add("people" + std::to_string(i % 6), "/people/ethnicity/people",
          "person" + std::to_string(i));
  }
  const KnowledgeGraph graph = b.graph();
  const CardProposal proposal = propose_card(graph);
  REQUIRE(proposal.sensitive.size() == 4);
  const ProposedAttribute& ethnicity = proposal.sensitive[2];
  CHECK(relation_of(graph, ethnicity.first) == "/people/person/ethnicity");
  REQUIRE(ethnicity.also.size() == 1);
  CHECK(relation_of(graph, ethnicity.also[0]) == "/people/ethnicity/people");
  CHECK(ethnicity.also[0].stating.inverse);
}

TEST_CASE("Relations of other things and relations with a value each are not proposed",
          "[datasets][propose]") {
  Builder b = society(kFreebase);
  for (int i = 0; i < 40; ++i) {
    b.add("person" + std::to_string(i), "/user/notes/religion", "note" + std::to_string(i));
  }
  const KnowledgeGraph graph = b.graph();
  const CardProposal proposal = propose_card(graph);
  const ProposedAttribute& religion = proposal.sensitive[1];
  CHECK(relation_of(graph, religion.first) == "/people/person/religion");
  CHECK(religion.also.empty());
  REQUIRE(religion.doubtful.size() == 1);  // the states' religions are not even doubtful
  CHECK(relation_of(graph, religion.doubtful[0]) == "/user/notes/religion");
}

TEST_CASE("A gender is known by its values even under a name that says nothing",
          "[datasets][propose]") {
  Names names = kEnglish;
  names.gender = "attribute7";
  const KnowledgeGraph graph = society(names).graph();
  const CardProposal proposal = propose_card(graph);
  REQUIRE_FALSE(proposal.sensitive.empty());
  CHECK(proposal.sensitive[0].id == "gender");
  CHECK(relation_of(graph, proposal.sensitive[0].first) == "attribute7");
}

TEST_CASE("Given names, fathers and mothers are proposed as proxies of gender",
          "[datasets][propose]") {
  Builder b = society(kWikidata);
  for (int i = 0; i < 20; ++i) {
    b.add("person" + std::to_string(i), "P735", "name" + std::to_string(i % 4));
    b.add("person" + std::to_string(i), "P22", "person" + std::to_string(i + 20));
  }
  const KnowledgeGraph graph = b.graph();
  const CardProposal proposal = propose_card(graph);
  const auto& proxies = proposal.sensitive[0].proxies;
  REQUIRE(proxies.size() == 2);
  CHECK(relation_of(graph, proxies[0]) == "P735");
  CHECK_FALSE(proxies[0].stating.inverse);
  CHECK(relation_of(graph, proxies[1]) == "P22");
  CHECK(proxies[1].stating.inverse);
}

TEST_CASE("A graph without persons gets no proposal", "[datasets][propose]") {
  Builder b;
  for (int i = 0; i < 30; ++i) b.add("film" + std::to_string(i), "/film/film/country", "france");
  const CardProposal proposal = propose_card(b.graph());
  CHECK(proposal.sensitive.empty());
  CHECK_FALSE(proposal.profession.has_value());
}

TEST_CASE("The proposal is a card that reads and fits its graph", "[datasets][propose]") {
  Names names = kFreebase;
  names.religion = "the \"true\" religion";
  Builder b = society(names);
  for (int i = 0; i < 40; i += 4) {
    b.add("people" + std::to_string(i % 6), "/people/ethnicity/people",
          "person" + std::to_string(i));
  }
  const KnowledgeGraph graph = b.graph();
  const std::string toml = proposal_toml(propose_card(graph), graph, "my graph!");
  INFO(toml);
  const DatasetCard card = parse_card(toml, "card.toml");
  CHECK(card.id == "my-graph-");
  const AttributeTable attributes = resolve_attributes(card, graph);
  REQUIRE(attributes.sensitive().size() == 4);
  CHECK(attributes.sensitive()[0].train_persons().size() == 40);
  CHECK(attributes.sensitive()[2].source().also.size() == 1);
  REQUIRE(attributes.profession());
  CHECK_THAT(toml, Contains("# high confidence: its name says 'gender'"));
}

}  // namespace card_proposal_tests
