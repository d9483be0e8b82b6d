#include <array>
#include <numeric>

#include "datasets/load_graph.hpp"
#include "metrics/formulas/prediction_flags.hpp"
#include "metrics/formulas/rank_aggregates.hpp"
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

models::LinkScorer published_scorer(const datasets::Dataset& data) {
  return scorer_of(table_of(data, 2, {}, {}), "transe-dot");
}

}  // namespace

TEST_CASE("Published TransE ranks of FB15k-237 aggregate to the published figures",
          "[metrics][link_prediction][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(archive, kArchive);
  KGA_SHARED_DATA_OR_SKIP(ranks_file, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  const auto data = fb15k_237(archive);
  const RankTable ranks = published(data, ranks_file);
  REQUIRE(ranks.triples.size() == 20438);
  const auto both = metrics::predictions(ranks, metrics::Side::kBoth, metrics::Filter::kFiltered,
                                         metrics::TiePolicy::kRealistic);
  CHECK(std::accumulate(both.ranks.begin(), both.ranks.end(), 0.0) == 8539384.0);

  const auto measured = measure_ranked("link_prediction", data, published_scorer(data), ranks);
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

TEST_CASE("Published TransE ranks give the gender gap and the degree correlations of FB15k-237",
          "[metrics][group_gap][degree_bias][oracle]") {
  KGA_SHARED_DATA_OR_SKIP(archive, kArchive);
  KGA_SHARED_DATA_OR_SKIP(ranks_file, "oracles/transe_fb15k237_filtered_ranks.csv.gz");
  const auto data = fb15k_237(archive);
  const RankTable ranks = published(data, ranks_file);
  const auto gaps = measure_ranked("group_gap", data, published_scorer(data), ranks);
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

  const auto degree = measure_ranked("degree_bias", data, published_scorer(data), ranks);
  CHECK(degree.value("degree_bias.spearman", {{"side", "tail"}}) == near(.634736, 5e-7));
  CHECK(degree.value("degree_bias.spearman", {{"side", "head"}}) == near(.466246, 5e-7));
}

TEST_CASE("The test-prediction flags of FB15k-237 are the published ones, without a mismatch",
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
    const auto measured =
        measure_ranked("test_prediction_bias", data, published_scorer(data), ranks);
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
