#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::RankTable;

namespace {

models::LinkScorer no_scorer(const datasets::Dataset& data) {
  return scorer_of(table_of(data, 2, {}, {}), "transe-dot");
}

}  // namespace

TEST_CASE("A random embedding has an MRR within 4 standard errors of its expectation",
          "[metrics][link_prediction]") {
  const auto world = society(0.0, 11);
  const auto scorer = scorer_of(random_table(world.data, 8, 8, 21), "distmult");
  const auto measured = measure("link_prediction", world.data, scorer);
  const std::map<std::string, std::string> where = {
      {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}};
  CHECK(std::abs(measured.value("link_prediction.mrr_z", where)) < 4.0);
  CHECK(std::abs(measured.value("link_prediction.amri", where)) < 0.2);
}

TEST_CASE("Sets and sides of link prediction are put together as the test set says",
          "[metrics][link_prediction]") {
  const auto data =
      dataset_of({{"p", "gender", "f"}, {"q", "gender", "m"}, {"a", "r", "b"}}, {},
                 {{"p", "gender", "m"}, {"a", "r", "a"}, {"q", "r", "b"}}, {{"gender", "gender"}});
  RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  ranks.filtered_head = {{0, 1, 6}, {1, 1, 6}, {3, 1, 6}};
  ranks.filtered_tail = {{1, 1, 6}, {0, 2, 6}, {4, 2, 6}};
  ranks.raw_head = ranks.raw_tail = {{5, 1, 6}, {5, 1, 6}, {5, 1, 6}};
  const auto measured = measure_ranked("link_prediction", data, no_scorer(data), ranks);
  const auto where = [](const char* side, const char* set, const char* ties = "realistic",
                        const char* filter = "filtered") {
    return std::map<std::string, std::string>{
        {"filter", filter}, {"side", side}, {"ties", ties}, {"set", set}};
  };
  const std::string mrr = "link_prediction.mrr";
  // Reciprocal ranks: heads 1, 1/2, 1/4; tails 1/2, 1/1.5, 1/5.5.
  CHECK(measured.value(mrr, where("head", "all")) == near((1 + .5 + .25) / 3));
  CHECK(measured.value(mrr, where("tail", "all")) == near((.5 + 1 / 1.5 + 1 / 5.5) / 3));
  CHECK(measured.value(mrr, where("both", "sensitive")) == near((1 + .5) / 2));
  CHECK(measured.value(mrr, where("both", "without_sensitive")) ==
        near((.5 + 1 / 1.5 + .25 + 1 / 5.5) / 4));
  CHECK(measured.value(mrr, where("tail", "persons")) == near((.5 + 1 / 5.5) / 2));
  CHECK(measured.value(mrr, where("both", "all", "realistic", "raw")) == near(1.0 / 6));
  const double optimistic = measured.value(mrr, where("both", "all", "optimistic"));
  const double pessimistic = measured.value(mrr, where("both", "all", "pessimistic"));
  CHECK(optimistic - pessimistic == near((1 - .5 + .2 - 1.0 / 6) / 6));
  CHECK(measured.value("link_prediction.tie_gap", {}) == near(optimistic - pessimistic));
  CHECK_FALSE(measured.fact(mrr, where("both", "whitelisted")).defined());
  CHECK(measured.value("link_prediction.macro_mrr", where("head", "all")) ==
        near((1 + (.5 + .25) / 2) / 2));
}

TEST_CASE("Every relation that states an attribute is a sensitive one, a proxy is not",
          "[metrics][link_prediction]") {
  auto data =
      dataset_of({{"p", "gender", "f"}, {"m", "members", "q"}, {"q", "forename", "Quinn"}}, {},
                 {{"p", "gender", "m"}, {"f", "members", "q"}, {"p", "forename", "Quinn"}},
                 {{"gender", "gender"}});
  RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  ranks.filtered_head = {{0, 1, 6}, {1, 1, 6}, {3, 1, 6}};
  ranks.filtered_tail = ranks.raw_head = ranks.raw_tail = ranks.filtered_head;
  const auto mrr = [&](const char* set) {
    return measure_ranked("link_prediction", data, no_scorer(data), ranks)
        .value("link_prediction.mrr",
               {{"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", set}});
  };
  CHECK(mrr("sensitive") == near(1.0));
  data.attributes = datasets::AttributeTable(data.graph,
                                             {{"gender",
                                               relation(data, "gender"),
                                               false,
                                               {{relation(data, "members"), true}},
                                               {{relation(data, "forename"), false}}}},
                                             std::nullopt);
  CHECK(mrr("sensitive") == near((1.0 + .5) / 2));
  CHECK(mrr("without_sensitive") == near(.25));
  CHECK(mrr("persons") == near((1.0 + .5 + .25) / 3));
}

TEST_CASE("The whitelisted relations of the test set stand on record with their triples",
          "[metrics][link_prediction]") {
  auto data =
      dataset_of({{"p", "gender", "f"}, {"q", "gender", "m"}, {"a", "r", "b"}}, {},
                 {{"p", "gender", "m"}, {"a", "r", "a"}, {"q", "r", "b"}}, {{"gender", "gender"}});
  RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  ranks.filtered_head.assign(3, {0, 1, 6});
  ranks.filtered_tail = ranks.raw_head = ranks.raw_tail = ranks.filtered_head;
  const std::string name = "link_prediction.whitelisted_triples";
  const auto listed = [&] {
    const auto measured = measure_ranked("link_prediction", data, no_scorer(data), ranks);
    std::map<std::string, double> all;
    for (const metrics::Fact& fact : measured.output.facts) {
      if (fact.metric != name) continue;
      CHECK(fact.facets.at("attribute") == "gender");
      all[fact.facets.at("relation")] = fact.measurement.value();
    }
    return all;
  };
  CHECK(listed().empty());
  data.whitelist.entries.resize(1);
  data.whitelist.entries[0].relations = {relation(data, "r")};
  CHECK(listed() == std::map<std::string, double>{{"r", 2.0}});
}

TEST_CASE("A whitelisted profession has one MRR over both sides, whatever attributes list it",
          "[metrics][link_prediction]") {
  auto data = dataset_of({{"p", "gender", "f"},
                          {"q", "gender", "m"},
                          {"p", "faith", "x"},
                          {"p", "work", "smith"},
                          {"q", "work", "pope"}},
                         {},
                         {{"q", "work", "nun"},
                          {"q", "work", "smith"},
                          {"p", "gender", "m"},
                          {"r", "work", "nun"},
                          {"nun", "knows", "q"}},
                         {{"gender", "gender"}, {"faith", "faith"}},
                         NamedPersonRelation{"profession", "work"});
  RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  ranks.filtered_head = {{0, 1, 8}, {4, 1, 8}, {5, 1, 8}, {3, 1, 8}, {6, 1, 8}};
  ranks.filtered_tail = {{1, 1, 8}, {4, 1, 8}, {5, 1, 8}, {0, 2, 8}, {6, 1, 8}};
  ranks.raw_head.assign(5, {7, 1, 8});
  ranks.raw_tail = ranks.raw_head;
  const auto of_professions = [&](const std::map<std::string, std::string>& parameters = {}) {
    const auto measured =
        measure_ranked("link_prediction", data, no_scorer(data), ranks, parameters);
    std::vector<metrics::Fact> facts;
    for (const metrics::Fact& fact : measured.output.facts) {
      if (fact.facets.contains("profession")) facts.push_back(fact);
    }
    return facts;
  };
  CHECK(of_professions().empty());

  data.whitelist.entries[0].professions = {entity(data, "nun")};
  data.whitelist.entries[1].professions = {entity(data, "pope"), entity(data, "nun")};
  const auto facts = of_professions();
  // The pope is whitelisted and not in test, the smith is in test and not whitelisted.
  REQUIRE(facts.size() == 1);
  CHECK(facts[0].metric == "link_prediction.mrr");
  CHECK(facts[0].facets == std::map<std::string, std::string>{{"attributes", "gender,faith"},
                                                              {"filter", "filtered"},
                                                              {"profession", "nun"},
                                                              {"set", "profession"},
                                                              {"side", "both"},
                                                              {"ties", "realistic"}});
  // Reciprocal ranks: heads 1, 1/4; tails 1/2, 1/1.5.
  CHECK(facts[0].measurement.value() == near((1 + .25 + .5 + 1 / 1.5) / 4));
  CHECK(facts[0].measurement.n() == 4);
  CHECK(of_professions({{"per_relation", "false"}}).empty());
}
