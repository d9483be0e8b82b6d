#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.hpp"
#include "suite/base/ids.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::datasets {

/// P(profession | value) of one attribute, as running sums for drawing.
class ProfessionTable {
 public:
  ProfessionTable() = default;
  ProfessionTable(std::uint32_t professions, std::uint32_t values)
      : professions_(professions), sums_(std::size_t{professions} * values) {}

  /// `tilt(o)` is the exponent of profession o for this value; asked once for each, in order.
  void fill(std::uint32_t value, const std::function<double(std::uint32_t)>& tilt);
  /// The profession whose stretch of [0, 1) holds `u`.
  [[nodiscard]] std::uint32_t draw(std::uint32_t value, double u) const;
  [[nodiscard]] double probability(std::uint32_t value, std::uint32_t profession) const;

 private:
  std::uint32_t professions_ = 0;
  std::vector<double> sums_;  ///< [value][profession]
};

/// What is true in a made world, and what its entities state of it: the model behind PlantedPeople,
/// whose comment has the formulas. Every entity draws from a random substream of its own.
class PlantedWorld {
 public:
  /// Kinds of entities, in id order. A kind's entities have consecutive ids.
  enum Kind : std::size_t {
    kPerson,
    kGender,
    kReligion,
    kEthnicity,
    kCountry,
    kProfession,
    kField,
    kContinent,
    kLanguage,
    kCity,
    kSchool,
    kEmployer,
    kAward,
    kGivenName,
    kFamilyName,
    kGenre,
    kWork,
    kClass,
    kKinds
  };

  enum Relation : std::uint32_t {
    kInstanceOf,
    kHasGender,
    kHasReligion,
    kHasEthnicity,
    kHasNationality,
    kHasProfession,
    kBornIn,
    kLivesIn,
    kNativeLanguage,
    kSpeaks,
    kHasGivenName,
    kHasFamilyName,
    kEducatedAt,
    kFieldOfWork,
    kEmployedBy,
    kAwarded,
    kInfluencedBy,
    kSpouse,
    kLocatedIn,
    kOnContinent,
    kOfficialLanguage,
    kTraditionalLanguage,
    kIndustry,
    kHeadquarters,
    kPartOf,
    kConferredFor,
    kHasGenre,
    kCreator,
    kWrittenIn,
    kRelations
  };

  static constexpr std::uint32_t kMale = 0;
  static constexpr std::uint32_t kFemale = 1;

  /// What is true of a person, stated or not.
  struct Person {
    std::uint32_t country = 0;
    std::uint32_t ethnicity = 0;
    std::uint32_t religion = 0;
    std::uint32_t gender = kMale;
    std::uint32_t profession = 0;
  };

  explicit PlantedWorld(const Parameters& parameters);

  [[nodiscard]] const Parameters& parameters() const { return parameters_; }
  [[nodiscard]] std::uint32_t entity_count() const { return first_[kKinds]; }
  [[nodiscard]] std::uint32_t size(Kind kind) const { return size_[kind]; }
  [[nodiscard]] EntityId entity(Kind kind, std::uint32_t index) const {
    return EntityId(first_[kind] + index);
  }
  [[nodiscard]] Kind kind_of(EntityId e) const;
  [[nodiscard]] std::string name_of(EntityId e) const;
  static std::span<const std::string_view> relation_names();

  [[nodiscard]] Person person(std::uint32_t index) const;

  using State = std::function<void(Relation, EntityId tail)>;
  /// Calls `state` for everything that this entity says of itself, its class aside.
  void state_facts(EntityId e, const State& state) const;
  /// The stream that deals this entity's facts out to the splits.
  [[nodiscard]] Rng splits_of(EntityId e) const { return splits_.at(e.value); }
  [[nodiscard]] double held_out() const { return held_out_; }

  /// log(P(has o | female) / P(has o | male)) per profession entity, by ascending id.
  [[nodiscard]] PlantedTruth truth() const;

 private:
  [[nodiscard]] std::uint64_t seed() const;
  void set_sizes();
  void fill_tables();

  [[nodiscard]] std::uint32_t country_of(std::uint32_t person) const;
  [[nodiscard]] std::uint32_t main_ethnicity(std::uint32_t country) const {
    return country % size_[kEthnicity];
  }
  [[nodiscard]] std::uint32_t main_language(std::uint32_t country) const {
    return main_ethnicity(country) % size_[kLanguage];
  }
  static std::optional<std::uint32_t> broader(std::uint32_t profession);

  void person_facts(std::uint32_t index, const State& state) const;
  void attribute_facts(const Person& p, Rng& rng, const State& state) const;
  void life_facts(const Person& p, Rng& rng, const State& state) const;
  void influence_facts(std::uint32_t index, const Person& p, Rng& rng, const State& state) const;
  void marriage_facts(std::uint32_t index, const Person& p, const State& state) const;
  void work_facts(std::uint32_t index, const State& state) const;
  void thing_facts(Kind kind, std::uint32_t index, const State& state) const;

  Parameters parameters_;
  double strength_;
  double female_share_;
  double gender_stated_;
  double held_out_;
  std::array<std::uint32_t, kKinds> size_{};
  std::array<std::uint32_t, kKinds + 1> first_{};  ///< first id of each kind
  Rng countries_;
  Rng persons_;
  Rng facts_;
  Rng splits_;
  ProfessionTable by_gender_;
  ProfessionTable by_religion_;
  ProfessionTable by_ethnicity_;
  ProfessionTable by_country_;
};

}  // namespace kgaudit::datasets
