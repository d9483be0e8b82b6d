#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::datasets {

inline constexpr std::string_view kPlantedPeopleId = "planted-people";

/// entities, strength, female_share, gender_stated, held_out, seed.
[[nodiscard]] std::span<const ParameterSpec> planted_people_parameters();

class PlantedWorld;

enum class SplitName { kTrain, kValid, kTest };

/// A made graph of people, like a cut of Wikidata, whose dependence between sensitive attributes
/// and professions is known exactly.
///
/// A person has a country (skewed), an ethnicity (mostly the country's), a religion (mostly the
/// ethnicity's), a gender (independent of all these) and one drawn profession:
///
///   P(o | g, r, e, c) = 0.7 G(o | g) + 0.1 R(o | r) + 0.1 E(o | e) + 0.1 C(o | c),
///   G(o | g) proportional to b(o) exp(strength u(o, g)),  u(o, female) = z_o / 2 = -u(o, male),
///
/// likewise R, E, C with standard normal u; b falls like 1 / rank; z_o is standard normal. With
/// probability 0.3 the broader profession of the drawn one is stated too. Both genders share the
/// other terms, so P(has o | g) is known in closed form; its log ratio is the planted truth, and at
/// strength 0 it is 0 for every profession. Everything else a person states (places, languages,
/// names, schools, employers, awards, marriages, influences) depends on these facts, never the
/// other way round, so attributes can be inferred from the graph but the planted truth stays as it
/// is. Every entity states its class in train, so that nothing in valid or test is unseen.
///
/// Each entity is drawn from its own random substream: what it states does not depend on who asks
/// for it, nor in which order. Memory is bounded by the profession tables (under 2 MiB).
class PlantedPeople {
 public:
  /// `parameters` resolve planted_people_parameters().
  explicit PlantedPeople(const Parameters& parameters);
  ~PlantedPeople();
  PlantedPeople(PlantedPeople&&) noexcept;
  PlantedPeople& operator=(PlantedPeople&&) noexcept;

  [[nodiscard]] const Parameters& parameters() const;
  [[nodiscard]] std::uint32_t entity_count() const;
  [[nodiscard]] std::uint32_t person_count() const;
  /// "person_17", "female", "country_3" ...; unique.
  [[nodiscard]] std::string entity_name(EntityId e) const;
  [[nodiscard]] std::span<const std::string_view> relation_names() const;

  using Sink = std::function<void(SplitName, const Triple&)>;
  /// Gives every triple that the entities [first, last) state, by ascending entity. Calls over
  /// consecutive ranges give the same triples in the same order as one call over all.
  void stream(std::uint32_t first, std::uint32_t last, const Sink& sink) const;

  /// `stream` over the whole graph in steps: tells its progress and throws Interrupted when the
  /// user asks to stop.
  void stream_all(Progress& progress, const Sink& sink) const;

  /// log(P(has o | female) / P(has o | male)) per profession entity, by ascending id.
  [[nodiscard]] PlantedTruth truth() const;

 private:
  std::unique_ptr<const PlantedWorld> world_;
};

/// The card of such a graph, as TOML without files and counts.
[[nodiscard]] std::string planted_people_card();

/// The graph in memory, with attributes, whitelist, integrity report and truth. Ids are those that
/// reading the written files gives: the graph's digest is the same either way.
[[nodiscard]] Dataset make_planted_people(const Parameters& parameters,
                                          Progress& progress = silent_progress());

}  // namespace kgaudit::datasets
