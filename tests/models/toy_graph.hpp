#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/attribute_rules.hpp"
#include "models/scoring/score_function.hpp"
#include "models/training/system.hpp"
#include "suite/base/parameters.hpp"
#include "tests/models/reference.hpp"

namespace kgaudit::tests {

[[nodiscard]] datasets::Triple triple(std::uint32_t h, std::uint32_t r, std::uint32_t t);

/// Entities of toy_people.
enum ToyEntity : std::uint32_t {
  kAnn,
  kBob,
  kCy,   ///< two ethnicities
  kDee,  ///< two genders
  kEve,  ///< a person of whom no sensitive value is known
  kMale,
  kFemale,
  kPoet,
  kNun,   ///< whitelisted for gender
  kKing,  ///< whitelisted for gender and ethnicity
  kNorse,
  kCelt,
  kRoman,
  kAlto,
  kBass,
  kTown,
  kToyEntities
};
/// Relations of toy_people.
enum ToyRelation : std::uint32_t {
  kGender,
  kPeople,      ///< of an ethnicity: the person is the tail
  kProfession,  ///< the person is the head, or the tail with `inverse_profession`
  kVoice,       ///< whitelisted for gender
  kBornIn,      ///< whitelisted for gender and ethnicity
  kKnows,
  kToyRelations
};

/// Five persons with gender (attribute 0), ethnicity (attribute 1, an inverse relation) and
/// profession.
[[nodiscard]] datasets::Dataset toy_people(bool inverse_profession = false);

/// A town of `persons` people, large enough to train on: gender goes with the profession, voices
/// with gender, ethnicity (inverse) with the birthplace.
[[nodiscard]] datasets::Dataset toy_town(std::uint32_t persons = 60);
/// The value entities of gender in toy_town: male, female.
inline constexpr std::uint32_t kTownGenders[] = {0, 1};
inline constexpr std::uint32_t kFirstTownPerson = 16;

/// Every row of the table at its default but for these.
[[nodiscard]] Parameters parameters_of(
    std::span<const ParameterSpec> table,
    std::initializer_list<std::pair<std::string_view, std::string_view>> changes);

/// Shared training parameters that suit a toy town: small, quick, off the origin.
[[nodiscard]] Parameters toy_training();

/// A batch of all training triples whose entities are all entities, in another order than their
/// ids.
struct ToyBatch {
  explicit ToyBatch(const datasets::Dataset& data);
  std::vector<std::uint32_t> entities;
  std::vector<std::uint32_t> slot;
  models::Batch batch;
};

/// Normal values for every entity and relation row.
[[nodiscard]] std::shared_ptr<models::EmbeddingTable> normal_embedding(
    const datasets::Dataset& data, const models::ScoreFunction& score, std::size_t dimension,
    bool reciprocal, std::uint64_t seed);

/// The sensitive attributes that may be used for a triple whose relation row is `relation` (twins
/// stand behind the graph's relations), read off the whitelist itself.
[[nodiscard]] models::AttributeSet allowed_attributes(const datasets::Dataset& data,
                                                      std::uint32_t relation, std::uint32_t head,
                                                      std::uint32_t tail);
/// Whether the person of the relation row is the tail.
[[nodiscard]] bool person_is_tail(const datasets::Dataset& data, std::uint32_t relation);
/// row + the mean of the vectors of `entity`'s values for each attribute in the set; vector rows
/// stand attribute after attribute.
[[nodiscard]] Doubles with_vectors(const datasets::Dataset& data, std::uint32_t entity, Doubles row,
                                   models::AttributeSet set, const std::vector<Doubles>& vectors);

}  // namespace kgaudit::tests
