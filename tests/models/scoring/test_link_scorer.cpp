#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/scoring/link_scorer.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;

namespace {

/// More entities than the scorer packs at once, so that every place in a group occurs.
std::shared_ptr<EmbeddingTable> large_table(const ScoreFunction& score, bool reciprocal) {
  constexpr std::size_t kDimension = 10;
  auto table = std::make_shared<EmbeddingTable>();
  table->entities = normal_table(530, kDimension, 41);
  table->relations = normal_table(reciprocal ? 6 : 3, score.relation_width(kDimension), 42);
  table->reciprocal = reciprocal;
  std::copy_n(table->entities.row(5), kDimension, table->entities.row(519));
  return table;
}

FloatTable all_tails(const LinkScorer& scorer, const std::vector<TailQuery>& queries) {
  FloatTable out(queries.size(), scorer.entity_count());
  scorer.score_tails(queries, 0, scorer.entity_count(), out.data(), out.stride());
  return out;
}

FloatTable all_heads(const LinkScorer& scorer, const std::vector<HeadQuery>& queries) {
  FloatTable out(queries.size(), scorer.entity_count());
  scorer.score_heads(queries, 0, scorer.entity_count(), out.data(), out.stride());
  return out;
}

/// Attribute vectors of toy people as KL+Attr publishes them, one row for each set of values, and
/// the rows of single values that they are means of.
struct ToyVectors {
  explicit ToyVectors(const Dataset& data, std::size_t dimension)
      : values(rows_of(normal_table(5, dimension, 51))) {
    auto made = std::make_shared<AttributeVectors>(
        AttributeVectors{{data.attributes, data.whitelist, data.graph.relation_count()}, {}, {}});
    for (std::size_t j = 0; j < 2; ++j) {
      const auto& attribute = data.attributes.sensitive()[j];
      made->row_of.emplace_back(data.graph.entity_count(), -1);
      made->vectors.emplace_back(attribute.train_persons().size(), dimension);
      std::int32_t next = 0;
      for (const EntityId person : attribute.train_persons()) {
        const Doubles sum =
            with_vectors(data, person.value, Doubles(dimension, 0.0), 1U << j, values);
        for (std::size_t k = 0; k < dimension; ++k)
          made->vectors[j].row(static_cast<std::size_t>(next))[k] = static_cast<float>(sum[k]);
        made->row_of[j][person.index()] = next++;
      }
    }
    published = std::move(made);
  }
  std::vector<Doubles> values;
  std::shared_ptr<const AttributeVectors> published;
};

}  // namespace

TEST_CASE("A scorer is finite when every number of its rows and vectors is", "[models]") {
  const ScoreFunction& score = find_score("transe-dot").function();
  const float inf = std::numeric_limits<float>::infinity();
  const auto scorer = [&](float entity, float relation, float vector) {
    auto table = large_table(score, true);
    table->entities.row(7)[3] = entity;
    table->relations.row(5)[0] = relation;
    const Dataset data = toy_town();
    auto vectors = std::make_shared<AttributeVectors>(
        AttributeVectors{{data.attributes, data.whitelist, data.graph.relation_count()}, {}, {}});
    vectors->vectors.emplace_back(2, table->dimension());
    vectors->vectors.back().row(1)[9] = vector;
    return LinkScorer(table, score, vectors);
  };
  CHECK(scorer(1e30F, -1.0F, 0.0F).finite());
  CHECK_FALSE(scorer(inf, 0.0F, 0.0F).finite());
  CHECK_FALSE(scorer(0.0F, -inf, 0.0F).finite());
  CHECK_FALSE(scorer(0.0F, 0.0F, std::nanf("")).finite());
}

TEST_CASE("Every form of a tail score has the same bits, and equal rows tie", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    for (const bool reciprocal : {false, true}) {
      INFO(std::string(entry->id) << (reciprocal ? ", reciprocal" : ""));
      const ScoreFunction& score = entry->function();
      const auto table = large_table(score, reciprocal);
      const LinkScorer scorer(table, score);
      CHECK(scorer.relation_count() == 3);
      CHECK(scorer.entity_count() == 530);
      std::vector<TailQuery> queries;
      std::vector<EntityId> persons, everyone;
      for (std::uint32_t i = 0; i < 14; ++i) persons.emplace_back(37 * i);
      for (const EntityId p : persons) queries.push_back({p, RelationId(1)});
      for (std::uint32_t e = 0; e < 530; ++e) everyone.emplace_back(529 - e);
      const FloatTable tails = all_tails(scorer, queries);
      FloatTable given(persons.size(), everyone.size());
      scorer.score_candidates(persons, RelationId(1), false, everyone, given.data(),
                              given.stride());
      std::size_t different = 0;
      for (std::size_t i = 0; i < persons.size(); ++i) {
        const auto head = scorer.entity_row(persons[i]);
        for (std::uint32_t e = 0; e < 530; ++e) {
          const float s = tails.row(i)[e];
          different += same_bits(s, scorer.score(persons[i], RelationId(1), EntityId(e))) ? 0U : 1U;
          different += same_bits(s, given.row(i)[529 - e]) ? 0U : 1U;
          different +=
              same_bits(s, scorer.score_rows(head, RelationId(1), scorer.entity_row(EntityId(e))))
                  ? 0U
                  : 1U;
        }
        CHECK(same_bits(tails.row(i)[5], tails.row(i)[519]));
        CHECK(static_cast<double>(tails.row(i)[300]) ==
              Approx(reference_score(entry->id, row_of(table->entities, persons[i].index()),
                                     row_of(table->relations, 1), row_of(table->entities, 300)))
                  .epsilon(1e-5)
                  .margin(1e-5));
      }
      CHECK(different == 0);
    }
  }
}

TEST_CASE("Scores with the person as tail have the bits of the tail direction", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    INFO(std::string(entry->id));
    const LinkScorer scorer(large_table(entry->function(), true), entry->function());
    std::vector<EntityId> persons;
    for (std::uint32_t e = 0; e < 300; ++e) persons.emplace_back(e);
    const std::vector<EntityId> values = {EntityId(400), EntityId(3), EntityId(519)};
    FloatTable out(persons.size(), values.size());
    scorer.score_candidates(persons, RelationId(2), true, values, out.data(), out.stride());
    std::size_t different = 0;
    for (std::size_t i = 0; i < persons.size(); ++i) {
      for (std::size_t c = 0; c < values.size(); ++c) {
        different +=
            same_bits(out.row(i)[c], scorer.score(values[c], RelationId(2), persons[i])) ? 0U : 1U;
      }
    }
    CHECK(different == 0);
  }
}

TEST_CASE("Candidates can be asked with a person's own vectors, on either side of the relation",
          "[models]") {
  const Dataset data = toy_town();
  const ScoreFunction& score = find_score("transe-dot").function();
  constexpr std::size_t kDimension = 10;
  auto table = std::make_shared<EmbeddingTable>();
  table->entities = normal_table(data.graph.entity_count(), kDimension, 43);
  table->relations = normal_table(data.graph.relation_count(), kDimension, 44);
  const ToyVectors vectors(data, kDimension);
  const LinkScorer scorer(table, score, vectors.published);
  const LinkScorer alone = scorer.of_rows_alone();
  CHECK(alone.attribute_vectors() == nullptr);
  CHECK(scorer.attribute_vectors() == vectors.published.get());
  std::vector<EntityId> everyone;
  for (std::uint32_t e = 0; e < data.graph.entity_count(); ++e) everyone.emplace_back(e);
  std::size_t moved = 0;
  for (const bool inverse : {false, true}) {
    for (const AttributeSet added : {0U, 1U, 2U, 3U}) {
      FloatTable out(everyone.size(), everyone.size());
      scorer.score_candidates(everyone, RelationId(0), inverse, everyone, out.data(), out.stride(),
                              added);
      std::size_t different = 0;
      for (const EntityId p : everyone) {
        std::vector<float> person(table->entities.values(p.index()).begin(),
                                  table->entities.values(p.index()).end());
        vectors.published->add(p, added, person.data());
        moved += added != 0 && person[0] != table->entities.row(p.index())[0] ? 1U : 0U;
        for (const EntityId c : everyone) {
          const auto row = table->entities.values(c.index());
          const float expected = inverse ? alone.score_rows(row, RelationId(0), person)
                                         : alone.score_rows(person, RelationId(0), row);
          different += same_bits(out.row(p.index())[c.index()], expected) ? 0U : 1U;
        }
      }
      CHECK(different == 0);
    }
  }
  CHECK(moved > 0);
}

TEST_CASE("Heads are ranked by the same score, or by the reciprocal row", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    for (const bool reciprocal : {false, true}) {
      INFO(std::string(entry->id) << (reciprocal ? ", reciprocal" : ""));
      const auto table = large_table(entry->function(), reciprocal);
      const LinkScorer scorer(table, entry->function());
      const std::vector<HeadQuery> queries = {{RelationId(0), EntityId(7)},
                                              {RelationId(2), EntityId(519)}};
      const FloatTable heads = all_heads(scorer, queries);
      for (std::size_t i = 0; i < queries.size(); ++i) {
        const Doubles tail = row_of(table->entities, queries[i].tail.index());
        const std::size_t r = queries[i].relation.index();
        for (const std::size_t h : {0U, 5U, 255U, 256U, 519U, 529U}) {
          const Doubles head = row_of(table->entities, h);
          const double expected =
              reciprocal ? reference_score(entry->id, tail, row_of(table->relations, 3 + r), head)
                         : reference_score(entry->id, head, row_of(table->relations, r), tail);
          CHECK(static_cast<double>(heads.row(i)[h]) ==
                Approx(expected).epsilon(1e-5).margin(1e-5));
        }
        CHECK(same_bits(heads.row(i)[5], heads.row(i)[519]));
      }
    }
  }
}

TEST_CASE("A range of candidates has the bits of the whole list", "[models]") {
  for (const char* id : {"transe-dot", "rotate"}) {
    const LinkScorer scorer(large_table(find_score(id).function(), true),
                            find_score(id).function());
    const std::vector<TailQuery> tails = {{EntityId(4), RelationId(0)},
                                          {EntityId(9), RelationId(2)}};
    const std::vector<HeadQuery> heads = {{RelationId(1), EntityId(8)}};
    const FloatTable whole_tails = all_tails(scorer, tails);
    const FloatTable whole_heads = all_heads(scorer, heads);
    for (const auto& [first, last] : std::vector<std::pair<std::size_t, std::size_t>>{
             {0, 1}, {3, 530}, {250, 260}, {529, 530}}) {
      INFO(id << ", candidates " << first << " to " << last);
      const std::size_t stride = last - first + 5;
      std::vector<float> out(2 * stride, 99.0F);
      scorer.score_tails(tails, first, last, out.data(), stride);
      for (std::size_t i = 0; i < 2; ++i) {
        CHECK(std::equal(whole_tails.row(i) + first, whole_tails.row(i) + last,
                         out.begin() + static_cast<std::ptrdiff_t>(i * stride)));
        CHECK(out[i * stride + last - first] == 99.0F);
      }
      scorer.score_heads(heads, first, last, out.data(), stride);
      CHECK(std::equal(whole_heads.row(0) + first, whole_heads.row(0) + last, out.begin()));
    }
  }
}

TEST_CASE("The toy of four points has the known distances", "[models]") {
  auto table = std::make_shared<EmbeddingTable>();
  table->entities = FloatTable(4, 2);
  table->relations = FloatTable(1, 2);
  const float points[4][2] = {{0, 0}, {1, 0}, {2, 0}, {1, 1}};
  for (std::size_t e = 0; e < 4; ++e) std::copy_n(points[e], 2, table->entities.row(e));
  table->relations.row(0)[0] = 1.0F;
  const LinkScorer scorer(table, find_score("transe-l2").function());
  const FloatTable tails =
      all_tails(scorer, {{EntityId(1), RelationId(0)}, {EntityId(0), RelationId(0)}});
  const FloatTable heads = all_heads(scorer, {{RelationId(0), EntityId(3)}});
  const auto check = [](const float* row, const Doubles& distances) {
    for (std::size_t e = 0; e < 4; ++e)
      CHECK(static_cast<double>(-row[e]) == Approx(distances[e]).margin(1e-12));
  };
  check(tails.row(0), {2.0, 1.0, 0.0, 1.41421356});
  check(tails.row(1), {1.0, 0.0, 1.0, 1.0});
  check(heads.row(0), {1.0, 1.41421356, 2.23606798, 1.0});
}

TEST_CASE("Slopes of a score at free rows are its formula's", "[models]") {
  for (const ScoreEntry* entry : scores()) {
    INFO(std::string(entry->id));
    const auto table = large_table(entry->function(), true);
    const LinkScorer scorer(table, entry->function());
    Doubles h = row_of(table->entities, 1);
    Doubles t = row_of(table->entities, 2);
    const Doubles r = row_of(table->relations, 1);
    const auto value = [&] { return reference_score(entry->id, h, r, t); };
    std::vector<float> dh(10, 7.0F), dt(10, 7.0F);
    scorer.head_gradient(scorer.entity_row(EntityId(1)), RelationId(1),
                         scorer.entity_row(EntityId(2)), dh);
    scorer.tail_gradient(scorer.entity_row(EntityId(1)), RelationId(1),
                         scorer.entity_row(EntityId(2)), dt);
    for (std::size_t k = 0; k < 10; ++k) {
      CHECK(static_cast<double>(dh[k]) ==
            Approx(central_difference(h[k], value)).epsilon(1e-4).margin(1e-5));
      CHECK(static_cast<double>(dt[k]) ==
            Approx(central_difference(t[k], value)).epsilon(1e-4).margin(1e-5));
    }
  }
}

TEST_CASE("Attribute vectors enter exactly the triples that the whitelist allows", "[models]") {
  constexpr std::size_t kDimension = 6;
  for (const char* id : {"transe-dot", "transe-l2", "transe-l1", "distmult", "rotate"}) {
    for (const bool reciprocal : {false, true}) {
      for (const bool inverse_profession : {false, true}) {
        INFO(id << (reciprocal ? ", reciprocal" : "")
                << (inverse_profession ? ", inverse profession" : ""));
        const Dataset data = toy_people(inverse_profession);
        const ScoreFunction& score = find_score(id).function();
        const auto table = normal_embedding(data, score, kDimension, reciprocal, 61);
        const ToyVectors vectors(data, kDimension);
        const LinkScorer scorer(table, score, vectors.published);
        std::vector<TailQuery> tail_queries;
        std::vector<HeadQuery> head_queries;
        for (std::uint32_t r = 0; r < kToyRelations; ++r) {
          for (std::uint32_t e = 0; e < kToyEntities; ++e) {
            tail_queries.push_back({EntityId(e), RelationId(r)});
            head_queries.push_back({RelationId(r), EntityId(e)});
          }
        }
        const FloatTable tails = all_tails(scorer, tail_queries);
        const FloatTable heads = all_heads(scorer, head_queries);
        std::size_t wrong = 0;
        std::size_t different = 0;
        for (std::uint32_t r = 0; r < kToyRelations; ++r) {
          for (std::uint32_t h = 0; h < kToyEntities; ++h) {
            for (std::uint32_t t = 0; t < kToyEntities; ++t) {
              const AttributeSet set = allowed_attributes(data, r, h, t);
              Doubles head = row_of(table->entities, h);
              Doubles tail = row_of(table->entities, t);
              if (person_is_tail(data, r)) {
                tail = with_vectors(data, t, tail, set, vectors.values);
              } else {
                head = with_vectors(data, h, head, set, vectors.values);
              }
              const double forward = reference_score(id, head, row_of(table->relations, r), tail);
              const double backward =
                  reciprocal
                      ? reference_score(id, tail, row_of(table->relations, kToyRelations + r), head)
                      : forward;
              const float by_tail = tails.row(r * kToyEntities + h)[t];
              const float by_head = heads.row(r * kToyEntities + t)[h];
              const bool right =
                  static_cast<double>(by_tail) == Approx(forward).epsilon(1e-4).margin(1e-4) &&
                  static_cast<double>(by_head) == Approx(backward).epsilon(1e-4).margin(1e-4);
              if (!right) UNSCOPED_INFO("triple " << h << " " << r << " " << t);
              wrong += right ? 0U : 1U;
              const float single = scorer.score(EntityId(h), RelationId(r), EntityId(t));
              different += same_bits(single, by_tail) ? 0U : 1U;
            }
          }
        }
        CHECK(wrong == 0);
        CHECK(different == 0);
      }
    }
  }
}

TEST_CASE("Bias scores and free rows never see attribute vectors", "[models]") {
  const Dataset data = toy_people();
  const ScoreFunction& score = find_score("transe-dot").function();
  const auto table = normal_embedding(data, score, 6, false, 71);
  const ToyVectors vectors(data, 6);
  const LinkScorer with(table, score, vectors.published);
  const LinkScorer without(table, score);
  const std::vector<EntityId> persons = {EntityId(kAnn), EntityId(kBob)};
  const std::vector<EntityId> values = {EntityId(kAlto), EntityId(kBass)};
  FloatTable a(2, 2), b(2, 2);
  with.score_candidates(persons, RelationId(kVoice), false, values, a.data(), a.stride());
  without.score_candidates(persons, RelationId(kVoice), false, values, b.data(), b.stride());
  CHECK(a.digest() == b.digest());
  CHECK(with.score(persons[0], RelationId(kVoice), values[0]) !=
        without.score(persons[0], RelationId(kVoice), values[0]));
  CHECK(with.score_rows(with.entity_row(persons[0]), RelationId(kVoice),
                        with.entity_row(values[0])) == b.row(0)[0]);
}

TEST_CASE("Rules read the whitelist: relations, professions, twins and inverse persons",
          "[models][kl+attr]") {
  for (const bool inverse_profession : {false, true}) {
    const Dataset data = toy_people(inverse_profession);
    const AttributeRules rules(data.attributes, data.whitelist, kToyRelations);
    const std::map<std::uint32_t, AttributeSet> relations = {
        {kGender, 0U}, {kPeople, 0U}, {kProfession, 0U},   {kVoice, 1U},
        {kBornIn, 3U}, {kKnows, 0U},  {kToyRelations, 1U}, {kToyRelations + 1, 2U}};
    for (const auto& [relation, set] : relations) {
      INFO("relation " << relation);
      CHECK(rules.person_is_tail(relation) == person_is_tail(data, relation));
      const bool person_is_head = !person_is_tail(data, relation);
      const AskedSide value = person_is_head ? AskedSide::kTail : AskedSide::kHead;
      const AskedSide person = person_is_head ? AskedSide::kHead : AskedSide::kTail;
      const AttributeSets asked_for_value = rules.sets_for(relation, value, EntityId(kAnn));
      CHECK(asked_for_value.known == set);
      CHECK(asked_for_value.candidate == 0U);
      const AttributeSets asked_for_person = rules.sets_for(relation, person, EntityId(kPoet));
      CHECK(asked_for_person.known == 0U);
      CHECK(asked_for_person.candidate == set);
      CHECK(rules.asks_for_profession(relation, value) == (relation == kProfession));
      CHECK_FALSE(rules.asks_for_profession(relation, person));
    }
    const AskedSide who = inverse_profession ? AskedSide::kTail : AskedSide::kHead;
    CHECK(rules.sets_for(kProfession, who, EntityId(kKing)).candidate == 3U);
    CHECK(rules.sets_for(kBornIn, AskedSide::kHead, EntityId(kNun)).candidate == 3U);
    CHECK(rules.person_is_tail(kPeople));
    CHECK(rules.person_is_tail(kToyRelations + 1));
    CHECK(rules.person_is_tail(kProfession) == inverse_profession);
    CHECK(rules.of_profession(EntityId(kPoet)) == 0);
    CHECK(rules.of_profession(EntityId(kNun)) == 1);
    CHECK(rules.of_profession(EntityId(kKing)) == 3);
    CHECK(rules.professions().size() == 2);
  }
  Dataset data = toy_people();
  data.whitelist.entries[1].inverse_relations = {RelationId(kKnows)};
  const AttributeRules rules(data.attributes, data.whitelist, kToyRelations);
  CHECK(rules.sets_for(kKnows, AskedSide::kTail, EntityId(kAnn)).candidate == 2U);
  CHECK(rules.sets_for(kKnows, AskedSide::kHead, EntityId(kAnn)).known == 2U);
  CHECK(rules.person_is_tail(kKnows));
}
