#include <algorithm>
#include <string>
#include <vector>

#include "datasets/people_dataset.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace people_dataset_tests {
namespace {

using Names = std::vector<std::string>;

PeopleTable table() {
  PeopleTable people;
  people.names = {"Ada_L", "Bob", "Eve", "Kim"};
  people.file.name = "people.csv";
  people.columns.resize(3);
  people.columns[0] = {.id = "gender",
                       .values = {"female", "male"},
                       .of_person = {{0}, {1}, {0}, {}},
                       .bin_edges = {},
                       .unknown = 1};
  people.columns[1] = {.id = "nationality",
                       .values = {"UK", "France"},
                       .of_person = {{0}, {0}, {0, 1}, {1}},
                       .bin_edges = {},
                       .several = 1};
  people.columns[2] = {.id = "profession",
                       .values = {"writer", "Bob"},
                       .of_person = {{0}, {}, {1}, {0}},
                       .bin_edges = {}};
  return people;
}

/// Rows of three of the four persons and of two others.
Dataset added(const PeopleTable& people) {
  Dataset data = dataset_of_rows("rows", {"Ada L", "word", "Eve", "Bob", "writer"}, "names.txt");
  add_people(data, people, match_names(data.graph.entities().names(), people.names));
  return data;
}

std::uint64_t finding(const Dataset& data, std::string_view id, std::string_view subject = "") {
  for (const IntegrityFinding& f : data.integrity.findings) {
    if (f.id == id && f.subject == subject) return f.count;
  }
  return 0;
}

Names value_names(const Dataset& data, const PersonAttribute& attribute) {
  Names names;
  for (const EntityId v : attribute.values()) names.push_back(data.graph.entities().name(v.value));
  return names;
}

EntityId entity(const Dataset& data, std::string_view name) {
  return EntityId(data.graph.entities().find(name).value());
}

std::string complaint(const auto& job) {
  try {
    job();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Rows and a people file make a data set: rows first, then values that have no row",
          "[datasets][people_dataset]") {
  const Dataset data = added(table());
  CHECK(data.graph.entities().names() ==
        Names{"Ada L", "word", "Eve", "Bob", "writer", "female", "male", "UK", "France"});
  CHECK(data.labels == data.graph.entities().names());
  CHECK(data.graph.train().empty());
  CHECK(data.graph.relation_count() == 0);
  REQUIRE(data.attributes.sensitive().size() == 2);
  const PersonAttribute& gender = data.attributes.sensitive()[0];
  CHECK(gender.id() == "gender");
  CHECK_FALSE(gender.source().in_graph());
  CHECK(relations_that_state(gender).empty());
  CHECK(value_names(data, gender) == Names{"female", "male"});
  CHECK(std::vector<std::uint32_t>(gender.train_counts().begin(), gender.train_counts().end()) ==
        std::vector<std::uint32_t>{2, 1});
  CHECK(gender.train_values(entity(data, "Bob")).front() == 1);
  CHECK(data.attributes.profession()->id() == "profession");
  // A value that is a row's name is that entity.
  CHECK(data.attributes.profession()->values()[0] == entity(data, "Bob"));
  CHECK(data.attributes.is_person(entity(data, "Eve")));
  CHECK_FALSE(data.attributes.is_person(entity(data, "word")));
  CHECK(data.whitelist.entries.size() == 2);
}

TEST_CASE("Persons without a row, without a value and with several are counted on record",
          "[datasets][people_dataset]") {
  const Dataset data = added(table());
  CHECK(finding(data, "people_without_a_row") == 1);  // Kim
  CHECK(finding(data, "unknown_values", "gender") == 1);
  CHECK(finding(data, "several_values", "nationality") == 1);
  CHECK(data.attributes.persons().size() == 3);
  CHECK(data.attributes.find("nationality")->train_values(entity(data, "Eve")).size() == 2);
}

TEST_CASE("An intersection has the combinations that somebody has, and nobody with a part unknown",
          "[datasets][people_dataset]") {
  Dataset data = added(table());
  const Names parts = {"gender", "nationality"};
  CHECK(add_intersection(data, parts, "--intersect") == "gender x nationality");
  const PersonAttribute* both = data.attributes.find("gender x nationality");
  REQUIRE(both != nullptr);
  CHECK(value_names(data, *both) == Names{"female x UK", "female x France", "male x UK"});
  CHECK(both->train_counts()[0] == 2);
  CHECK(both->train_values(entity(data, "Eve")).size() == 2);
  CHECK(both->train_values(entity(data, "word")).empty());
  CHECK(data.labels.size() == data.graph.entity_count());
  CHECK(data.whitelist.entries.size() == 3);
  const auto refused = [&](const Names& wanted) {
    return complaint([&] { add_intersection(data, wanted, "--intersect"); });
  };
  CHECK_THAT(refused(parts), Contains("again"));
  CHECK_THAT(refused({"gender"}), Contains("two or more"));
  CHECK_THAT(refused({"gender", "gender"}), Contains("two or more different"));
  CHECK_THAT(refused({"gender", "nation"}), Contains("nationality"));
  CHECK(add_intersection(data, Names{"gender", "profession"}, "--intersect") ==
        "gender x profession");
}

TEST_CASE("An intersection over a graph is told by all relations that tell its parts",
          "[datasets][people_dataset]") {
  Dataset data;
  const auto t = [](std::uint32_t h, std::uint32_t r, std::uint32_t o) {
    return Triple{EntityId(h), RelationId(r), EntityId(o)};
  };
  data.graph = KnowledgeGraph(Vocabulary(Names{"p", "q", "m", "f", "uk"}),
                              Vocabulary(Names{"gender", "country", "spouse"}),
                              {t(0, 0, 2), t(1, 0, 3), t(0, 1, 4), t(0, 2, 1)}, {t(1, 1, 4)}, {});
  data.labels = {"p", "q", "man", "woman", "Britain"};
  data.attributes = AttributeTable(
      data.graph,
      {{.id = "gender", .relation = RelationId(0), .proxies = {{RelationId(2), false}}},
       {.id = "country", .relation = RelationId(1)}},
      std::nullopt);
  data.whitelist.entries.resize(2);
  add_intersection(data, Names{"gender", "country"}, "--intersect");
  const PersonAttribute* both = data.attributes.find("gender x country");
  REQUIRE(both != nullptr);
  CHECK(relations_that_state(*both).size() == 3);
  CHECK(data.labels.back() == "woman x Britain");
  CHECK(both->train_values(EntityId(0)).size() == 1);
  CHECK(both->train_values(EntityId(1)).empty());  // the country of q stands in valid
  CHECK(both->all_values(EntityId(1)).size() == 1);
  CHECK_FALSE(data.attributes.sensitive_index(kNoRelation));
}

TEST_CASE("One call reads a people file, matches its names and adds intersections by parameters",
          "[datasets][people_dataset]") {
  const TemporaryDirectory directory;
  write_file(directory / "people.csv",
             "who,gender,nationality,born\nAda_L,f,UK;FR,1815\nBob,m,UK,1990\nZoe,f,none,1900\n");
  Parameters parameters(people_parameters());
  const auto set = [&](const char* name, std::string_view value) {
    parameters.set(name, value, "test");
  };
  set("name_column", "who");
  set("value_separator", ";");
  set("unknown", "none, ?");
  set("bins", "born=1900");
  set("intersections", "gender x nationality, gender x born");
  Dataset data = dataset_of_rows("rows", {"Ada L", "Bob", "word"}, "names.txt");
  const AddedPeople added = add_people_file(data, directory / "people.csv", parameters);
  CHECK(added.intersections == Names{"gender x nationality", "gender x born"});
  CHECK(added.matches.missing == std::vector<std::uint32_t>{2});
  CHECK(value_names(data, *data.attributes.find("gender x born")) ==
        Names{"f x below 1900", "m x 1900 and above"});
  CHECK(data.attributes.find("nationality")->train_values(EntityId(0)).size() == 2);
  const auto refused = [&](const char* name, std::string_view value) {
    Parameters changed = parameters;
    changed.set(name, value, "test");
    Dataset fresh = dataset_of_rows("rows", {"Ada L", "Bob", "word"}, "names.txt");
    return complaint([&] { add_people_file(fresh, directory / "people.csv", changed); });
  };
  CHECK_THAT(refused("strict", "true"), Contains("such as 'Zoe'"));
  CHECK_THAT(refused("bins", "born"), Contains("--bins"));
  CHECK_THAT(refused("bins", "born=old"), Contains("'born=old'"));
  for (const char* edges : {"born=nan", "born=inf", "born=-inf,1900"}) {
    CHECK_THAT(refused("bins", edges), Contains(edges));
  }
  CHECK_THAT(refused("bins", "born=1;born=2"), Contains("each column once"));
  CHECK_THAT(refused("attributes", "gender,natoin"), Contains("natoin"));
  CHECK_THAT(refused("intersections", "gender x age"), Contains("--intersect"));
}

TEST_CASE("Rows with a name twice or without a name are refused", "[datasets][people_dataset]") {
  CHECK_THAT(complaint([] {
               static_cast<void>(dataset_of_rows("x", {"a", "b", "a"}, "names.txt"));
             }),
             Contains("names.txt") && Contains("'a' again (row 2)"));
  CHECK_THAT(complaint([] { static_cast<void>(dataset_of_rows("x", {""}, "names.txt")); }),
             Contains("an empty name"));
}

namespace {

/// Four persons, of whom the graph states a gender of three by entities with labels.
Dataset stated_by_graph() {
  Dataset data;
  const auto t = [](std::uint32_t h, std::uint32_t o) {
    return Triple{EntityId(h), RelationId(0), EntityId(o)};
  };
  data.graph = KnowledgeGraph(Vocabulary({"a", "b", "c", "d", "/m/1", "/m/2"}),
                              Vocabulary({"has gender"}), {t(0, 4), t(1, 5), t(2, 4)}, {}, {});
  data.labels = {"a", "b", "c", "d", "female", "male"};
  data.attributes =
      AttributeTable(data.graph, {{.id = "gender", .relation = RelationId(0)}}, std::nullopt);
  data.whitelist.entries.resize(1);
  return data;
}

PeopleTable genders(Names values, std::vector<std::vector<std::uint32_t>> of_person) {
  PeopleTable people;
  people.names = {"a", "b", "d"};
  people.file.name = "people.csv";
  people.columns.resize(1);
  people.columns[0] = {.id = "gender",
                       .values = std::move(values),
                       .of_person = std::move(of_person),
                       .bin_edges = {}};
  return people;
}

}  // namespace

TEST_CASE("A column takes the place of the data set's attribute, and its labels name old values",
          "[datasets][people_dataset]") {
  Dataset data = stated_by_graph();
  const PeopleTable people = genders({"female", "male"}, {{0}, {0}, {1}});
  const auto replaced =
      add_people(data, people, match_names(data.graph.entities().names(), people.names));
  REQUIRE(replaced.size() == 1);
  CHECK(replaced[0].same == 1);     // a
  CHECK(replaced[0].changed == 1);  // b
  CHECK(replaced[0].added == 1);    // d
  CHECK(replaced[0].lost == 1);     // c
  CHECK(replaced[0].strange_value.empty());
  CHECK_THAT(replaced[0].in_words(), Contains("takes the place") && !Contains("not asked"));
  const PersonAttribute& gender = *data.attributes.find("gender");
  CHECK(gender.source().relation == RelationId(0));
  CHECK(value_names(data, gender) == Names{"/m/1", "/m/2"});
  CHECK(gender.train_values(entity(data, "c")).empty());
  CHECK(data.graph.entity_count() == 6);
  CHECK(data.whitelist.entries.size() == 1);
  CHECK(finding(data, "replaced_attribute", "gender") == 3);
}

TEST_CASE("A value that the relation never states puts the whole attribute beside the graph",
          "[datasets][people_dataset]") {
  Dataset data = stated_by_graph();
  const PeopleTable people = genders({"female", "diverse"}, {{0}, {0}, {1}});
  const auto replaced =
      add_people(data, people, match_names(data.graph.entities().names(), people.names));
  REQUIRE(replaced.size() == 1);
  CHECK(replaced[0].strange_value == "diverse");
  CHECK_THAT(replaced[0].in_words(),
             Contains("not asked") && Contains("never states 'diverse', but '"));
  CHECK(replaced[0].stated_values.size() == 2);
  const auto& source = data.attributes.find("gender")->source();
  CHECK_FALSE(source.in_graph());
  CHECK(data.graph.entity_count() == 7);
  // The relation that stated it so far is no other fact about these persons.
  REQUIRE(source.proxies.size() == 1);
  const auto before = stated_by_graph();
  CHECK(source.proxies[0].relation == before.attributes.find("gender")->source().relation);
}

TEST_CASE("Small groups are told of in words, the largest first", "[datasets][people_dataset]") {
  const Dataset data = added(table());
  const PersonAttribute& nationality = *data.attributes.find("nationality");
  CHECK(small_groups_text(data, nationality, 1, 5).empty());
  CHECK(small_groups_text(data, nationality, 4, 5) ==
        "2 groups of fewer than 4 persons are not measured: UK (3), France (1)");
  CHECK(small_groups_text(data, nationality, 4, 1) ==
        "2 groups of fewer than 4 persons are not measured: UK (3), and 1 more");
  CHECK(small_groups_text(data, nationality, 2, 5) ==
        "1 group of fewer than 2 persons is not measured: France (1)");
}

TEST_CASE("Groups below the smallest size are listed and marked, not dropped",
          "[datasets][people_dataset]") {
  const Dataset data = added(table());
  const std::vector<GroupSize> sizes = group_sizes(*data.attributes.find("gender"), 2);
  REQUIRE(sizes.size() == 2);
  CHECK(sizes[0].measured);
  CHECK(sizes[1].persons == 1);
  CHECK_FALSE(sizes[1].measured);
}

}  // namespace people_dataset_tests
