#include "metrics/formulas/rank_aggregates.hpp"

#include <cmath>
#include <numeric>

#include "datasets/load_graph.hpp"
#include "metrics/formulas/prediction_flags.hpp"
#include "metrics/stats/estimates.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::RankCounts;
using metrics::RankTable;

namespace {

constexpr const char* kArchive =
    "mirror/raw.githubusercontent.com/TimDettmers/ConvE/master/FB15k-237.tar.gz";

/// FB15k-237 with its person relations; tests that rank nothing give it rows of 2 numbers.
datasets::Dataset fb15k_237(const std::filesystem::path& archive) {
  datasets::Dataset data;
  data.id = "fb15k-237";
  data.graph = datasets::load_graph_archive(archive).graph;
  const auto r = [&](const char* name) { return relation(data, name); };
  data.attributes = datasets::AttributeTable(
      data.graph,
      {{"gender", r("/people/person/gender")},
       {"religion", r("/people/person/religion")},
       {"ethnicity", r("/people/ethnicity/people"), true},
       {"nationality", r("/people/person/nationality")}},
      datasets::PersonRelation{"profession", r("/people/person/profession")});
  data.whitelist.entries.resize(4);
  return data;
}

/// Published filtered ranks, read as counts without ties.
RankTable published(const datasets::Dataset& data, const std::filesystem::path& file) {
  RankTable table;
  const auto entities = static_cast<std::uint32_t>(data.graph.entity_count());
  for (const std::string& line : gzip_lines(file)) {
    const auto part = split(line, ';');
    if (part.size() != 5) continue;
    table.triples.push_back(
        {entity(data, part[0]), relation(data, part[1]), entity(data, part[2])});
    const auto counts = [&](const std::string& rank) {
      return RankCounts{static_cast<std::uint32_t>(std::stoul(rank)) - 1, 1, entities};
    };
    table.filtered_head.push_back(counts(part[3]));
    table.filtered_tail.push_back(counts(part[4]));
  }
  table.raw_head = table.filtered_head;
  table.raw_tail = table.filtered_tail;
  return table;
}

models::LinkScorer no_scorer(const datasets::Dataset& data) {
  return scorer_of(table_of(data, 2, {}, {}), "transe-dot");
}

}  // namespace

TEST_CASE("ranks 1, 3, 10 among 10, 20, 10 give the adjusted figures computed by hand",
          "[metrics][link_prediction]") {
  const std::vector<double> ranks = {1, 3, 10};
  const std::vector<std::uint32_t> candidates = {10, 20, 10};
  CHECK(metrics::mean_rank(ranks) == near(14.0 / 3.0));
  CHECK(metrics::expected_mean_rank(candidates) == near(43.0 / 6.0));
  CHECK(metrics::adjusted_mean_rank(ranks, candidates) == near(.651162790698));
  CHECK(metrics::adjusted_mean_rank_index(ranks, candidates) == near(.405405405405));
  const double mrr = metrics::mean_reciprocal_rank(ranks);
  const double expected = metrics::expected_mean_reciprocal_rank(candidates);
  CHECK(mrr == near(.477777777778));
  CHECK(expected == near(.255226877884));
  CHECK(metrics::chance_adjusted(mrr, expected) == near(.298817040096));
  CHECK(metrics::hits_at(ranks, 3) == near(2.0 / 3.0));
  CHECK(metrics::expected_hits_at(candidates, 3) == near(.25));
  CHECK(metrics::chance_adjusted(metrics::hits_at(ranks, 3),
                                 metrics::expected_hits_at(candidates, 3)) == near(5.0 / 9.0));
  CHECK(metrics::geometric_mean_rank(ranks) == near(std::cbrt(30.0)));
  CHECK(metrics::median_rank(ranks) == 3.0);
}

TEST_CASE("the expectation and variance of MRR are those of enumerated random ranks",
          "[metrics][link_prediction]") {
  const std::vector<std::uint32_t> candidates = {4, 7};
  double mean = 0.0;
  double square = 0.0;
  for (int a = 1; a <= 4; ++a) {
    for (int b = 1; b <= 7; ++b) {
      const double mrr = (1.0 / a + 1.0 / b) / 2.0;
      mean += mrr / 28.0;
      square += mrr * mrr / 28.0;
    }
  }
  CHECK(metrics::expected_mean_reciprocal_rank(candidates) == near(mean));
  CHECK(metrics::mean_reciprocal_rank_variance(candidates) == near(square - mean * mean));
}

TEST_CASE("a random embedding has an MRR within 4 standard errors of its expectation",
          "[metrics][link_prediction]") {
  const auto world = society(0.0, 11);
  const auto scorer = scorer_of(random_table(world.data, 8, 8, 21), "distmult");
  const auto measured = measure("link_prediction", world.data, scorer);
  const std::map<std::string, std::string> where = {
      {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}};
  CHECK(std::abs(measured.value("link_prediction.mrr_z", where)) < 4.0);
  CHECK(std::abs(measured.value("link_prediction.amri", where)) < 0.2);
}

TEST_CASE("published TransE ranks of FB15k-237 aggregate to the published figures",
          "[metrics][link_prediction][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(archive, kArchive);
  KGA_SHARED_DATA_OR_SKIP(ranks_file, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  const auto data = fb15k_237(archive);
  const RankTable ranks = published(data, ranks_file);
  REQUIRE(ranks.triples.size() == 20438);
  const auto both = metrics::predictions(ranks, metrics::Side::kBoth, metrics::Filter::kFiltered,
                                         metrics::TiePolicy::kRealistic);
  CHECK(std::accumulate(both.ranks.begin(), both.ranks.end(), 0.0) == 8539384.0);

  const auto measured = measure_ranked("link_prediction", data, no_scorer(data), ranks);
  const auto all = [](const char* side) {
    return std::map<std::string, std::string>{
        {"filter", "filtered"}, {"side", side}, {"ties", "realistic"}, {"set", "all"}};
  };
  const Measurement& mrr = measured.fact("link_prediction.mrr", all("both"));
  CHECK(mrr.value() == near(.309882248910));
  CHECK(mrr.n() == 40876);
  REQUIRE(mrr.interval());
  CHECK(mrr.interval()->low == near(.306169, 5e-7));
  CHECK(mrr.interval()->high == near(.313595, 5e-7));
  CHECK(measured.value("link_prediction.mrr", all("head")) == near(.209993016710));
  CHECK(measured.value("link_prediction.mrr", all("tail")) == near(.409771481110));
  CHECK(measured.value("link_prediction.hits_at_1", all("both")) * 40876 == near(8877, 1e-6));
  CHECK(measured.value("link_prediction.hits_at_1", all("head")) * 20438 == near(2551, 1e-6));
  CHECK(measured.value("link_prediction.hits_at_1", all("tail")) * 20438 == near(6326, 1e-6));
  CHECK(measured.value("link_prediction.hits_at_3", all("both")) * 40876 == near(14073, 1e-6));
  CHECK(measured.value("link_prediction.hits_at_10", all("both")) * 40876 == near(20296, 1e-6));
  CHECK(measured.value("link_prediction.gmr", all("both")) == near(15.915307136, 1e-9));
  CHECK(measured.value("link_prediction.median_rank", all("both")) == 11.0);
  CHECK(measured.fact("link_prediction.macro_mrr", all("both")).n() == 224);
  CHECK(measured.value("link_prediction.macro_mrr", all("both")) == near(.350041648, 5e-10));

  struct Row {
    const char* relation;
    std::uint64_t n;
    double head_mrr;
    double tail_mrr;
    double tail_hits;
  };
  for (const Row& row : {
           Row{"/people/person/gender", 436, .013035398959, .908333333333, .825688073394},
           Row{"/people/person/profession", 1311, .067470192567, .636431868474, .495041952708},
           Row{"/people/person/nationality", 494, .020800147845, .817150574916, .753036437247},
           Row{"/people/person/religion", 127, .008594157814, .556514192852, .393700787402},
           Row{"/people/person/languages", 98, .090146717015, .763115540922, .693877551020},
       }) {
    CAPTURE(row.relation);
    const auto of = [&](const char* side) {
      return std::map<std::string, std::string>{
          {"set", "relation"}, {"relation", row.relation}, {"side", side}};
    };
    CHECK(measured.fact("link_prediction.mrr", of("tail")).n() == row.n);
    CHECK(measured.value("link_prediction.mrr", of("head")) == near(row.head_mrr));
    CHECK(measured.value("link_prediction.mrr", of("tail")) == near(row.tail_mrr));
    CHECK(measured.value("link_prediction.hits_at_1", of("tail")) == near(row.tail_hits));
  }
  const std::map<std::string, std::string> ethnicity = {
      {"set", "relation"}, {"relation", "/people/ethnicity/people"}, {"side", "head"}};
  CHECK(measured.fact("link_prediction.mrr", ethnicity).n() == 251);
  CHECK(measured.value("link_prediction.mrr", ethnicity) == near(.482019443461));
}

TEST_CASE("published TransE ranks give the gender gap and the degree correlations of FB15k-237",
          "[metrics][group_gap][degree_bias][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(archive, kArchive);
  KGA_SHARED_DATA_OR_SKIP(ranks_file, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  const auto data = fb15k_237(archive);
  const RankTable ranks = published(data, ranks_file);
  const auto gaps = measure_ranked("group_gap", data, no_scorer(data), ranks);
  const auto of = [](const char* value) {
    return std::map<std::string, std::string>{{"attribute", "gender"}, {"value", value}};
  };
  CHECK(gaps.fact("group_gap.mrr", of("/m/05zppz")).n() == 333);
  CHECK(gaps.value("group_gap.mrr", of("/m/05zppz")) == near(.952052052, 5e-10));
  CHECK(gaps.value("group_gap.hits_at_1", of("/m/05zppz")) == near(.906906907, 5e-10));
  CHECK(gaps.fact("group_gap.mrr", of("/m/02zsn")).n() == 103);
  CHECK(gaps.value("group_gap.mrr", of("/m/02zsn")) == near(.766990291, 5e-10));
  CHECK(gaps.value("group_gap.hits_at_1", of("/m/02zsn")) == near(.563106796, 5e-10));
  CHECK(gaps.value("group_gap.mrr_gap", {{"attribute", "gender"}}) == near(.185061761, 5e-10));

  const auto degree = measure_ranked("degree_bias", data, no_scorer(data), ranks);
  CHECK(degree.value("degree_bias.spearman", {{"side", "tail"}}) == near(.634736, 5e-7));
  CHECK(degree.value("degree_bias.spearman", {{"side", "head"}}) == near(.466246, 5e-7));
}

TEST_CASE("the test-prediction flags of FB15k-237 are the published ones, without a mismatch",
          "[metrics][test_prediction_bias][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(archive, kArchive);
  KGA_SHARED_DATA_OR_SKIP(ranks_file, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  const auto data = fb15k_237(archive);
  const auto& graph = data.graph;

  SECTION("types 1, 2 and 3 over 20,466 rows") {
    const int type = GENERATE(1, 2, 3);
    KGA_SHARED_DATA_OR_SKIP(file, "oracles/fb15k237_type" + std::to_string(type) + "_bias.csv.gz");
    std::vector<datasets::Triple> triples;
    std::vector<metrics::PredictionFlags> expected;
    for (const std::string& line : gzip_lines(file)) {
      const auto part = split(line, ';');
      if (part.size() != 5) continue;
      triples.push_back({entity(data, part[0]), relation(data, part[1]), entity(data, part[2])});
      expected.push_back({part[3] == "1", part[4] == "1"});
    }
    REQUIRE(triples.size() == 20466);
    const auto flags = metrics::flag_test_predictions(graph, triples);
    const auto& found = type == 1 ? flags.type1 : type == 2 ? flags.type2 : flags.type3;
    int mismatches = 0;
    for (std::size_t i = 0; i < triples.size(); ++i) {
      if (found[i].head != expected[i].head || found[i].tail != expected[i].tail) ++mismatches;
    }
    CAPTURE(type);
    CHECK(mismatches == 0);
  }

  SECTION("relation types need all splits") {
    const auto census = [](const std::vector<metrics::RelationType>& types) {
      std::array<int, 4> count{};
      for (const auto& t : types) ++count[(t.many_heads ? 2U : 0U) + (t.many_tails ? 1U : 0U)];
      return count;
    };
    const auto all = metrics::relation_types(graph, {graph.train(), graph.valid(), graph.test()});
    CHECK(census(all) == std::array<int, 4>{9, 14, 60, 154});
    CHECK(census(metrics::relation_types(graph, {graph.train()})) != census(all));
  }

  SECTION("MRR without flagged predictions") {
    const auto ranks = published(data, ranks_file);
    const auto measured = measure_ranked("test_prediction_bias", data, no_scorer(data), ranks);
    const auto kept = [](const char* type) {
      return std::map<std::string, std::string>{{"type", type}, {"predictions", "not_flagged"}};
    };
    const auto flagged = [](const char* type, const char* side) {
      return std::map<std::string, std::string>{{"type", type}, {"side", side}};
    };
    const std::string mrr = "test_prediction_bias.mrr";
    CHECK(measured.value(mrr, kept("1")) == near(.279704655846));
    CHECK(measured.value(mrr, kept("2")) == near(.281703837448));
    CHECK(measured.value(mrr, kept("3")) == near(.309882248910));
    CHECK(measured.value(mrr, kept("any")) == near(.248537497589));
    CHECK(measured.value("test_prediction_bias.hits_at_1", kept("any")) == near(.152892674, 5e-10));
    CHECK(measured.value("test_prediction_bias.hits_at_10", kept("any")) ==
          near(.443787464, 5e-10));
    CHECK(measured.value("test_prediction_bias.flagged", flagged("1", "head")) == 53);
    CHECK(measured.value("test_prediction_bias.flagged", flagged("1", "tail")) == 1721);
    CHECK(measured.value("test_prediction_bias.flagged", flagged("2", "head")) == 664);
    CHECK(measured.value("test_prediction_bias.flagged", flagged("2", "tail")) == 1579);
    CHECK(measured.value("test_prediction_bias.flagged", flagged("any", "head")) == 717);
    CHECK(measured.value("test_prediction_bias.flagged", flagged("any", "tail")) == 3290);
  }
}

TEST_CASE("TransE and DistMult differ by more per prediction than per triple: clusters matter",
          "[metrics][link_prediction][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(transe, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  KGA_SHARED_DATA_OR_SKIP(distmult, "oracles/distmult_fb15k237_filtered_ranks.csv.gz");
  const auto read = [](const std::filesystem::path& file) {
    std::map<std::string, std::array<double, 2>> ranks;
    for (const std::string& line : gzip_lines(file)) {
      const auto part = split(line, ';');
      if (part.size() != 5) continue;
      ranks[part[0] + ";" + part[1] + ";" + part[2]] = {std::stod(part[3]), std::stod(part[4])};
    }
    return ranks;
  };
  const auto a = read(transe);
  const auto b = read(distmult);
  std::vector<double> per_prediction;
  std::vector<double> per_triple;
  std::array<int, 3> outcome{};  // TransE better, equal, worse
  for (const auto& [triple, ranks] : a) {
    const auto& others = b.at(triple);
    double sum = 0.0;
    for (std::size_t side = 0; side < 2; ++side) {
      const double d = 1.0 / ranks[side] - 1.0 / others[side];
      per_prediction.push_back(d);
      ++outcome[d > 0.0 ? 0 : (d == 0.0 ? 1 : 2)];
      sum += d;
    }
    per_triple.push_back(sum / 2.0);
  }
  const auto t_of = [](const std::vector<double>& d) {
    return metrics::mean(d) / (*metrics::sample_sd(d) / std::sqrt(static_cast<double>(d.size())));
  };
  CHECK(metrics::mean(per_triple) == near(-.003170163857));
  CHECK(*metrics::sample_sd(per_prediction) == near(.247105372541));
  CHECK(*metrics::sample_sd(per_triple) == near(.190836699411));
  CHECK(t_of(per_prediction) == near(-2.593783467, 1e-9));
  CHECK(t_of(per_triple) == near(-2.374865460, 1e-9));
  CHECK(outcome == std::array<int, 3>{15521, 8634, 16721});
}

TEST_CASE("sets and sides of link prediction are put together as the test set says",
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

TEST_CASE("the whitelisted relations of the test set stand on record with their triples",
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

TEST_CASE("a whitelisted profession has one MRR over both sides, whatever attributes list it",
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
