#include "datasets/planted/planted_people.hpp"

#include <algorithm>
#include <array>

#include "datasets/card_names.hpp"
#include "datasets/dataset_card.hpp"
#include "datasets/integrity.hpp"
#include "datasets/planted/planted_world.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::datasets {

std::span<const ParameterSpec> planted_people_parameters() {
  static const std::vector<ParameterSpec> table{
      ParameterSpec::integer("entities", 6000, 1000, 10'000'000, "entities",
                             "Size of the graph; about two thirds are persons"),
      ParameterSpec::real("strength", 1.0, 0.0, 4.0, "",
                          "How strongly attributes decide the profession; 0 = not at all"),
      ParameterSpec::real("female_share", 0.3, 0.05, 0.95, "share",
                          "Probability that a person is female"),
      ParameterSpec::real("gender_stated", 0.9, 0.1, 1.0, "share",
                          "Probability that a person's gender is stated"),
      ParameterSpec::real("held_out", 0.05, 0.01, 0.2, "share",
                          "Share of what persons and works state that goes to valid, and as much "
                          "again to test"),
      ParameterSpec::integer("data_seed", 1, 0, INT64_C(1) << 53, "",
                             "Seed of the made data; has nothing to do with the training's seed"),
  };
  return table;
}

PlantedPeople::PlantedPeople(const Parameters& parameters)
    : world_(std::make_unique<const PlantedWorld>(parameters)) {}
PlantedPeople::~PlantedPeople() = default;
PlantedPeople::PlantedPeople(PlantedPeople&&) noexcept = default;
PlantedPeople& PlantedPeople::operator=(PlantedPeople&&) noexcept = default;

const Parameters& PlantedPeople::parameters() const { return world_->parameters(); }
std::uint32_t PlantedPeople::entity_count() const { return world_->entity_count(); }
std::uint32_t PlantedPeople::person_count() const { return world_->size(PlantedWorld::kPerson); }
std::string PlantedPeople::entity_name(EntityId e) const { return world_->name_of(e); }
std::span<const std::string_view> PlantedPeople::relation_names() const {
  return PlantedWorld::relation_names();
}
PlantedTruth PlantedPeople::truth() const { return world_->truth(); }

void PlantedPeople::stream(std::uint32_t first, std::uint32_t last, const Sink& sink) const {
  const PlantedWorld& world = *world_;
  KGA_REQUIRE(first <= last && last <= entity_count(), "[{}, {}) of {}", first, last,
              entity_count());
  for (std::uint32_t e = first; e < last; ++e) {
    const EntityId self(e);
    const PlantedWorld::Kind kind = world.kind_of(self);
    const EntityId own_class = world.entity(PlantedWorld::kClass, static_cast<std::uint32_t>(kind));
    // The class of classes would be a self-loop; it occurs as the class of the others.
    if (own_class != self) {
      sink(SplitName::kTrain, {self, RelationId(PlantedWorld::kInstanceOf), own_class});
    }
    if (kind == PlantedWorld::kPerson || kind == PlantedWorld::kWork) {
      Rng rng = world.splits_of(self);
      world.state_facts(self, [&](PlantedWorld::Relation relation, EntityId tail) {
        const double u = rng.uniform();
        const SplitName split = u < world.held_out()       ? SplitName::kValid
                                : u < 2 * world.held_out() ? SplitName::kTest
                                                           : SplitName::kTrain;
        sink(split, {self, RelationId(relation), tail});
      });
    } else {
      world.state_facts(self, [&](PlantedWorld::Relation relation, EntityId tail) {
        sink(SplitName::kTrain, {self, RelationId(relation), tail});
      });
    }
  }
}

void PlantedPeople::stream_all(Progress& progress, const Sink& sink) const {
  constexpr std::uint32_t kStep = 16384;
  Stage stage(progress, "making planted-people", entity_count());
  for (std::uint32_t e = 0; e < entity_count(); e += kStep) {
    const std::uint32_t end = std::min(entity_count(), e + kStep);
    stream(e, end, sink);
    stage.advance(end);
    if (progress.stop_requested()) throw Interrupted();
  }
}

std::string planted_people_card() {
  return R"card(id = "planted-people"
title = "Planted people"
description = "A made, Wikidata-like graph of people in which the dependence between gender and profession is known exactly"
licence = "CC0 (made by kgaudit)"
citation = "kgaudit"

# Most given names are for one gender, and family names are handed down within an ethnicity.
[[sensitive]]
id = "gender"
relation = "gender"
proxies = [{ relation = "given_name" }]

[[sensitive]]
id = "religion"
relation = "religion"

[[sensitive]]
id = "ethnicity"
relation = "ethnicity"
proxies = [{ relation = "family_name" }]

[[sensitive]]
id = "nationality"
relation = "nationality"

[profession]
relation = "profession"

# Facts that are about the attribute itself.
[whitelist.gender]
relations = ["given_name", "spouse"]

[whitelist.ethnicity]
relations = ["native_language", "speaks", "family_name"]

[whitelist.nationality]
relations = ["place_of_birth", "residence", "speaks"]
)card";
}

Dataset make_planted_people(const Parameters& parameters, Progress& progress) {
  const PlantedPeople people(parameters);
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::array<std::vector<Triple>, 3> splits;
  people.stream_all(progress, [&](SplitName split, const Triple& t) {
    splits[static_cast<std::size_t>(split)].push_back(t);
  });
  // Ids by first appearance, exactly as reading the written files gives them.
  std::vector<std::uint32_t> entity_id(people.entity_count(), kNone);
  std::vector<std::uint32_t> relation_id(people.relation_names().size(), kNone);
  std::vector<std::string> entities;
  std::vector<std::string> relations;
  for (auto& split : splits) {
    for (Triple& t : split) {
      const auto renumber = [&](EntityId e) {
        if (entity_id[e.index()] == kNone) {
          entity_id[e.index()] = static_cast<std::uint32_t>(entities.size());
          entities.push_back(people.entity_name(e));
        }
        return EntityId(entity_id[e.index()]);
      };
      t.head = renumber(t.head);
      if (relation_id[t.relation.index()] == kNone) {
        relation_id[t.relation.index()] = static_cast<std::uint32_t>(relations.size());
        relations.emplace_back(people.relation_names()[t.relation.index()]);
      }
      t.relation = RelationId(relation_id[t.relation.index()]);
      t.tail = renumber(t.tail);
    }
  }
  KGA_REQUIRE(entities.size() == people.entity_count(), "{} of {} entities occur", entities.size(),
              people.entity_count());

  const DatasetCard card = parse_card(planted_people_card(), "planted-people");
  Dataset data;
  data.id = card.id;
  data.title = card.title;
  data.graph = KnowledgeGraph(Vocabulary(std::move(entities)), Vocabulary(std::move(relations)),
                              std::move(splits[0]), std::move(splits[1]), std::move(splits[2]));
  data.attributes = resolve_attributes(card, data.graph);
  data.whitelist = resolve_whitelist(card.whitelist, data.graph, data.attributes);
  data.labels = data.graph.entities().names();
  data.integrity = check_integrity(data.graph, data.attributes, data.labels, data.whitelist);
  data.truth = people.truth();
  for (auto& [profession, log_odds] : data.truth->gender_log_odds) {
    profession = EntityId(entity_id[profession.index()]);
  }
  return data;
}

}  // namespace kgaudit::datasets
