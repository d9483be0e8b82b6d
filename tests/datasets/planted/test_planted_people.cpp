#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <sys/resource.h>

#include <fmt/format.h>

#include "datasets/load_dataset.hpp"
#include "datasets/planted/planted_files.hpp"
#include "datasets/planted/planted_people.hpp"
#include "suite/base/error.hpp"
#include "suite/base/sanitizers.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;

namespace {

Parameters parameters(std::int64_t entities, double strength, std::int64_t seed = 1) {
  Parameters p(planted_people_parameters());
  p.set("entities", ParameterValue(entities), "test");
  p.set("strength", ParameterValue(strength), "test");
  p.set("data_seed", ParameterValue(seed), "test");
  return p;
}

std::uint32_t relation(const PlantedPeople& people, std::string_view name) {
  const auto names = people.relation_names();
  const auto found = std::ranges::find(names, name);
  REQUIRE(found != names.end());
  return static_cast<std::uint32_t>(found - names.begin());
}

/// Persons with stated gender, per profession and gender; over all splits.
struct Table {
  double women = 0;
  double men = 0;
  std::map<std::uint32_t, std::pair<double, double>> by_profession;  ///< women, men
};

Table count_professions(const PlantedPeople& people) {
  const RelationId gender(relation(people, "gender"));
  const RelationId profession(relation(people, "profession"));
  Table table;
  std::uint32_t person = UINT32_MAX;
  bool woman = false;
  bool stated = false;
  people.stream(0, people.person_count(), [&](SplitName, const Triple& t) {
    if (t.head.value != person) {
      person = t.head.value;
      stated = false;
    }
    if (t.relation == gender) {
      stated = true;
      woman = people.entity_name(t.tail) == "female";
      (woman ? table.women : table.men) += 1;
    }
    if (t.relation == profession && stated) {
      auto& cell = table.by_profession[t.tail.value];
      (woman ? cell.first : cell.second) += 1;
    }
  });
  return table;
}

using Stated = std::vector<std::pair<SplitName, Triple>>;

Stated collect(const PlantedPeople& people, std::uint32_t step) {
  Stated all;
  for (std::uint32_t e = 0; e < people.entity_count(); e += step)
    people.stream(e, std::min(people.entity_count(), e + step),
                  [&](SplitName split, const Triple& t) { all.emplace_back(split, t); });
  return all;
}

void check_covered(const Dataset& data) {
  for (const IntegrityFinding& f : data.integrity.findings) {
    INFO(f.id << " " << f.subject << ": " << f.detail);
    CHECK(f.id != "unseen_entities");
    CHECK(f.id != "unseen_relations");
    CHECK(f.id != "duplicate_triples");
    CHECK(f.id != "shared_triples");
    CHECK(f.id != "self_loops");
    CHECK(f.id != "isolated_entities");
  }
}

}  // namespace

TEST_CASE("The default planted graph is small, skewed in gender and fully covered by train",
          "[datasets][planted-people]") {
  const Dataset data = load_dataset(KnownDataset{"planted-people"});
  CHECK(data.graph.entity_count() == 6000);
  CHECK(data.graph.relation_count() == 29);
  const std::size_t train = data.graph.train().size();
  const std::size_t all = train + data.graph.valid().size() + data.graph.test().size();
  CHECK(all > 50'000);
  CHECK(all < 70'000);
  CHECK(static_cast<double>(data.graph.test().size()) > 0.03 * static_cast<double>(all));
  CHECK(static_cast<double>(data.graph.test().size()) < 0.06 * static_cast<double>(all));
  const PersonAttribute& gender = *data.attributes.find("gender");
  REQUIRE(gender.values().size() == 2);
  CHECK(data.graph.entities().name(gender.values()[0].value) == "male");
  const double female = gender.train_counts()[1];
  const double share = female / (female + gender.train_counts()[0]);
  CHECK(share == Approx(0.3).margin(0.03));
  for (const auto split : {data.graph.valid(), data.graph.test()})
    CHECK(std::ranges::count(split, gender.source().relation, &Triple::relation) > 100);
  CHECK(data.attributes.sensitive().size() == 4);
  CHECK(data.attributes.persons().size() > 3500);
  CHECK(data.whitelist.entries[0].relations.size() == 2);
  check_covered(data);
  REQUIRE(data.truth.has_value());
  CHECK(data.truth->strength == 1.0);
  CHECK(data.truth->gender_log_odds.size() == 40);
  for (const auto& [profession, log_odds] : data.truth->gender_log_odds)
    CHECK(data.attributes.profession()->value_index(profession).has_value());
}

TEST_CASE("Planted triples do not depend on how the entities are cut into chunks",
          "[datasets][planted-people]") {
  const PlantedPeople people(parameters(1000, 1.0));
  const Stated whole = collect(people, 1000);
  CHECK(whole == collect(people, 1));
  CHECK(whole == collect(people, 137));
  CHECK(whole != collect(PlantedPeople(parameters(1000, 1.0, 2)), 1000));
}

TEST_CASE("The same seed writes the same bytes, another seed others",
          "[datasets][planted-people]") {
  const TemporaryDirectory folder;
  write_planted_people(folder / "a", parameters(1000, 1.0));
  write_planted_people(folder / "b", parameters(1000, 1.0));
  write_planted_people(folder / "c", parameters(1000, 1.0, 2));
  for (const char* file : {"train.txt", "valid.txt", "test.txt", "card.toml", "truth.json"}) {
    CHECK(read_file(folder / "a" / file) == read_file(folder / "b" / file));
    CHECK(read_file(folder / "a" / file) != read_file(folder / "c" / file));
  }
}

TEST_CASE("The planted graph of a seed is pinned", "[datasets][planted-people]") {
  // Another digest means other graphs for everybody who names a seed.
  CHECK(make_planted_people(parameters(1000, 1.0)).graph.digest().hex() ==
        "ba8bec8bcabc4435503e27c07c579a04c1ae674ea5f847c907cc6959a9d44cdb");
}

TEST_CASE("A written planted graph loads as the same graph, with its truth",
          "[datasets][planted-people]") {
  const TemporaryDirectory folder;
  const Parameters p = parameters(2000, 1.5);
  write_planted_people(folder / "made", p);
  CHECK_FALSE(std::filesystem::exists(folder / "made.part"));
  const Dataset read = load_dataset(dataset_at(folder / "made"));
  const Dataset made = make_planted_people(p);
  CHECK(read.id == "planted-people");
  CHECK(read.graph.digest() == made.graph.digest());
  REQUIRE(read.truth.has_value());
  CHECK(read.truth->strength == 1.5);
  auto expected = made.truth->gender_log_odds;
  std::ranges::sort(expected);
  CHECK(read.truth->gender_log_odds == expected);
  CHECK(read.whitelist.entries[3].relations == made.whitelist.entries[3].relations);
  CHECK(read.files.size() == 4);

  CHECK_THROWS_AS(write_planted_people(folder / "made", p), InputError);
  std::string bytes = read_file(folder / "made" / "test.txt");
  bytes[3] = 'X';
  write_file(folder / "made" / "test.txt", bytes);
  CHECK_THROWS_WITH(load_dataset(dataset_at(folder / "made")), Catch::Contains("SHA-256"));
}

TEST_CASE("At strength 0 the profession is independent of gender", "[datasets][planted-people]") {
  const PlantedPeople people(parameters(100'000, 0.0));
  for (const auto& [profession, log_odds] : people.truth().gender_log_odds)
    CHECK(log_odds == Approx(0.0).margin(1e-9));
  const Table table = count_professions(people);
  double chi_square = 0;
  double freedom = -1;
  for (const auto& [profession, cell] : table.by_profession) {
    const double both = cell.first + cell.second;
    const double women = both * table.women / (table.women + table.men);
    if (women < 5) continue;
    chi_square += (cell.first - women) * (cell.first - women) / women +
                  (cell.second - both + women) * (cell.second - both + women) / (both - women);
    freedom += 1;
  }
  REQUIRE(freedom > 100);
  // Mean `freedom`, standard deviation sqrt(2 freedom); five of them leave room for the few persons
  // who are counted in two professions.
  CHECK(std::abs(chi_square - freedom) < 5 * std::sqrt(2 * freedom));
}

TEST_CASE("The planted log odds are found again within their sampling error",
          "[datasets][planted-people]") {
  const PlantedPeople people(parameters(100'000, 1.0));
  const Table table = count_professions(people);
  double squares = 0;
  double n = 0;
  double largest = 0;
  for (const auto& [profession, log_odds] : people.truth().gender_log_odds) {
    const auto found = table.by_profession.find(profession.value);
    if (found == table.by_profession.end()) continue;
    const auto [women, men] = found->second;
    if (women < 40 || men < 40) continue;
    const double p = women / table.women;
    const double q = men / table.men;
    const double error = std::sqrt((1 - p) / women + (1 - q) / men);
    const double z = (std::log(p / q) - log_odds) / error;
    INFO(people.entity_name(profession) << " planted " << log_odds << " found " << std::log(p / q));
    CHECK(std::abs(z) < 4.5);
    squares += z * z;
    n += 1;
    largest = std::max(largest, std::abs(log_odds));
  }
  REQUIRE(n > 80);
  CHECK(std::abs(squares / n - 1) < 5 * std::sqrt(2 / n));
  CHECK(largest > 1.0);  // the bias is worth finding
}

TEST_CASE("Degrees are skewed as in real graphs", "[datasets][planted-people]") {
  const PlantedPeople people(parameters(100'000, 1.0));
  const RelationId influence(relation(people, "influenced_by"));
  std::vector<std::uint32_t> degree(people.person_count(), 0);
  double total = 0;
  people.stream(0, people.person_count(), [&](SplitName, const Triple& t) {
    if (t.relation != influence) return;
    ++degree[t.tail.index()];
    total += 1;
  });
  std::ranges::sort(degree, std::greater());
  const auto top = static_cast<std::ptrdiff_t>(degree.size() / 100);
  double share = 0;
  for (auto d = degree.begin(); d != degree.begin() + top; ++d) share += *d;
  share /= total;
  CHECK(share > 0.4);  // one person in a hundred has a good part of all influence
  CHECK(share < 0.8);
}

TEST_CASE("Planted graphs of a thousand and of a hundred thousand entities are covered by train",
          "[datasets][planted-people]") {
  for (const std::int64_t entities : {1000, 100'000}) {
    const Dataset data = make_planted_people(parameters(entities, 1.0));
    CHECK(static_cast<std::int64_t>(data.graph.entity_count()) == entities);
    check_covered(data);
    const double persons = static_cast<double>(data.attributes.persons().size());
    CHECK(persons > 0.5 * static_cast<double>(entities));
  }
}

TEST_CASE("Streaming a large planted graph needs no memory that grows with it",
          "[datasets][planted-people]") {
  if (kSanitized) KGA_SKIP("sanitizers keep freed memory");
  const PlantedPeople people(parameters(10'000'000, 1.0));
  CHECK(people.entity_count() == 10'000'000);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  std::uint64_t triples = 0;
  // A slice of each end: every kind of entity occurs.
  people.stream(0, 300'000, [&](SplitName, const Triple&) { ++triples; });
  people.stream(9'900'000, 10'000'000, [&](SplitName, const Triple&) { ++triples; });
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(triples > 3'000'000);
  CHECK(after.ru_maxrss - before.ru_maxrss < 8 * 1024);  // KiB
}

TEST_CASE("Couples, ethnic names and languages make attributes inferable",
          "[datasets][planted-people]") {
  const PlantedPeople people(parameters(20'000, 0.0));
  const RelationId gender(relation(people, "gender"));
  const RelationId name(relation(people, "given_name"));
  // The share of persons whose gender the majority of their name's bearers tells.
  std::map<std::uint32_t, std::pair<int, int>> bearers;
  std::uint32_t person = UINT32_MAX;
  int last = -1;
  people.stream(0, people.person_count(), [&](SplitName, const Triple& t) {
    if (t.head.value != person) {
      person = t.head.value;
      last = -1;
    }
    if (t.relation == gender) last = people.entity_name(t.tail) == "female" ? 1 : 0;
    if (t.relation == name && last >= 0) {
      auto& cell = bearers[t.tail.value];
      (last == 1 ? cell.first : cell.second) += 1;
    }
  });
  double right = 0;
  double all = 0;
  for (const auto& [id, cell] : bearers) {
    right += std::max(cell.first, cell.second);
    all += cell.first + cell.second;
  }
  CHECK(right / all > 0.9);   // far over the majority's 0.7,
  CHECK(right / all < 0.99);  // but not certain
}

TEST_CASE("Planted parameters are checked by their table", "[datasets][planted-people]") {
  Parameters p(planted_people_parameters());
  CHECK_THROWS_AS(p.set("entities", std::string_view("999"), "test"), InputError);
  CHECK_THROWS_AS(p.set("entities", std::string_view("10000001"), "test"), InputError);
  CHECK_THROWS_AS(p.set("strength", std::string_view("-1"), "test"), InputError);
  CHECK_THROWS_AS(p.set("strenght", std::string_view("1"), "test"), InputError);
}
