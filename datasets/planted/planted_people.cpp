#include "datasets/planted/planted_people.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>

#include <nlohmann/json.hpp>

#include "datasets/integrity.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/files/strict_json.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {

namespace {

namespace fs = std::filesystem;

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

constexpr std::array<std::string_view, kKinds> kKindNames{
    "person", "gender",     "religion",    "ethnicity", "country", "profession",
    "field",  "continent",  "language",    "city",      "school",  "employer",
    "award",  "given_name", "family_name", "genre",     "work",    "class"};

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

constexpr std::array<std::string_view, kRelations> kRelationNames{"instance_of",
                                                                  "gender",
                                                                  "religion",
                                                                  "ethnicity",
                                                                  "nationality",
                                                                  "profession",
                                                                  "place_of_birth",
                                                                  "residence",
                                                                  "native_language",
                                                                  "speaks",
                                                                  "given_name",
                                                                  "family_name",
                                                                  "educated_at",
                                                                  "field_of_work",
                                                                  "employer",
                                                                  "award_received",
                                                                  "influenced_by",
                                                                  "spouse",
                                                                  "located_in",
                                                                  "continent",
                                                                  "official_language",
                                                                  "traditional_language",
                                                                  "industry",
                                                                  "headquarters",
                                                                  "part_of",
                                                                  "conferred_for",
                                                                  "genre",
                                                                  "creator",
                                                                  "written_in"};

constexpr std::uint32_t kMale = 0;
constexpr std::uint32_t kFemale = 1;

// How much of a person's profession each of its attributes decides.
constexpr double kGenderWeight = 0.7;
constexpr double kOtherWeight = 0.1;
constexpr double kBroaderStated = 0.3;
constexpr std::uint32_t kBroaderStep = 4;  // professions come in families of four

/// A rank in [0, n) with probability ln((k + 2) / (k + 1)) / ln(n + 1): about 1 / rank.
std::uint32_t skewed(Rng& rng, std::uint32_t n) {
  const double rank = std::exp(rng.uniform() * std::log(static_cast<double>(n) + 1.0)) - 1.0;
  return std::min(static_cast<std::uint32_t>(std::max(rank, 0.0)), n - 1);
}

double skewed_probability(std::uint32_t rank, std::uint32_t n) {
  const double k = rank;
  return std::log((k + 2.0) / (k + 1.0)) / std::log(static_cast<double>(n) + 1.0);
}

/// One of the members of [0, n) that are congruent to `owner` modulo `owners`, skewed. n >= owners.
std::uint32_t skewed_of(Rng& rng, std::uint32_t n, std::uint32_t owner, std::uint32_t owners) {
  const std::uint32_t members = (n - owner + owners - 1) / owners;
  return owner + owners * skewed(rng, members);
}

/// P(profession | value) of one attribute, as running sums for drawing.
class ProfessionTable {
 public:
  ProfessionTable(std::uint32_t professions, std::uint32_t values)
      : professions_(professions), sums_(std::size_t{professions} * values) {}

  /// `tilt(o)` is the exponent of profession o for this value.
  template <typename Tilt>
  void fill(std::uint32_t value, const Tilt& tilt) {
    double* row = sums_.data() + std::size_t{value} * professions_;
    double total = 0.0;
    for (std::uint32_t o = 0; o < professions_; ++o)
      row[o] = total += skewed_probability(o, professions_) * std::exp(tilt(o));
    for (std::uint32_t o = 0; o < professions_; ++o) row[o] /= total;
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t value, double u) const {
    const auto row = sums_.begin() + static_cast<std::ptrdiff_t>(std::size_t{value} * professions_);
    const auto end = row + static_cast<std::ptrdiff_t>(professions_);
    return std::min(static_cast<std::uint32_t>(std::upper_bound(row, end, u) - row),
                    professions_ - 1);
  }
  [[nodiscard]] double probability(std::uint32_t value, std::uint32_t o) const {
    const double* row = sums_.data() + std::size_t{value} * professions_;
    return o == 0 ? row[0] : row[o] - row[o - 1];
  }

 private:
  std::uint32_t professions_;
  std::vector<double> sums_;
};

/// What is true of a person, stated or not.
struct Person {
  std::uint32_t country = 0;
  std::uint32_t ethnicity = 0;
  std::uint32_t religion = 0;
  std::uint32_t gender = kMale;
  std::uint32_t profession = 0;
};

std::uint32_t scaled(std::uint32_t entities, double share, std::uint32_t low, std::uint32_t high) {
  return std::clamp(static_cast<std::uint32_t>(share * entities), low, high);
}

}  // namespace

std::span<const ParameterSpec> planted_people_parameters() {
  static const std::vector<ParameterSpec> table{
      ParameterSpec::integer("entities", 6000, 1000, 10'000'000, "entities",
                             "Size of the graph; about two thirds are persons."),
      ParameterSpec::real("strength", 1.0, 0.0, 4.0, "",
                          "How strongly attributes decide the profession; 0 = not at all."),
      ParameterSpec::real("female_share", 0.3, 0.05, 0.95, "share",
                          "Probability that a person is female."),
      ParameterSpec::real("gender_stated", 0.9, 0.1, 1.0, "share",
                          "Probability that a person's gender is stated."),
      ParameterSpec::real("held_out", 0.05, 0.01, 0.2, "share",
                          "Share of what persons and works state that goes to valid, and as much "
                          "again to test."),
      ParameterSpec::integer("data_seed", 1, 0, INT64_C(1) << 53, "",
                             "Seed of the made data; has nothing to do with the training's seed."),
  };
  return table;
}

struct PlantedPeople::World {
  Parameters parameters;
  double strength;
  double female_share;
  double gender_stated;
  double held_out;
  std::array<std::uint32_t, kKinds> size{};
  std::array<std::uint32_t, kKinds + 1> first{};
  Rng countries;
  Rng persons;
  Rng facts;
  Rng splits;
  ProfessionTable by_gender{0, 0};
  ProfessionTable by_religion{0, 0};
  ProfessionTable by_ethnicity{0, 0};
  ProfessionTable by_country{0, 0};

  explicit World(const Parameters& p)
      : parameters(p),
        strength(p.real("strength")),
        female_share(p.real("female_share")),
        gender_stated(p.real("gender_stated")),
        held_out(p.real("held_out")),
        countries(seed(), "planted-people/country"),
        persons(seed(), "planted-people/person"),
        facts(seed(), "planted-people/facts"),
        splits(seed(), "planted-people/split") {
    const auto entities = static_cast<std::uint32_t>(p.integer("entities"));
    size[kGender] = 2;
    size[kReligion] = 8;
    size[kEthnicity] = 12;
    size[kCountry] = scaled(entities, 1.0 / 300, 6, 200);
    size[kProfession] = scaled(entities, 1.0 / 150, 16, 400);
    size[kField] = (size[kProfession] + kBroaderStep - 1) / kBroaderStep;
    size[kContinent] = 5;
    size[kLanguage] = size[kEthnicity];
    size[kCity] = scaled(entities, 0.05, 2 * size[kCountry], entities);
    size[kSchool] = scaled(entities, 0.02, size[kCountry], entities);
    size[kEmployer] = scaled(entities, 0.05, size[kProfession], entities);
    size[kAward] = scaled(entities, 0.01, size[kProfession], entities);
    size[kGivenName] = scaled(entities, 0.02, 30, 6000);
    size[kFamilyName] = scaled(entities, 0.03, 36, 60000);
    size[kGenre] = size[kProfession];
    size[kWork] = scaled(entities, 0.1, 10, entities);
    size[kClass] = kKinds;
    std::uint32_t others = 0;
    for (std::size_t kind = kPerson + 1; kind < kKinds; ++kind) others += size[kind];
    KGA_REQUIRE(others < entities / 2, "{} of {} entities are no persons", others, entities);
    size[kPerson] = entities - others;
    for (std::size_t kind = 0; kind < kKinds; ++kind) first[kind + 1] = first[kind] + size[kind];

    const Rng weights(seed(), "planted-people/weights");
    const auto random_table = [&](std::uint64_t stream, Kind kind) {
      ProfessionTable table(size[kProfession], size[kind]);
      for (std::uint32_t value = 0; value < size[kind]; ++value) {
        Rng rng = weights.at(stream << 32U | value);
        table.fill(value, [&](std::uint32_t) { return strength * rng.normal(); });
      }
      return table;
    };
    by_gender = ProfessionTable(size[kProfession], 2);
    for (const std::uint32_t gender : {kMale, kFemale}) {
      Rng rng = weights.at(0);  // the same z_o for both
      by_gender.fill(gender, [&](std::uint32_t) {
        return (gender == kFemale ? 0.5 : -0.5) * strength * rng.normal();
      });
    }
    by_religion = random_table(1, kReligion);
    by_ethnicity = random_table(2, kEthnicity);
    by_country = random_table(3, kCountry);
  }

  [[nodiscard]] std::uint64_t seed() const {
    return static_cast<std::uint64_t>(parameters.integer("data_seed"));
  }
  [[nodiscard]] EntityId entity(Kind kind, std::uint32_t index) const {
    return EntityId(first[kind] + index);
  }

  /// Neighbours by number are the couples, and couples mostly share a country. The copy has the
  /// same distribution as a draw of one's own, so the marginals stay.
  [[nodiscard]] std::uint32_t country_of(std::uint32_t person) const {
    Rng rng = countries.at(person);
    const bool as_partner = person % 2 == 1 && rng.uniform() < 0.8;
    if (as_partner) {
      Rng partner = countries.at(person - 1);
      return skewed(partner, size[kCountry]);
    }
    return skewed(rng, size[kCountry]);
  }
  [[nodiscard]] std::uint32_t main_ethnicity(std::uint32_t country) const {
    return country % size[kEthnicity];
  }

  [[nodiscard]] Person person(std::uint32_t index) const {
    Rng rng = persons.at(index);
    Person p;
    p.country = country_of(index);
    p.ethnicity = rng.uniform() < 0.8 ? main_ethnicity(p.country) : skewed(rng, size[kEthnicity]);
    p.religion = rng.uniform() < 0.7 ? p.ethnicity % size[kReligion] : skewed(rng, size[kReligion]);
    p.gender = rng.uniform() < female_share ? kFemale : kMale;
    const double which = rng.uniform();
    const double u = rng.uniform();
    if (which < kGenderWeight)
      p.profession = by_gender.draw(p.gender, u);
    else if (which < kGenderWeight + kOtherWeight)
      p.profession = by_religion.draw(p.religion, u);
    else if (which < kGenderWeight + 2 * kOtherWeight)
      p.profession = by_ethnicity.draw(p.ethnicity, u);
    else
      p.profession = by_country.draw(p.country, u);
    return p;
  }

  /// The first profession of a family is the broader one of the other three.
  [[nodiscard]] static std::optional<std::uint32_t> broader(std::uint32_t profession) {
    if (profession % kBroaderStep == 0) return std::nullopt;
    return profession - profession % kBroaderStep;
  }

  [[nodiscard]] std::uint32_t city_in(Rng& rng, std::uint32_t country) const {
    return skewed_of(rng, size[kCity], country, size[kCountry]);
  }

  template <typename State>
  void person_facts(std::uint32_t index, const State& state) const {
    const Person p = person(index);
    Rng rng = facts.at(index);
    const auto chance = [&](double probability) { return rng.uniform() < probability; };
    const auto ethnic_language = p.ethnicity % size[kLanguage];
    const auto country_language = main_ethnicity(p.country) % size[kLanguage];

    if (chance(gender_stated)) state(kHasGender, entity(kGender, p.gender));
    if (chance(0.35)) state(kHasReligion, entity(kReligion, p.religion));
    if (chance(0.4)) state(kHasEthnicity, entity(kEthnicity, p.ethnicity));
    if (chance(0.9)) {
      state(kHasNationality, entity(kCountry, p.country));
      const std::uint32_t second = skewed(rng, size[kCountry]);
      if (chance(0.05) && second != p.country) state(kHasNationality, entity(kCountry, second));
    }
    state(kHasProfession, entity(kProfession, p.profession));
    if (const auto wider = broader(p.profession); wider && chance(kBroaderStated))
      state(kHasProfession, entity(kProfession, *wider));

    if (chance(0.85)) {
      const std::uint32_t country = chance(0.92) ? p.country : skewed(rng, size[kCountry]);
      state(kBornIn, entity(kCity, city_in(rng, country)));
    }
    if (chance(0.5)) state(kLivesIn, entity(kCity, city_in(rng, p.country)));
    if (chance(0.6))
      state(kNativeLanguage,
            entity(kLanguage, chance(0.9) ? ethnic_language : skewed(rng, size[kLanguage])));
    if (chance(0.6)) {
      state(kSpeaks, entity(kLanguage, country_language));
      const std::uint32_t second = skewed(rng, size[kLanguage]);
      if (chance(0.5) && second != country_language) state(kSpeaks, entity(kLanguage, second));
    }
    if (chance(0.9)) {
      // Names 0, 3, 6 ... are men's, 1, 4, 7 ... women's, 2, 5, 8 ... anybody's.
      const std::uint32_t use = chance(0.85) ? p.gender : 2;
      state(kHasGivenName, entity(kGivenName, skewed_of(rng, size[kGivenName], use, 3)));
    }
    if (chance(0.8))
      state(kHasFamilyName,
            entity(kFamilyName, skewed_of(rng, size[kFamilyName], p.ethnicity, size[kEthnicity])));
    if (chance(0.6))
      state(kEducatedAt, entity(kSchool, skewed_of(rng, size[kSchool], p.country, size[kCountry])));
    if (chance(0.5)) state(kFieldOfWork, entity(kField, p.profession / kBroaderStep));
    if (chance(0.7))
      state(kEmployedBy,
            entity(kEmployer, skewed_of(rng, size[kEmployer], p.profession, size[kProfession])));
    if (chance(0.4))
      state(kAwarded,
            entity(kAward, skewed_of(rng, size[kAward], p.profession, size[kProfession])));

    // Influences are few persons' (skewed) and mostly of one's own trade.
    std::optional<std::uint32_t> last;
    for (const double probability : {0.7, 0.4}) {
      if (!chance(probability)) continue;
      std::uint32_t whom = skewed(rng, size[kPerson]);
      for (int trial = 0; trial < 3 && person(whom).profession != p.profession; ++trial)
        whom = skewed(rng, size[kPerson]);
      if (whom == index || whom == last) continue;
      state(kInfluencedBy, entity(kPerson, whom));
      last = whom;
    }

    const std::uint32_t partner = index ^ 1U;
    if (partner < size[kPerson]) {
      Rng couple = facts.at((std::uint64_t{1} << 40U) | index / 2);
      const double probability = person(partner).gender == p.gender ? 0.02 : 0.35;
      if (couple.uniform() < probability) state(kSpouse, entity(kPerson, partner));
    }
  }

  template <typename State>
  void work_facts(std::uint32_t index, const State& state) const {
    Rng rng = facts.at((std::uint64_t{2} << 40U) | index);
    const std::uint32_t creator = skewed(rng, size[kPerson]);
    const Person p = person(creator);
    state(kCreator, entity(kPerson, creator));
    state(kHasGenre, entity(kGenre, p.profession));
    if (rng.uniform() < 0.7)
      state(kWrittenIn, entity(kLanguage, main_ethnicity(p.country) % size[kLanguage]));
  }

  template <typename State>
  void thing_facts(Kind kind, std::uint32_t index, const State& state) const {
    Rng rng = facts.at((std::uint64_t{3} << 40U) | (first[kind] + index));
    switch (kind) {
      case kEthnicity:
        state(kTraditionalLanguage, entity(kLanguage, index % size[kLanguage]));
        break;
      case kCountry:
        state(kOnContinent, entity(kContinent, index % size[kContinent]));
        state(kOfficialLanguage, entity(kLanguage, main_ethnicity(index) % size[kLanguage]));
        break;
      case kProfession:
        state(kPartOf, entity(kField, index / kBroaderStep));
        break;
      case kCity:
      case kSchool:
        state(kLocatedIn, entity(kCountry, index % size[kCountry]));
        break;
      case kEmployer:
        state(kIndustry, entity(kField, index % size[kProfession] / kBroaderStep));
        state(kHeadquarters, entity(kCity, skewed(rng, size[kCity])));
        break;
      case kAward:
        state(kConferredFor, entity(kField, index % size[kProfession] / kBroaderStep));
        break;
      default:
        break;
    }
  }
};

PlantedPeople::PlantedPeople(const Parameters& parameters)
    : world_(std::make_unique<const World>(parameters)) {}
PlantedPeople::~PlantedPeople() = default;
PlantedPeople::PlantedPeople(PlantedPeople&&) noexcept = default;
PlantedPeople& PlantedPeople::operator=(PlantedPeople&&) noexcept = default;

const Parameters& PlantedPeople::parameters() const { return world_->parameters; }
std::uint32_t PlantedPeople::entity_count() const { return world_->first[kKinds]; }
std::uint32_t PlantedPeople::person_count() const { return world_->size[kPerson]; }

std::string PlantedPeople::entity_name(EntityId e) const {
  const World& world = *world_;
  KGA_REQUIRE(e.value < entity_count(), "entity {} of {}", e.value, entity_count());
  const auto kind = static_cast<std::size_t>(
      std::upper_bound(world.first.begin(), world.first.end(), e.value) - world.first.begin() - 1);
  const std::uint32_t index = e.value - world.first[kind];
  if (kind == kGender) return index == kMale ? "male" : "female";
  if (kind == kClass) return fmt::format("class_{}", kKindNames[index]);
  return fmt::format("{}_{}", kKindNames[kind], index);
}

std::span<const std::string_view> PlantedPeople::relation_names() const { return kRelationNames; }

void PlantedPeople::stream(std::uint32_t first, std::uint32_t last, const Sink& sink) const {
  const World& world = *world_;
  KGA_REQUIRE(first <= last && last <= entity_count(), "[{}, {}) of {}", first, last,
              entity_count());
  std::size_t kind = 0;
  for (std::uint32_t e = first; e < last; ++e) {
    while (e >= world.first[kind + 1]) ++kind;
    const std::uint32_t index = e - world.first[kind];
    const EntityId self(e);
    const EntityId own_class = world.entity(kClass, static_cast<std::uint32_t>(kind));
    // The class of classes would be a self-loop; it occurs as the class of the others.
    if (own_class != self) sink(SplitName::kTrain, {self, RelationId(kInstanceOf), own_class});
    if (kind == kPerson || kind == kWork) {
      Rng rng = world.splits.at(e);
      const auto state = [&](std::uint32_t relation, EntityId tail) {
        const double u = rng.uniform();
        const SplitName split = u < world.held_out       ? SplitName::kValid
                                : u < 2 * world.held_out ? SplitName::kTest
                                                         : SplitName::kTrain;
        sink(split, {self, RelationId(relation), tail});
      };
      if (kind == kPerson)
        world.person_facts(index, state);
      else
        world.work_facts(index, state);
    } else {
      world.thing_facts(static_cast<Kind>(kind), index, [&](std::uint32_t relation, EntityId tail) {
        sink(SplitName::kTrain, {self, RelationId(relation), tail});
      });
    }
  }
}

PlantedTruth PlantedPeople::truth() const {
  const World& world = *world_;
  const std::uint32_t professions = world.size[kProfession];
  // Gender is independent of the other attributes, so their part is the same for both genders:
  // the mean of each table over the values' own probabilities.
  const std::uint32_t countries = world.size[kCountry];
  std::vector<double> of_country(countries);
  for (std::uint32_t c = 0; c < countries; ++c) of_country[c] = skewed_probability(c, countries);
  std::vector<double> of_ethnicity(world.size[kEthnicity]);
  for (std::uint32_t e = 0; e < of_ethnicity.size(); ++e)
    of_ethnicity[e] = 0.2 * skewed_probability(e, world.size[kEthnicity]);
  for (std::uint32_t c = 0; c < countries; ++c)
    of_ethnicity[world.main_ethnicity(c)] += 0.8 * of_country[c];
  std::vector<double> of_religion(world.size[kReligion]);
  for (std::uint32_t r = 0; r < of_religion.size(); ++r)
    of_religion[r] = 0.3 * skewed_probability(r, world.size[kReligion]);
  for (std::uint32_t e = 0; e < of_ethnicity.size(); ++e)
    of_religion[e % world.size[kReligion]] += 0.7 * of_ethnicity[e];

  std::vector<double> shared(professions, 0.0);
  const auto add = [&](const ProfessionTable& table, const std::vector<double>& share) {
    for (std::uint32_t value = 0; value < share.size(); ++value)
      for (std::uint32_t o = 0; o < professions; ++o)
        shared[o] += kOtherWeight * share[value] * table.probability(value, o);
  };
  add(world.by_religion, of_religion);
  add(world.by_ethnicity, of_ethnicity);
  add(world.by_country, of_country);

  const auto has = [&](std::uint32_t gender) {
    std::vector<double> drawn(professions);
    for (std::uint32_t o = 0; o < professions; ++o)
      drawn[o] = kGenderWeight * world.by_gender.probability(gender, o) + shared[o];
    std::vector<double> result = drawn;
    for (std::uint32_t o = 0; o < professions; ++o)
      if (const auto wider = World::broader(o)) result[*wider] += kBroaderStated * drawn[o];
    return result;
  };
  const std::vector<double> female = has(kFemale);
  const std::vector<double> male = has(kMale);
  PlantedTruth truth;
  truth.strength = world.strength;
  for (std::uint32_t o = 0; o < professions; ++o)
    truth.gender_log_odds.emplace_back(world.entity(kProfession, o), std::log(female[o] / male[o]));
  return truth;
}

std::string planted_people_card() {
  return R"card(id = "planted-people"
title = "Planted people"
description = "A made, Wikidata-like graph of people in which the dependence between gender and profession is known exactly"
licence = "CC0 (made by kgaudit)"
citation = "kgaudit"

[[sensitive]]
id = "gender"
relation = "gender"

[[sensitive]]
id = "religion"
relation = "religion"

[[sensitive]]
id = "ethnicity"
relation = "ethnicity"

[[sensitive]]
id = "nationality"
relation = "nationality"

[profession]
relation = "profession"

# Facts that are about the attribute itself.
[whitelist.gender]
relations = ["given_name", "spouse"]

[whitelist.ethnicity]
relations = ["native_language", "family_name"]

[whitelist.nationality]
relations = ["place_of_birth", "residence"]
)card";
}

namespace {

/// Walks over the whole graph in steps, so that progress is told and a stop is heard.
void stream_all(const PlantedPeople& people, Progress* progress, const PlantedPeople::Sink& sink) {
  constexpr std::uint32_t kStep = 16384;
  const std::uint32_t entities = people.entity_count();
  if (progress != nullptr) progress->begin("making planted-people", entities);
  for (std::uint32_t e = 0; e < entities; e += kStep) {
    people.stream(e, std::min(entities, e + kStep), sink);
    if (progress == nullptr) continue;
    progress->advance(std::min(entities, e + kStep), "");
    if (progress->stop_requested()) throw Interrupted();
  }
  if (progress != nullptr) progress->end();
}

std::string truth_json(const PlantedPeople& people) {
  const PlantedTruth truth = people.truth();
  nlohmann::ordered_json json;
  json["strength"] = truth.strength;
  for (const auto& [name, value] : people.parameters().entries())
    std::visit([&, key = name](const auto& v) { json["parameters"][key] = v; }, value);
  json["gender_log_odds"] = nlohmann::ordered_json::object();
  for (const auto& [profession, log_odds] : truth.gender_log_odds)
    json["gender_log_odds"][people.entity_name(profession)] = log_odds;
  return json.dump(2) + "\n";
}

/// A file of triples under construction that hashes what is written.
class SplitWriter {
 public:
  SplitWriter(const fs::path& folder, std::string name) : out_(folder / name) {
    file_.name = std::move(name);
  }

  void add(std::string_view head, std::string_view relation, std::string_view tail) {
    line_.clear();
    line_.append(head).append(1, '\t').append(relation).append(1, '\t').append(tail);
    line_.push_back('\n');
    hash_.add(line_);
    out_.write(line_);
    file_.bytes += line_.size();
    ++lines_;
  }
  SourceFile finish() {
    out_.commit();
    file_.sha256 = hash_.finish().hex();
    return file_;
  }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }

 private:
  AtomicFile out_;
  std::string line_;
  Sha256 hash_;
  SourceFile file_;
  std::uint64_t lines_ = 0;
};

constexpr std::uint64_t kLargestTruth = std::uint64_t{1} << 26U;

constexpr std::array<std::string_view, 3> kSplitNames{"train", "valid", "test"};

}  // namespace

Dataset make_planted_people(const Parameters& parameters, Progress* progress) {
  const PlantedPeople people(parameters);
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::array<std::vector<Triple>, 3> splits;
  stream_all(people, progress, [&](SplitName split, const Triple& t) {
    splits[static_cast<std::size_t>(split)].push_back(t);
  });
  // Ids by first appearance, exactly as reading the written files gives them.
  std::vector<std::uint32_t> entity_id(people.entity_count(), kNone);
  std::vector<std::uint32_t> relation_id(kRelations, kNone);
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
        relations.emplace_back(kRelationNames[t.relation.index()]);
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
  data.integrity = check_integrity(data.graph, data.attributes, data.labels);
  data.truth = people.truth();
  for (auto& [profession, log_odds] : data.truth->gender_log_odds)
    profession = EntityId(entity_id[profession.index()]);
  return data;
}

void write_planted_people(const fs::path& directory, const Parameters& parameters,
                          Progress* progress) {
  std::error_code failure;
  if (fs::exists(directory, failure) &&
      !(fs::is_directory(directory, failure) && fs::is_empty(directory, failure)))
    throw InputError::usage(directory.string(), "something is there already",
                            "a folder that does not exist or is empty");
  fs::path target = directory.lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  const fs::path part = target.string() + ".part";
  fs::remove_all(part, failure);
  if (!fs::create_directories(part, failure))
    throw InputError::unreadable(part.string(), failure.message(), "a place that can be written",
                                 "another folder");
  const struct RemoveOnFailure {
    const fs::path& folder;
    ~RemoveOnFailure() {
      std::error_code ignored;
      fs::remove_all(folder, ignored);  // gone already after a success
    }
  } cleaner{part};

  const PlantedPeople people(parameters);
  std::string card = planted_people_card();
  {
    SplitWriter train(part, "train.txt");
    SplitWriter valid(part, "valid.txt");
    SplitWriter test(part, "test.txt");
    const std::array<SplitWriter*, 3> writers{&train, &valid, &test};
    std::vector<bool> relation_seen(kRelations, false);
    EntityId head(UINT32_MAX);
    std::string head_name;
    stream_all(people, progress, [&](SplitName split, const Triple& t) {
      if (t.head != head) {
        head = t.head;
        head_name = people.entity_name(head);
      }
      relation_seen[t.relation.index()] = true;
      writers[static_cast<std::size_t>(split)]->add(head_name, kRelationNames[t.relation.index()],
                                                    people.entity_name(t.tail));
    });
    card += fmt::format(
        "\n[expected]\nentities = {}\nrelations = {}\ntrain = {}\nvalid = {}\ntest = {}\n",
        people.entity_count(), std::ranges::count(relation_seen, true), train.lines(),
        valid.lines(), test.lines());
    for (std::size_t i = 0; i < writers.size(); ++i) {
      const SourceFile file = writers[i]->finish();
      card += fmt::format("\n[[file]]\nrole = \"{}\"\npath = \"{}\"\nsha256 = \"{}\"\nbytes = {}\n",
                          kSplitNames[i], file.name, file.sha256, file.bytes);
    }
  }
  const std::string truth = truth_json(people);
  write_atomically(part / "truth.json", truth);
  card += fmt::format(
      "\n[[file]]\nrole = \"truth\"\npath = \"truth.json\"\nsha256 = \"{}\"\nbytes = {}\n",
      sha256(truth).hex(), truth.size());
  write_atomically(part / "card.toml", card);
  if (std::rename(part.c_str(), target.c_str()) != 0)
    throw InputError::unreadable(directory.string(), std::strerror(errno),
                                 "a place that can be written", "another folder");
}

PlantedTruth load_truth(const fs::path& file, const KnowledgeGraph& graph) {
  const nlohmann::json json =
      read_strict_json(file, kLargestTruth, "the truth that `kgaudit datasets make` wrote");
  const auto refuse = [&](std::string got) {
    return InputError::unreadable(
        file.string(), std::move(got),
        "{\"strength\": number, \"gender_log_odds\": {profession: number}}");
  };
  if (!json.is_object() || !json.contains("strength") || !json["strength"].is_number() ||
      !json.contains("gender_log_odds") || !json["gender_log_odds"].is_object())
    throw refuse("other keys");
  PlantedTruth truth;
  truth.strength = json["strength"].get<double>();
  for (const auto& [name, value] : json["gender_log_odds"].items()) {
    const auto entity = graph.entities().find(name);
    if (!entity)
      throw refuse(fmt::format("profession '{}', which the graph lacks", printable(name)));
    if (!value.is_number()) throw refuse(fmt::format("no number for '{}'", printable(name)));
    truth.gender_log_odds.emplace_back(EntityId(*entity), value.get<double>());
  }
  std::ranges::sort(truth.gender_log_odds);
  return truth;
}

}  // namespace kgaudit::datasets
