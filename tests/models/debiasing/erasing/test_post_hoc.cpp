#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include "models/debiasing/adversaries/discriminator.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/training/trainer.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;
using Eigen::Index;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Parameters of_system(std::string_view id, Changes changes = {}) {
  return parameters_of(find_system(id).parameters(), changes);
}

/// Quick for FAN, and fitted on all persons.
Parameters quick(const SystemEntry& system) {
  Parameters own(system.parameters());
  own.set("fit_share", std::string_view("1"), "test");
  if (own.has("steps")) own.set("steps", std::string_view("20"), "test");
  return own;
}

std::vector<ModelView> trained(const Dataset& data, const SystemEntry& system,
                               const Parameters& own, Digest* state = nullptr) {
  ThreadPool pool(1);
  Trainer trainer(data, system, toy_training(), own, 3, pool);
  for (int i = 0; i < 3; ++i) trainer.run_epoch();
  if (state != nullptr) *state = trainer.digest();
  return trainer.publish();
}

/// A table that nobody trained, as if read from a file: normal rows, and women lie 4 further along
/// axis 2 than men.
EmbeddingTable planted_table(const Dataset& data, std::size_t dimension = 12) {
  EmbeddingTable table;
  table.entities = normal_table(data.graph.entity_count(), dimension, 21);
  table.relations = normal_table(data.graph.relation_count(), dimension, 22);
  for (const EntityId p : data.attributes.persons()) {
    if (data.attributes.sensitive()[0].train_values(p)[0] == 0)
      table.entities.row(p.index())[2] += 4;
  }
  return table;
}

/// Cross-entropy of gender that an adversary of its own reaches on the persons' rows.
double fresh_adversary_loss(const FloatTable& entities, const Dataset& data) {
  ThreadPool pool(1);
  const std::size_t d = entities.width();
  Discriminator adversary(data.attributes.sensitive()[0], 2, d, layers_of_bose(d),
                          Rng(5, "test.adversary"));
  const auto persons = data.attributes.persons();
  NetworkMatrix rows(static_cast<Index>(persons.size()), static_cast<Index>(d));
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    places.push_back(i);
    for (std::size_t k = 0; k < d; ++k)
      rows(static_cast<Index>(i), static_cast<Index>(k)) = entities.row(persons[i].index())[k];
  }
  adversary.look(rows, places, persons);
  adversary.learn(80, 0.01F, pool);
  static_cast<void>(adversary.take_loss());
  adversary.learn(1, 0.01F, pool);
  return adversary.take_loss().value();
}

const TableView& view_of(const std::vector<TableView>& views, const std::string& id) {
  for (const TableView& view : views)
    if (view.id == id) return view;
  FAIL("no view " << id);
  return views.front();
}

}  // namespace

TEST_CASE("Post-hoc systems train the bits of Basic and change persons alone",
          "[models][hard-debias][inlp][leace][fan]") {
  const Dataset data = toy_town();
  Digest plain_state;
  const auto plain = trained(data, find_system("basic"), {}, &plain_state);
  const EmbeddingTable& raw = plain.front().scorer.table();
  REQUIRE(post_hoc_systems().size() == 6);
  for (const SystemEntry* system : post_hoc_systems()) {
    INFO(std::string(system->id));
    Digest state;
    const auto views = trained(data, *system, quick(*system), &state);
    CHECK(state == plain_state);
    REQUIRE(views.size() == 3);
    CHECK(views[0].id == "a");
    CHECK_FALSE(views[0].attribute.has_value());
    CHECK(views[1].id == "s:gender");
    CHECK(views[1].attribute == "gender");
    CHECK(views[2].id == "s:ethnicity");
    std::set<std::string> tables;
    for (const ModelView& view : views) {
      const EmbeddingTable& table = view.scorer.table();
      tables.insert(table.entities.digest().hex());
      CHECK(padding_is_zero(table.entities));
      CHECK(table.relations.digest() == raw.relations.digest());
      CHECK(table.reciprocal == raw.reciprocal);
      for (std::uint32_t e = 0; e < data.graph.entity_count(); ++e) {
        INFO("entity " << e);
        const bool same = row_of(table.entities, e) == row_of(raw.entities, e);
        CHECK(same == !data.attributes.is_person(EntityId(e)));
      }
    }
    CHECK(tables.size() == 3);
  }
}

TEST_CASE("Who trains as the reference trains its bits and reads its table as its own",
          "[models][basic][prior-removal]") {
  const Dataset data = toy_town();
  ThreadPool pool(2);
  Trainer reference(data, reference_system(), toy_training(), {}, 3, pool);
  for (int i = 0; i < 3; ++i) reference.run_epoch();
  std::size_t readers = 0;
  for (const SystemEntry* system : systems()) {
    INFO(std::string(system->id));
    CHECK((system->erase == nullptr || system->trains_as_reference));
    if (!system->trains_as_reference) continue;
    ++readers;
    const Parameters parameters =
        system->erase == nullptr ? Parameters(system->parameters()) : quick(*system);
    Digest state;
    const auto own = trained(data, *system, parameters, &state);
    CHECK(state == reference.digest());
    const auto reader = make_system(*system, data, toy_training(), parameters, 3, pool);
    const auto read = reference.publish_through(*reader);
    REQUIRE(read.size() == own.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      CHECK(read[i].id == own[i].id);
      CHECK(read[i].attribute == own[i].attribute);
      CHECK(read[i].scorer.table().digest() == own[i].scorer.table().digest());
    }
  }
  CHECK(readers > post_hoc_systems().size());
}

TEST_CASE("A post-hoc system does to a table from elsewhere what it does to its own", "[models]") {
  const Dataset data = toy_town();
  const auto plain = trained(data, find_system("basic"), {});
  for (const SystemEntry* system : post_hoc_systems()) {
    INFO(std::string(system->id));
    const auto own = trained(data, *system, quick(*system));
    std::vector<std::vector<TableView>> foreign;
    for (const std::size_t threads : {1U, 2U, 4U}) {
      ThreadPool pool(threads);
      foreign.push_back(erased_views(*system, plain.front().scorer.table(), data.attributes,
                                     quick(*system), 3, pool));
    }
    for (const auto& views : foreign) {
      REQUIRE(views.size() == own.size());
      for (std::size_t i = 0; i < views.size(); ++i) {
        CHECK(views[i].id == own[i].id);
        CHECK(views[i].attribute == own[i].attribute);
        CHECK(views[i].table->digest() == own[i].scorer.table().digest());
      }
    }
  }
}

TEST_CASE("Views can be had singly", "[models]") {
  const Dataset data = toy_town();
  ThreadPool pool(1);
  const auto ids = [&](const char* wanted) {
    std::vector<std::string> found;
    for (const TableView& view :
         erased_views(find_system("leace"), planted_table(data), data.attributes,
                      of_system("leace", {{"views", wanted}}), 1, pool)) {
      found.push_back(view.id);
    }
    return found;
  };
  using Ids = std::vector<std::string>;
  CHECK(ids("both") == Ids{"a", "s:gender", "s:ethnicity"});
  CHECK(ids("all") == Ids{"a"});
  CHECK(ids("single") == Ids{"s:gender", "s:ethnicity"});
}

TEST_CASE("A planted leak in a table from elsewhere is erased, and no control erases it",
          "[models][hard-debias][inlp][leace][random-projection][leace-shuffled]") {
  const Dataset data = toy_town(300);
  const EmbeddingTable table = planted_table(data);
  ThreadPool pool(1);
  const auto gap = [&](const FloatTable& entities) {
    const FitPersons everyone(data.attributes, of_system("leace", {{"fit_share", "1"}}), 1, "test");
    const PointMatrix means = class_means(everyone.points(entities), everyone.labels()[0]);
    return (means.row(0) - means.row(1)).norm();
  };
  const double before = gap(table.entities);
  REQUIRE(before > 3.5);
  const auto after = [&](const char* id, const char* fit_share, const char* view) {
    const auto views = erased_views(find_system(id), table, data.attributes,
                                    of_system(id, {{"fit_share", fit_share}}), 1, pool);
    return gap(view_of(views, view).table->entities);
  };
  CHECK(after("leace", "1", "a") < 1e-5);
  CHECK(after("leace", "1", "s:gender") < 1e-5);
  CHECK(after("hard-debias", "1", "s:gender") < 1e-5);
  CHECK(after("inlp", "1", "s:gender") < 0.3 * before);
  // Persons outside the fit split lose it too, but for what a sample cannot know.
  CHECK(after("leace", "0.5", "s:gender") < 0.3 * before);
  CHECK(after("leace", "0.5", "s:gender") > 1e-3);
  CHECK(after("random-projection", "1", "s:gender") > 0.7 * before);
  CHECK(after("leace-shuffled", "1", "s:gender") > 0.7 * before);
  // Erasing another attribute is no remedy either.
  CHECK(after("leace", "1", "s:ethnicity") > 0.6 * before);
}

TEST_CASE("Hard-debias removes as much as lambda says, from whom it is told",
          "[models][hard-debias]") {
  const Dataset data = toy_town();
  const EmbeddingTable table = planted_table(data);
  ThreadPool pool(1);
  const auto changed = [&](Changes changes, std::uint32_t entity) {
    const auto views = erased_views(find_system("hard-debias"), table, data.attributes,
                                    of_system("hard-debias", changes), 1, pool);
    const auto row = row_of(view_of(views, "s:gender").table->entities, entity);
    const auto old = row_of(table.entities, entity);
    double squares = 0.0;
    for (std::size_t k = 0; k < row.size(); ++k) squares += (row[k] - old[k]) * (row[k] - old[k]);
    return std::sqrt(squares);
  };
  constexpr std::uint32_t kPerson = kFirstTownPerson, kJob = 7, kPlace = 13;
  const double whole = changed({}, kPerson);
  CHECK(whole > 0.1);
  CHECK(changed({{"strength", "0.25"}}, kPerson) == Approx(0.25 * whole).epsilon(1e-4));
  CHECK(changed({{"strength", "0"}}, kPerson) == 0.0);
  CHECK(changed({}, kJob) == 0.0);
  CHECK(changed({{"apply_to", "both"}}, kJob) > 0.0);
  CHECK(changed({{"apply_to", "both"}}, kPerson) == whole);
  CHECK(changed({{"apply_to", "professions"}}, kJob) > 0.0);
  CHECK(changed({{"apply_to", "professions"}}, kPerson) == 0.0);
  CHECK(changed({{"apply_to", "both"}}, kPlace) == 0.0);
  // e_f - e_m: what is left of a person is orthogonal to it.
  const auto views = erased_views(find_system("hard-debias"), table, data.attributes,
                                  of_system("hard-debias", {{"direction", "values"}}), 1, pool);
  const FloatTable& rows = view_of(views, "s:gender").table->entities;
  double along = 0.0;
  for (std::size_t k = 0; k < rows.width(); ++k) {
    along += static_cast<double>(rows.row(kPerson)[k]) *
             static_cast<double>(table.entities.row(1)[k] - table.entities.row(0)[k]);
  }
  CHECK(std::abs(along) < 1e-4);
}

TEST_CASE("FAN makes an adversary guess and keeps the rows near to what they were",
          "[models][fan]") {
  const Dataset data = toy_town(300);
  const EmbeddingTable table = planted_table(data);
  ThreadPool pool(2);
  const auto filtered = [&](Changes changes) {
    return view_of(erased_views(find_system("fan"), table, data.attributes,
                                of_system("fan", changes), 1, pool),
                   "s:gender")
        .table;
  };
  const double before = fresh_adversary_loss(table.entities, data);
  CHECK(before < 0.1);
  for (const char* reward : {"confusion", "reversed"}) {
    INFO(reward);
    const auto after = filtered({{"reward", reward}, {"steps", "400"}, {"lambda", "20"}});
    CHECK(fresh_adversary_loss(after->entities, data) > 2.0 * before);
  }
  const auto idle = filtered({{"lambda", "0"}, {"steps", "800"}});
  double edit = 0.0, size = 0.0;
  for (const EntityId p : data.attributes.persons()) {
    for (std::size_t k = 0; k < 12; ++k) {
      const auto old = static_cast<double>(table.entities.row(p.index())[k]);
      const double moved = static_cast<double>(idle->entities.row(p.index())[k]) - old;
      edit += moved * moved;
      size += old * old;
    }
  }
  CHECK(edit < 0.01 * size);
}

TEST_CASE("The fit split is drawn person by person", "[models]") {
  const Dataset data = toy_town(400);
  const auto persons = [&](const char* share, std::uint64_t seed, const char* most = "50000") {
    const FitPersons fit(data.attributes,
                         of_system("leace", {{"fit_share", share}, {"max_persons", most}}), seed,
                         "test");
    return std::set<EntityId>(fit.persons().begin(), fit.persons().end());
  };
  const auto some = persons("0.3", 1);
  const auto more = persons("0.6", 1);
  CHECK(some.size() == Approx(120.0).margin(40.0));
  CHECK(more.size() == Approx(240.0).margin(40.0));
  CHECK(std::includes(more.begin(), more.end(), some.begin(), some.end()));
  CHECK(persons("1", 1).size() == 400);
  CHECK(persons("0.3", 1) == some);
  const auto few = persons("0.3", 1, "50");
  CHECK(few.size() == 50);
  CHECK(std::includes(some.begin(), some.end(), few.begin(), few.end()));
  CHECK(persons("1", 1, "50") == few);
  CHECK(persons("0.3", 2) != some);
}

TEST_CASE("A person's values share what is known of him, and unnamed values are the rest",
          "[models]") {
  const Dataset data = toy_people();
  const FitPersons fit(data.attributes,
                       of_system("leace", {{"fit_share", "1"}, {"candidates", "2"}}), 1, "test");
  REQUIRE(fit.persons().size() == 4);  // of Eve nothing is known
  REQUIRE(fit.usable().size() == 2);
  const auto share = [&](std::size_t attribute, std::uint32_t person, std::uint32_t value) {
    const Labels& labels = fit.labels()[attribute];
    const auto column = fit.usable()[attribute].source->value_index(EntityId(value)).value();
    for (std::size_t i = 0; i < labels.points.size(); ++i) {
      if (fit.persons()[labels.points[i]] == EntityId(person))
        return labels.shares(static_cast<Index>(i), static_cast<Index>(column));
    }
    return -1.0;
  };
  CHECK(share(0, kAnn, kFemale) == 1.0);
  CHECK(share(0, kAnn, kMale) == 0.0);
  CHECK(share(0, kDee, kFemale) == 0.5);
  CHECK(share(0, kDee, kMale) == 0.5);
  CHECK(share(1, kAnn, kNorse) == 1.0);
  CHECK(share(1, kCy, kNorse) == 0.5);
  CHECK(share(1, kCy, kCelt) == 0.5);
  // Dee is Roman, the third value of two candidates.
  CHECK(share(1, kDee, kNorse) == 0.0);
  CHECK(share(1, kDee, kCelt) == 0.0);
  const PointMatrix points = fit.points(normal_table(kToyEntities, 3, 5));
  REQUIRE(points.rows() == 4);
  CHECK(points(3, 2) == static_cast<double>(normal_table(kToyEntities, 3, 5).row(kDee)[2]));
}

TEST_CASE("A post-hoc system without anybody to learn from says so", "[models]") {
  const Dataset data = toy_town();
  ThreadPool pool(1);
  for (const SystemEntry* system : post_hoc_systems()) {
    Parameters own = quick(*system);
    own.set("fit_share", std::string_view("0"), "test");
    try {
      static_cast<void>(erased_views(*system, planted_table(data), data.attributes, own, 1, pool));
      FAIL("nothing was refused");
    } catch (const InputError& error) {
      CHECK(error.code() == ExitCode::kUsage);
      CHECK(error.complaint().place == "system " + std::string(system->id));
      CHECK_THAT(error.complaint().got, Catch::StartsWith("0 of 60 persons"));
      CHECK_THAT(error.complaint().advice, Catch::Contains("fit_share"));
    }
  }
}
