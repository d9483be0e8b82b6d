#include "datasets/planted/planted_world.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::datasets {
namespace {

constexpr std::array<std::string_view, PlantedWorld::kKinds> kKindNames{
    "person", "gender",     "religion",    "ethnicity", "country", "profession",
    "field",  "continent",  "language",    "city",      "school",  "employer",
    "award",  "given_name", "family_name", "genre",     "work",    "class"};

constexpr std::array<std::string_view, PlantedWorld::kRelations> kRelationNames{
    "instance_of",
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

// How much of a person's profession each of its attributes decides.
constexpr double kGenderWeight = 0.7;
constexpr double kOtherWeight = 0.1;      // of religion, ethnicity and country, each
constexpr std::uint32_t kFamilySize = 4;  // professions come in families of four

// What is true of a person, as probabilities.
constexpr double kPartnersShareCountry = 0.8;  // the second of a couple lives where the first does
constexpr double kMainEthnicity = 0.8;         // a person is of the country's main ethnicity
constexpr double kAnyEthnicity = 0.2;          // else of any
constexpr double kMainReligion = 0.7;          // a person has the religion of the ethnicity
constexpr double kAnyReligion = 0.3;           // else any
constexpr double kBornAtHome = 0.92;           // born in the country of the nationality
constexpr double kEthnicLanguage = 0.9;        // the native language is the ethnicity's
constexpr double kNameForGender = 0.85;        // the given name is one for the person's gender

// What a person states, as probabilities. The gender's is a parameter.
constexpr double kReligionStated = 0.35;
constexpr double kEthnicityStated = 0.4;
constexpr double kNationalityStated = 0.9;
constexpr double kSecondNationality = 0.05;  // where the first is stated
constexpr double kBroaderStated = 0.3;       // the broader profession beside the drawn one
constexpr double kBirthplaceStated = 0.85;
constexpr double kResidenceStated = 0.5;
constexpr double kNativeLanguageStated = 0.6;
constexpr double kSpokenLanguageStated = 0.6;
constexpr double kSecondLanguage = 0.5;  // where the first is stated
constexpr double kGivenNameStated = 0.9;
constexpr double kFamilyNameStated = 0.8;
constexpr double kSchoolStated = 0.6;
constexpr double kFieldStated = 0.5;
constexpr double kEmployerStated = 0.7;
constexpr double kAwardStated = 0.4;
constexpr std::array<double, 2> kInfluenceStated{0.7, 0.4};  // a first one, a second one
constexpr int kSameTradeTries = 3;  // draws until an influence is of the same profession
constexpr double kMarriedSameGender = 0.02;
constexpr double kMarriedOtherGender = 0.35;
constexpr double kWorkLanguageStated = 0.7;

// Random substreams of facts: a person's own index below these, then couples, works, all else.
constexpr std::uint64_t kCoupleStreams = std::uint64_t{1} << 40U;
constexpr std::uint64_t kWorkStreams = std::uint64_t{2} << 40U;
constexpr std::uint64_t kThingStreams = std::uint64_t{3} << 40U;

/// A rank in [0, n) with probability ln((k + 2) / (k + 1)) / ln(n + 1): about 1 / rank.
std::uint32_t skewed(Rng& rng, std::uint32_t n) {
  const double rank =
      portable::exp(rng.uniform() * portable::log(static_cast<double>(n) + 1.0)) - 1.0;
  return std::min(static_cast<std::uint32_t>(std::max(rank, 0.0)), n - 1);
}

double skewed_probability(std::uint32_t rank, std::uint32_t n) {
  const double k = rank;
  return portable::log((k + 2.0) / (k + 1.0)) / portable::log(static_cast<double>(n) + 1.0);
}

/// One of the members of [0, n) that are congruent to `owner` modulo `owners`, skewed. n >= owners.
std::uint32_t skewed_of(Rng& rng, std::uint32_t n, std::uint32_t owner, std::uint32_t owners) {
  const std::uint32_t members = (n - owner + owners - 1) / owners;
  return owner + owners * skewed(rng, members);
}

bool chance(Rng& rng, double probability) { return rng.uniform() < probability; }

std::uint32_t scaled(std::uint32_t entities, double share, std::uint32_t low, std::uint32_t high) {
  return std::clamp(static_cast<std::uint32_t>(share * entities), low, high);
}

}  // namespace

void ProfessionTable::fill(std::uint32_t value, const std::function<double(std::uint32_t)>& tilt) {
  double* row = sums_.data() + std::size_t{value} * professions_;
  double total = 0.0;
  for (std::uint32_t o = 0; o < professions_; ++o) {
    row[o] = total += skewed_probability(o, professions_) * portable::exp(tilt(o));
  }
  for (std::uint32_t o = 0; o < professions_; ++o) row[o] /= total;
}

std::uint32_t ProfessionTable::draw(std::uint32_t value, double u) const {
  const auto row = sums_.begin() + static_cast<std::ptrdiff_t>(std::size_t{value} * professions_);
  const auto end = row + static_cast<std::ptrdiff_t>(professions_);
  return std::min(static_cast<std::uint32_t>(std::upper_bound(row, end, u) - row),
                  professions_ - 1);
}

double ProfessionTable::probability(std::uint32_t value, std::uint32_t profession) const {
  const double* row = sums_.data() + std::size_t{value} * professions_;
  return profession == 0 ? row[0] : row[profession] - row[profession - 1];
}

PlantedWorld::PlantedWorld(const Parameters& parameters)
    : parameters_(parameters),
      strength_(parameters.real("strength")),
      female_share_(parameters.real("female_share")),
      gender_stated_(parameters.real("gender_stated")),
      held_out_(parameters.real("held_out")),
      countries_(seed(), "planted-people/country"),
      persons_(seed(), "planted-people/person"),
      facts_(seed(), "planted-people/facts"),
      splits_(seed(), "planted-people/split") {
  set_sizes();
  fill_tables();
}

std::uint64_t PlantedWorld::seed() const {
  return static_cast<std::uint64_t>(parameters_.integer("data_seed"));
}

void PlantedWorld::set_sizes() {
  const auto entities = static_cast<std::uint32_t>(parameters_.integer("entities"));
  size_[kGender] = 2;
  size_[kReligion] = 8;
  size_[kEthnicity] = 12;
  size_[kCountry] = scaled(entities, 1.0 / 300, 6, 200);
  size_[kProfession] = scaled(entities, 1.0 / 150, 16, 400);
  size_[kField] = (size_[kProfession] + kFamilySize - 1) / kFamilySize;
  size_[kContinent] = 5;
  size_[kLanguage] = size_[kEthnicity];
  size_[kCity] = scaled(entities, 0.05, 2 * size_[kCountry], entities);
  size_[kSchool] = scaled(entities, 0.02, size_[kCountry], entities);
  size_[kEmployer] = scaled(entities, 0.05, size_[kProfession], entities);
  size_[kAward] = scaled(entities, 0.01, size_[kProfession], entities);
  size_[kGivenName] = scaled(entities, 0.02, 30, 6000);
  size_[kFamilyName] = scaled(entities, 0.03, 36, 60000);
  size_[kGenre] = size_[kProfession];
  size_[kWork] = scaled(entities, 0.1, 10, entities);
  size_[kClass] = kKinds;
  std::uint32_t others = 0;
  for (std::size_t kind = kPerson + 1; kind < kKinds; ++kind) others += size_[kind];
  KGA_REQUIRE(others < entities / 2, "{} of {} entities are no persons", others, entities);
  size_[kPerson] = entities - others;
  for (std::size_t kind = 0; kind < kKinds; ++kind) first_[kind + 1] = first_[kind] + size_[kind];
}

void PlantedWorld::fill_tables() {
  const Rng weights(seed(), "planted-people/weights");
  const auto random_table = [&](std::uint64_t stream, Kind kind) {
    ProfessionTable table(size_[kProfession], size_[kind]);
    for (std::uint32_t value = 0; value < size_[kind]; ++value) {
      Rng rng = weights.at(stream << 32U | value);
      table.fill(value, [&](std::uint32_t) { return strength_ * rng.normal(); });
    }
    return table;
  };
  by_gender_ = ProfessionTable(size_[kProfession], 2);
  for (const std::uint32_t gender : {kMale, kFemale}) {
    Rng rng = weights.at(0);  // the same z_o for both
    by_gender_.fill(gender, [&](std::uint32_t) {
      return (gender == kFemale ? 0.5 : -0.5) * strength_ * rng.normal();
    });
  }
  by_religion_ = random_table(1, kReligion);
  by_ethnicity_ = random_table(2, kEthnicity);
  by_country_ = random_table(3, kCountry);
}

PlantedWorld::Kind PlantedWorld::kind_of(EntityId e) const {
  KGA_REQUIRE(e.value < entity_count(), "entity {} of {}", e.value, entity_count());
  return static_cast<Kind>(std::upper_bound(first_.begin(), first_.end(), e.value) -
                           first_.begin() - 1);
}

std::string PlantedWorld::name_of(EntityId e) const {
  const Kind kind = kind_of(e);
  const std::uint32_t index = e.value - first_[kind];
  if (kind == kGender) return index == kMale ? "male" : "female";
  if (kind == kClass) return fmt::format("class_{}", kKindNames[index]);
  return fmt::format("{}_{}", kKindNames[kind], index);
}

std::span<const std::string_view> PlantedWorld::relation_names() { return kRelationNames; }

/// Neighbours by number are the couples, and couples mostly share a country. The copy has the same
/// distribution as a draw of one's own, so the marginals stay.
std::uint32_t PlantedWorld::country_of(std::uint32_t person) const {
  Rng rng = countries_.at(person);
  const bool as_partner = person % 2 == 1 && chance(rng, kPartnersShareCountry);
  if (as_partner) {
    Rng partner = countries_.at(person - 1);
    return skewed(partner, size_[kCountry]);
  }
  return skewed(rng, size_[kCountry]);
}

PlantedWorld::Person PlantedWorld::person(std::uint32_t index) const {
  Rng rng = persons_.at(index);
  Person p;
  p.country = country_of(index);
  p.ethnicity =
      chance(rng, kMainEthnicity) ? main_ethnicity(p.country) : skewed(rng, size_[kEthnicity]);
  p.religion =
      chance(rng, kMainReligion) ? p.ethnicity % size_[kReligion] : skewed(rng, size_[kReligion]);
  p.gender = chance(rng, female_share_) ? kFemale : kMale;
  const double which = rng.uniform();
  const double u = rng.uniform();
  if (which < kGenderWeight) {
    p.profession = by_gender_.draw(p.gender, u);
  } else if (which < kGenderWeight + kOtherWeight) {
    p.profession = by_religion_.draw(p.religion, u);
  } else if (which < kGenderWeight + 2 * kOtherWeight) {
    p.profession = by_ethnicity_.draw(p.ethnicity, u);
  } else {
    p.profession = by_country_.draw(p.country, u);
  }
  return p;
}

/// The first profession of a family is the broader one of the other three.
std::optional<std::uint32_t> PlantedWorld::broader(std::uint32_t profession) {
  if (profession % kFamilySize == 0) return std::nullopt;
  return profession - profession % kFamilySize;
}

void PlantedWorld::state_facts(EntityId e, const State& state) const {
  const Kind kind = kind_of(e);
  const std::uint32_t index = e.value - first_[kind];
  switch (kind) {
    case kPerson:
      return person_facts(index, state);
    case kWork:
      return work_facts(index, state);
    default:
      return thing_facts(kind, index, state);
  }
}

void PlantedWorld::person_facts(std::uint32_t index, const State& state) const {
  const Person p = person(index);
  Rng rng = facts_.at(index);
  attribute_facts(p, rng, state);
  life_facts(p, rng, state);
  influence_facts(index, p, rng, state);
  marriage_facts(index, p, state);
}

void PlantedWorld::attribute_facts(const Person& p, Rng& rng, const State& state) const {
  if (chance(rng, gender_stated_)) state(kHasGender, entity(kGender, p.gender));
  if (chance(rng, kReligionStated)) state(kHasReligion, entity(kReligion, p.religion));
  if (chance(rng, kEthnicityStated)) state(kHasEthnicity, entity(kEthnicity, p.ethnicity));
  if (chance(rng, kNationalityStated)) {
    state(kHasNationality, entity(kCountry, p.country));
    const std::uint32_t second = skewed(rng, size_[kCountry]);
    if (chance(rng, kSecondNationality) && second != p.country) {
      state(kHasNationality, entity(kCountry, second));
    }
  }
  state(kHasProfession, entity(kProfession, p.profession));
  if (const auto wider = broader(p.profession); wider && chance(rng, kBroaderStated)) {
    state(kHasProfession, entity(kProfession, *wider));
  }
}

void PlantedWorld::life_facts(const Person& p, Rng& rng, const State& state) const {
  const auto city_in = [&](std::uint32_t country) {
    return entity(kCity, skewed_of(rng, size_[kCity], country, size_[kCountry]));
  };
  if (chance(rng, kBirthplaceStated)) {
    const std::uint32_t country =
        chance(rng, kBornAtHome) ? p.country : skewed(rng, size_[kCountry]);
    state(kBornIn, city_in(country));
  }
  if (chance(rng, kResidenceStated)) state(kLivesIn, city_in(p.country));
  if (chance(rng, kNativeLanguageStated)) {
    const std::uint32_t language = chance(rng, kEthnicLanguage) ? p.ethnicity % size_[kLanguage]
                                                                : skewed(rng, size_[kLanguage]);
    state(kNativeLanguage, entity(kLanguage, language));
  }
  if (chance(rng, kSpokenLanguageStated)) {
    const std::uint32_t first = main_language(p.country);
    state(kSpeaks, entity(kLanguage, first));
    const std::uint32_t second = skewed(rng, size_[kLanguage]);
    if (chance(rng, kSecondLanguage) && second != first) state(kSpeaks, entity(kLanguage, second));
  }
  if (chance(rng, kGivenNameStated)) {
    // Names 0, 3, 6 ... are men's, 1, 4, 7 ... women's, 2, 5, 8 ... anybody's.
    const std::uint32_t use = chance(rng, kNameForGender) ? p.gender : 2;
    state(kHasGivenName, entity(kGivenName, skewed_of(rng, size_[kGivenName], use, 3)));
  }
  if (chance(rng, kFamilyNameStated)) {
    state(kHasFamilyName,
          entity(kFamilyName, skewed_of(rng, size_[kFamilyName], p.ethnicity, size_[kEthnicity])));
  }
  if (chance(rng, kSchoolStated)) {
    state(kEducatedAt, entity(kSchool, skewed_of(rng, size_[kSchool], p.country, size_[kCountry])));
  }
  if (chance(rng, kFieldStated)) state(kFieldOfWork, entity(kField, p.profession / kFamilySize));
  if (chance(rng, kEmployerStated)) {
    state(kEmployedBy,
          entity(kEmployer, skewed_of(rng, size_[kEmployer], p.profession, size_[kProfession])));
  }
  if (chance(rng, kAwardStated)) {
    state(kAwarded,
          entity(kAward, skewed_of(rng, size_[kAward], p.profession, size_[kProfession])));
  }
}

/// Influences are few persons' (skewed) and mostly of one's own trade.
void PlantedWorld::influence_facts(std::uint32_t index, const Person& p, Rng& rng,
                                   const State& state) const {
  std::optional<std::uint32_t> last;
  for (const double probability : kInfluenceStated) {
    if (!chance(rng, probability)) continue;
    std::uint32_t whom = skewed(rng, size_[kPerson]);
    for (int trial = 0; trial < kSameTradeTries && person(whom).profession != p.profession;
         ++trial) {
      whom = skewed(rng, size_[kPerson]);
    }
    if (whom == index || whom == last) continue;
    state(kInfluencedBy, entity(kPerson, whom));
    last = whom;
  }
}

void PlantedWorld::marriage_facts(std::uint32_t index, const Person& p, const State& state) const {
  const std::uint32_t partner = index ^ 1U;
  if (partner >= size_[kPerson]) return;
  Rng couple = facts_.at(kCoupleStreams | index / 2);
  const bool same = person(partner).gender == p.gender;
  if (chance(couple, same ? kMarriedSameGender : kMarriedOtherGender)) {
    state(kSpouse, entity(kPerson, partner));
  }
}

void PlantedWorld::work_facts(std::uint32_t index, const State& state) const {
  Rng rng = facts_.at(kWorkStreams | index);
  const std::uint32_t creator = skewed(rng, size_[kPerson]);
  const Person p = person(creator);
  state(kCreator, entity(kPerson, creator));
  state(kHasGenre, entity(kGenre, p.profession));
  if (chance(rng, kWorkLanguageStated)) {
    state(kWrittenIn, entity(kLanguage, main_language(p.country)));
  }
}

void PlantedWorld::thing_facts(Kind kind, std::uint32_t index, const State& state) const {
  Rng rng = facts_.at(kThingStreams | (first_[kind] + index));
  switch (kind) {
    case kEthnicity:
      state(kTraditionalLanguage, entity(kLanguage, index % size_[kLanguage]));
      break;
    case kCountry:
      state(kOnContinent, entity(kContinent, index % size_[kContinent]));
      state(kOfficialLanguage, entity(kLanguage, main_language(index)));
      break;
    case kProfession:
      state(kPartOf, entity(kField, index / kFamilySize));
      break;
    case kCity:
    case kSchool:
      state(kLocatedIn, entity(kCountry, index % size_[kCountry]));
      break;
    case kEmployer:
      state(kIndustry, entity(kField, index % size_[kProfession] / kFamilySize));
      state(kHeadquarters, entity(kCity, skewed(rng, size_[kCity])));
      break;
    case kAward:
      state(kConferredFor, entity(kField, index % size_[kProfession] / kFamilySize));
      break;
    default:
      break;
  }
}

PlantedTruth PlantedWorld::truth() const {
  const std::uint32_t professions = size_[kProfession];
  // Gender is independent of the other attributes, so their part is the same for both genders:
  // the mean of each table over the values' own probabilities.
  const std::uint32_t countries = size_[kCountry];
  std::vector<double> of_country(countries);
  for (std::uint32_t c = 0; c < countries; ++c) of_country[c] = skewed_probability(c, countries);
  std::vector<double> of_ethnicity(size_[kEthnicity]);
  for (std::uint32_t e = 0; e < of_ethnicity.size(); ++e) {
    of_ethnicity[e] = kAnyEthnicity * skewed_probability(e, size_[kEthnicity]);
  }
  for (std::uint32_t c = 0; c < countries; ++c) {
    of_ethnicity[main_ethnicity(c)] += kMainEthnicity * of_country[c];
  }
  std::vector<double> of_religion(size_[kReligion]);
  for (std::uint32_t r = 0; r < of_religion.size(); ++r) {
    of_religion[r] = kAnyReligion * skewed_probability(r, size_[kReligion]);
  }
  for (std::uint32_t e = 0; e < of_ethnicity.size(); ++e) {
    of_religion[e % size_[kReligion]] += kMainReligion * of_ethnicity[e];
  }

  std::vector<double> shared(professions, 0.0);
  const auto add = [&](const ProfessionTable& table, const std::vector<double>& share) {
    for (std::uint32_t value = 0; value < share.size(); ++value) {
      for (std::uint32_t o = 0; o < professions; ++o) {
        shared[o] += kOtherWeight * share[value] * table.probability(value, o);
      }
    }
  };
  add(by_religion_, of_religion);
  add(by_ethnicity_, of_ethnicity);
  add(by_country_, of_country);

  const auto has = [&](std::uint32_t gender) {
    std::vector<double> drawn(professions);
    for (std::uint32_t o = 0; o < professions; ++o) {
      drawn[o] = kGenderWeight * by_gender_.probability(gender, o) + shared[o];
    }
    std::vector<double> result = drawn;
    for (std::uint32_t o = 0; o < professions; ++o) {
      if (const auto wider = broader(o)) result[*wider] += kBroaderStated * drawn[o];
    }
    return result;
  };
  const std::vector<double> female = has(kFemale);
  const std::vector<double> male = has(kMale);
  PlantedTruth truth;
  truth.strength = strength_;
  for (std::uint32_t o = 0; o < professions; ++o) {
    truth.gender_log_odds.emplace_back(entity(kProfession, o), portable::log(female[o] / male[o]));
  }
  return truth;
}

}  // namespace kgaudit::datasets
