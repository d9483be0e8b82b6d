#include <algorithm>
#include <vector>

#include "models/training/vector_queries.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

/// One query a positive, asked for tails, among candidates of the test's choice.
struct Listing {
  explicit Listing(std::size_t twin_every, std::size_t residual_every, bool in_batch = true)
      : queries_of({.rules = &rules,
                    .attributes = &data.attributes,
                    .vectors = &vectors,
                    .first_row = first_row,
                    .twin_every = twin_every,
                    .residual_every = residual_every},
                   kToyRelations, in_batch) {
    for (std::uint32_t i = 0; i < positives.size(); ++i) {
      queries.push_back({.positive = i, .relation = positives[i].relation.value});
      candidates.push_back(positives[i].tail.value);
    }
    candidates.push_back(kKing);
    queries_of.list({positives, {}, {}, {}}, AskedSide::kTail, candidates, queries);
  }
  [[nodiscard]] std::vector<ScoreOverride> overrides() const {
    std::vector<ScoreOverride> listed;
    queries_of.list_overrides({positives, {}, {}, {}}, AskedSide::kTail, queries, 0, queries.size(),
                              listed);
    return listed;
  }

  datasets::Dataset data = toy_people();
  AttributeRules rules{data.attributes, data.whitelist, kToyRelations};
  FloatTable vectors = normal_table(5, 3, 1);
  std::vector<std::size_t> first_row = {0, 2};
  std::vector<datasets::Triple> positives = {
      triple(kAnn, kGender, kFemale), triple(kAnn, kVoice, kAlto), triple(kBob, kGender, kMale),
      triple(kCy, kProfession, kPoet)};
  std::vector<std::uint32_t> candidates;
  std::vector<ChunkQuery> queries;
  VectorQueries queries_of;
};

}  // namespace

TEST_CASE("A query carries the vectors that its relation allows", "[models][kl+attr]") {
  const Listing listing(0, 0);
  REQUIRE(listing.queries.size() == 4);
  CHECK(listing.queries[0].sets.known == 0U);
  CHECK(listing.queries[1].sets.known == 1U);
  CHECK(listing.queries[3].sets.known == 0U);
  for (const ChunkQuery& q : listing.queries) CHECK(q.sets.candidate == 0U);
}

TEST_CASE("Every n-th sensitive triple has a twin that carries its own attribute",
          "[models][kl+attr]") {
  const Listing all(1, 0);
  REQUIRE(all.queries.size() == 6);
  for (const std::size_t twin : {std::size_t{4}, std::size_t{5}}) {
    CHECK(all.queries[twin].relation == kToyRelations);
    CHECK(all.queries[twin].sets.known == 1U);
  }
  CHECK(all.queries[5].positive == 2);
  const Listing half(2, 0);
  REQUIRE(half.queries.size() == 5);
  CHECK(half.queries[4].positive == 0);
}

TEST_CASE("A further relation of an attribute has no twin", "[models][kl+attr]") {
  datasets::Dataset data = toy_people();
  // Voices state the gender too, seen from the voice.
  data.attributes = datasets::AttributeTable(
      data.graph,
      {{"gender", RelationId(kGender), false, {{RelationId(kVoice), true}}, {}},
       {"ethnicity", RelationId(kPeople), true}},
      data.attributes.profession()->source());
  const AttributeRules rules(data.attributes, data.whitelist, kToyRelations);
  FloatTable vectors = normal_table(12, 3, 1);
  const std::vector<std::size_t> first_row = {0, 8};
  VectorQueries queries_of({.rules = &rules,
                            .attributes = &data.attributes,
                            .vectors = &vectors,
                            .first_row = first_row,
                            .twin_every = 1},
                           kToyRelations, true);
  const std::vector<datasets::Triple> positives = {triple(kAnn, kVoice, kAlto),
                                                   triple(kBob, kGender, kMale)};
  std::vector<ChunkQuery> queries;
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t i = 0; i < positives.size(); ++i) {
    queries.push_back({.positive = i, .relation = positives[i].relation.value});
    candidates.push_back(positives[i].tail.value);
  }
  queries_of.list({positives, {}, {}, {}}, AskedSide::kTail, candidates, queries);
  REQUIRE(queries.size() == 3);
  CHECK(queries[2].positive == 1);
  CHECK(queries[2].relation == kToyRelations);
}

TEST_CASE("Residual queries are those that some vector can learn from", "[models][kl+attr]") {
  const Listing listing(0, 1);
  REQUIRE(listing.queries.size() == 6);
  for (std::size_t i = 0; i < 4; ++i) CHECK(listing.queries[i].plain);
  for (const std::size_t i : {std::size_t{4}, std::size_t{5}}) {
    const ChunkQuery& q = listing.queries[i];
    CHECK(q.residual);
    CHECK_FALSE(q.moves_known);
    CHECK_FALSE(q.moves_candidates);
  }
  CHECK(listing.queries[4].positive == 1);  // a voice is whitelisted
  CHECK(listing.queries[5].positive == 3);  // among the professions one is
}

TEST_CASE("A whitelisted profession as candidate has its own score", "[models][kl+attr]") {
  const auto listed = Listing(0, 0).overrides();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].row == 3);
  CHECK(listed[0].column == 4);
  CHECK(listed[0].known == 3U);
  // Drawn negatives are candidates of every query, the positives' own only with in-batch negatives.
  CHECK(Listing(0, 0, false).overrides().size() == 1);
}

TEST_CASE("What is added is the mean of the values' vectors, and the gradient its share",
          "[models][kl+attr]") {
  const Listing listing(0, 0);
  Doubles expected = {0.0, 0.0, 0.0};
  expected = with_vectors(listing.data, kCy, expected, 3U, rows_of(listing.vectors));
  FloatTable sum(1, 3);
  listing.queries_of.add(kCy, 3U, sum.row(0));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(static_cast<double>(sum.row(0)[k]) == Approx(expected[k]).epsilon(1e-6));
  }
  SummedGradient summed;
  const FloatTable upstream = normal_table(1, 3, 2);
  listing.queries_of.add_gradient(kCy, 2U, upstream.row(0), summed);
  const SparseGradient& gradient = summed.rows();
  REQUIRE(gradient.ids.size() == 2);  // two ethnicities
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(gradient.ids[i] >= 2);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(gradient.rows.row(i)[k] == 0.5F * upstream.row(0)[k]);
    }
  }
}
