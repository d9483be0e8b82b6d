#include "metrics/formulas/proxy_ranking.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "datasets/people_dataset.hpp"
#include "suite/base/rng.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;
using namespace kgaudit::tests;

namespace proxy_ranking_tests {
namespace {

/// Persons of two genders. Every other has a given name, which tells the gender; all have a team,
/// which tells nothing, and a club that stands on its own side and tells three of four.
datasets::Dataset town(bool mother_is_proxy = false) {
  std::vector<NamedTriple> train;
  Rng rng(3, "town");
  for (int i = 0; i < 200; ++i) {
    const std::string person = "p" + std::to_string(i);
    const bool woman = i % 2 == 0;
    train.push_back({person, "gender", woman ? "f" : "m"});
    if (i % 4 < 2)
      train.push_back({person, "given", (woman ? "Ann" : "Bob") + std::to_string(i % 3)});
    train.push_back({person, "team", "t" + std::to_string(rng.below(5))});
    const bool told = i / 2 % 4 != 0;
    train.push_back({told == woman ? "choir" : "crew", "member", person});
    if (i < 5) train.push_back({person, "rare", "x"});
    train.push_back({person, "id", "id" + std::to_string(i)});
  }
  datasets::Dataset data = dataset_of(train, {}, {}, {{"gender", "gender"}});
  if (mother_is_proxy) {
    datasets::PersonRelation gender = data.attributes.sensitive()[0].source();
    gender.proxies.push_back({relation(data, "given"), false});
    data.attributes = datasets::AttributeTable(data.graph, {gender}, std::nullopt);
  }
  return data;
}

std::vector<Proxy> proxies(const datasets::Dataset& data, std::string_view attribute = "gender",
                           std::size_t threads = 1) {
  const auto& asked = *data.attributes.find(attribute);
  ThreadPool pool(threads);
  return ranked_proxies(data, asked, stated_persons(asked, 1000, 10), {10, 5, 3}, pool);
}

const Proxy& named(const std::vector<Proxy>& ranked, std::string_view relation) {
  const auto found = std::ranges::find(ranked, relation, &Proxy::relation);
  REQUIRE(found != ranked.end());
  return *found;
}

}  // namespace

TEST_CASE("Facts are ranked by how well the attribute is read from each kind alone",
          "[metrics][proxy_ranking]") {
  const std::vector<Proxy> ranked = proxies(town());
  // Three of four are read from the club, which everybody has: an AUC of 3/4. Given names tell
  // all of the half that has one, and nothing of the others: of four pairs of a woman and a man
  // three are ordered and one is a tie, 7/8.
  // The folds cost a little: three standard errors are .1.
  CHECK(*named(ranked, "member").auc == near(.75, .1));
  CHECK(*named(ranked, "given").auc == near(.875, .03));
  CHECK(named(ranked, "member").inverse);
  CHECK(named(ranked, "member").persons == 200);
  CHECK(named(ranked, "member").values == 2);
  CHECK(*named(ranked, "given").auc_covered == near(1.0));
  CHECK(named(ranked, "given").persons == 100);
  CHECK(*named(ranked, "team").auc == near(.5, .12));
  REQUIRE(named(ranked, "member").interval);
  CHECK(named(ranked, "member").interval->low > .6);
  CHECK(ranked.front().relation == "given");
  CHECK(std::ranges::is_sorted(ranked, std::greater<>(),
                               [](const Proxy& p) { return p.auc.value_or(-1.0); }));
}

TEST_CASE("What states the attribute, what tells it by declaration and what is rare are not asked",
          "[metrics][proxy_ranking]") {
  for (const Proxy& proxy : proxies(town(true))) {
    CHECK(proxy.relation != "gender");
    CHECK(proxy.relation != "given");
    CHECK(proxy.relation != "rare");
  }
  const std::vector<Proxy> ranked = proxies(town());
  // Nobody shares an id, so it cannot be learnt from.
  CHECK_FALSE(named(ranked, "id").auc);
  CHECK(named(ranked, "id").values == 0);
  CHECK(ranked.back().relation == "id");
}

TEST_CASE("Columns of a people file are proxies of each other, an intersection of neither part",
          "[metrics][proxy_ranking]") {
  datasets::PeopleTable people;
  people.file.name = "people.csv";
  people.columns.resize(3);
  people.columns[0].id = "gender";
  people.columns[0].values = {"f", "m"};
  people.columns[1].id = "title";
  people.columns[1].values = {"Mrs", "Mr"};
  people.columns[2].id = "profession";
  people.columns[2].values = {"a", "b", "c"};
  for (std::uint32_t i = 0; i < 90; ++i) {
    people.names.push_back("p" + std::to_string(i));
    people.columns[0].of_person.push_back({i % 2});
    people.columns[1].of_person.push_back({i % 2});
    people.columns[2].of_person.push_back({i % 3});
  }
  datasets::Dataset data = datasets::dataset_of_rows("rows", people.names, "names.txt");
  datasets::add_people(data, people, datasets::match_names(people.names, people.names));
  const std::vector<std::string> parts = {"gender", "title"};
  datasets::add_intersection(data, parts, "--intersect");
  const std::vector<Proxy> of_gender = proxies(data);
  REQUIRE(of_gender.size() == 2);
  CHECK(of_gender[0].relation == "title");
  CHECK(of_gender[0].beside);
  CHECK(*of_gender[0].auc == near(1.0));
  CHECK(of_gender[1].relation == "profession");
  CHECK(*of_gender[1].auc == near(.5, .15));
  const std::vector<Proxy> of_both = proxies(data, "gender x title");
  REQUIRE(of_both.size() == 1);
  CHECK(of_both[0].relation == "profession");
}

TEST_CASE("The ranking of proxies has the same bits for any number of threads",
          "[metrics][proxy_ranking]") {
  const auto one = proxies(town(), "gender", 1);
  const auto three = proxies(town(), "gender", 3);
  REQUIRE(one.size() == three.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].relation == three[i].relation);
    CHECK(one[i].auc == three[i].auc);
  }
}

}  // namespace proxy_ranking_tests
