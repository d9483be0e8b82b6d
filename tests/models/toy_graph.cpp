#include "tests/models/toy_graph.hpp"

#include <algorithm>

#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::tests {

using datasets::AttributeTable;
using datasets::Dataset;
using datasets::KnowledgeGraph;
using datasets::PersonRelation;
using datasets::Triple;
using datasets::Vocabulary;
using models::AttributeSet;

Triple triple(std::uint32_t h, std::uint32_t r, std::uint32_t t) {
  return {EntityId(h), RelationId(r), EntityId(t)};
}

namespace {

std::vector<std::string> numbered(const char* stem, std::uint32_t n) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < n; ++i) names.push_back(stem + std::to_string(i));
  return names;
}

Dataset dataset_of(KnowledgeGraph graph, bool inverse_profession) {
  Dataset data;
  data.id = "toy";
  data.title = "Toy";
  data.graph = std::move(graph);
  data.attributes =
      AttributeTable(data.graph,
                     {PersonRelation{"gender", RelationId(kGender), false},
                      PersonRelation{"ethnicity", RelationId(kPeople), true}},
                     PersonRelation{"profession", RelationId(kProfession), inverse_profession});
  data.whitelist.entries.resize(2);
  data.whitelist.entries[0].relations = {RelationId(kVoice), RelationId(kBornIn)};
  data.whitelist.entries[1].relations = {RelationId(kBornIn)};
  data.labels = data.graph.entities().names();
  return data;
}

}  // namespace

Dataset toy_people(bool inverse_profession) {
  const auto works = [&](std::uint32_t person, std::uint32_t profession) {
    return inverse_profession ? triple(profession, kProfession, person)
                              : triple(person, kProfession, profession);
  };
  std::vector<Triple> train = {triple(kAnn, kGender, kFemale),
                               triple(kBob, kGender, kMale),
                               triple(kCy, kGender, kMale),
                               triple(kDee, kGender, kFemale),
                               triple(kDee, kGender, kMale),
                               triple(kNorse, kPeople, kAnn),
                               triple(kCelt, kPeople, kBob),
                               triple(kNorse, kPeople, kCy),
                               triple(kCelt, kPeople, kCy),
                               triple(kRoman, kPeople, kDee),
                               works(kAnn, kNun),
                               works(kBob, kKing),
                               works(kCy, kPoet),
                               works(kDee, kPoet),
                               works(kEve, kNun),
                               triple(kAnn, kVoice, kAlto),
                               triple(kBob, kVoice, kBass),
                               triple(kEve, kVoice, kAlto),
                               triple(kDee, kVoice, kAlto),
                               triple(kAnn, kBornIn, kTown),
                               triple(kCy, kBornIn, kTown),
                               triple(kEve, kBornIn, kTown),
                               triple(kAnn, kKnows, kBob),
                               triple(kEve, kKnows, kDee)};
  Dataset data = dataset_of({Vocabulary(numbered("e", kToyEntities)),
                             Vocabulary(numbered("r", kToyRelations)),
                             std::move(train),
                             {},
                             {}},
                            inverse_profession);
  data.whitelist.entries[0].professions = {EntityId(kNun), EntityId(kKing)};
  data.whitelist.entries[1].professions = {EntityId(kKing)};
  return data;
}

// Entities: 0 male, 1 female, 2 .. 4 ethnicities, 5 .. 10 professions, 11 alto, 12 bass,
// 13 .. 15 towns, then persons.
Dataset toy_town(std::uint32_t persons) {
  Rng rng(11, "test.town");
  std::vector<Triple> train;
  for (std::uint32_t i = 0; i < persons; ++i) {
    const std::uint32_t person = kFirstTownPerson + i;
    const std::uint32_t gender = i % 2;
    const std::uint32_t people = rng.below(3);
    train.push_back(triple(person, kGender, gender));
    train.push_back(triple(2 + people, kPeople, person));
    const bool typical = rng.uniform() < 0.9;
    train.push_back(
        triple(person, kProfession, 5 + rng.below(3) + ((gender == 1) == typical ? 3 : 0)));
    train.push_back(triple(person, kVoice, gender == 1 ? 11 : 12));
    train.push_back(triple(person, kBornIn, 13 + (rng.uniform() < 0.8 ? people : rng.below(3))));
    train.push_back(triple(person, kKnows, kFirstTownPerson + rng.below(persons)));
  }
  Dataset data = dataset_of({Vocabulary(numbered("e", kFirstTownPerson + persons)),
                             Vocabulary(numbered("r", kToyRelations)),
                             std::move(train),
                             {},
                             {}},
                            false);
  data.whitelist.entries[0].professions = {EntityId(5)};
  data.whitelist.entries[1].professions = {EntityId(5), EntityId(8)};
  return data;
}

Parameters parameters_of(
    std::span<const ParameterSpec> table,
    std::initializer_list<std::pair<std::string_view, std::string_view>> changes) {
  Parameters parameters(table);
  for (const auto& [name, text] : changes) parameters.set(name, text, "test");
  return parameters;
}

Parameters toy_training() {
  return parameters_of(models::training_parameters(), {{"dimension", "12"},
                                                       {"epochs", "12"},
                                                       {"batch_size", "100"},
                                                       {"chunk_size", "15"},
                                                       {"uniform_negatives", "9"},
                                                       {"initial_scale", "0.1"}});
}

ToyBatch::ToyBatch(const Dataset& data) {
  const auto n = static_cast<std::uint32_t>(data.graph.entity_count());
  slot.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    entities.push_back(n - 1 - i);
    slot[n - 1 - i] = i;
  }
  batch.step = 1;
  batch.learning_rate = 0.1F;
  batch.positives = data.graph.train();
  batch.entities = entities;
  batch.slot = slot;
}

std::shared_ptr<models::EmbeddingTable> normal_embedding(const Dataset& data,
                                                         const models::ScoreFunction& score,
                                                         std::size_t dimension, bool reciprocal,
                                                         std::uint64_t seed) {
  auto table = std::make_shared<models::EmbeddingTable>();
  table->entities = normal_table(data.graph.entity_count(), dimension, seed);
  table->relations = normal_table(data.graph.relation_count() * (reciprocal ? 2 : 1),
                                  score.relation_width(dimension), seed + 1);
  table->reciprocal = reciprocal;
  return table;
}

bool person_is_tail(const Dataset& data, std::uint32_t relation) {
  const auto relations = static_cast<std::uint32_t>(data.graph.relation_count());
  const auto sensitive = data.attributes.sensitive();
  if (relation >= relations) return sensitive[relation - relations].source().inverse;
  if (const auto j = data.attributes.sensitive_index(RelationId(relation)))
    return sensitive[*j].source().inverse;
  const auto& profession = data.attributes.profession();
  return profession && profession->source().relation.value == relation &&
         profession->source().inverse;
}

AttributeSet allowed_attributes(const Dataset& data, std::uint32_t relation, std::uint32_t head,
                                std::uint32_t tail) {
  const auto relations = static_cast<std::uint32_t>(data.graph.relation_count());
  if (relation >= relations) return 1U << (relation - relations);
  AttributeSet set = data.whitelist.allowed(RelationId(relation));
  const auto& profession = data.attributes.profession();
  if (profession && profession->source().relation.value == relation) {
    set |=
        data.whitelist.allowed_profession(profession->source().value(triple(head, relation, tail)));
  }
  return set;
}

Doubles with_vectors(const Dataset& data, std::uint32_t entity, Doubles row, AttributeSet set,
                     const std::vector<Doubles>& vectors) {
  std::size_t first = 0;
  for (std::size_t j = 0; j < data.attributes.sensitive().size(); ++j) {
    const auto& attribute = data.attributes.sensitive()[j];
    const auto values = attribute.train_values(EntityId(entity));
    if ((set >> j & 1U) != 0) {
      for (const std::uint32_t v : values) {
        for (std::size_t k = 0; k < row.size(); ++k)
          row[k] += vectors[first + v][k] / static_cast<double>(values.size());
      }
    }
    first += attribute.values().size();
  }
  return row;
}

}  // namespace kgaudit::tests
