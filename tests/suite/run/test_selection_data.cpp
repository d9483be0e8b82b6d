#include "suite/run/selection_data.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "datasets/hidden_persons.hpp"
#include "models/training/system.hpp"
#include "models/training/trainer.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/provenance.hpp"
#include "tests/suite/run/tiny_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using datasets::Dataset;
using datasets::Triple;
using tests::tiny_plan;

Dataset whole_data() {
  Progress silent;
  return load_dataset(tiny_plan(), "", silent);
}

/// The data with the gender of the persons exchanged at random among them; nothing else differs.
Dataset with_exchanged_genders(const Dataset& data, const std::vector<EntityId>& persons) {
  const datasets::PersonAttribute& gender = *data.attributes.find("gender");
  const RelationId relation = gender.source().relation;
  std::vector<EntityId> values;
  for (const EntityId p : persons) values.push_back(gender.values()[gender.train_values(p)[0]]);
  Rng(5, "test.exchange").shuffle(std::span<EntityId>(values));
  std::vector<Triple> train(data.graph.train().begin(), data.graph.train().end());
  for (Triple& t : train) {
    const auto found = std::ranges::find(persons, t.head);
    if (t.relation == relation && found != persons.end()) {
      t.tail = values[static_cast<std::size_t>(found - persons.begin())];
    }
  }
  Dataset other = data;
  other.graph =
      datasets::KnowledgeGraph(data.graph.entities(), data.graph.relations(), std::move(train),
                               {data.graph.valid().begin(), data.graph.valid().end()},
                               {data.graph.test().begin(), data.graph.test().end()});
  std::vector<datasets::PersonRelation> sensitive;
  for (const auto& attribute : data.attributes.sensitive()) sensitive.push_back(attribute.source());
  other.attributes =
      datasets::AttributeTable(other.graph, sensitive, data.attributes.profession()->source());
  return other;
}

std::string table_hash(const Dataset& data, const Plan& plan, const models::SystemEntry& system) {
  ThreadPool pool(1);
  models::Trainer trainer(data, system, plan.training(), plan.system(system.id), 0, pool);
  while (trainer.epochs_done() < plan.training().count("epochs")) trainer.run_epoch();
  std::string all;
  for (const models::ModelView& view : trainer.publish()) {
    all += view.id + view.scorer.table().digest().hex();
  }
  return all;
}

}  // namespace

TEST_CASE("Hidden labels, exchanged among their persons, change no table of any system",
          "[run][hidden]") {
  std::string all;
  for (const models::SystemEntry* system : models::systems()) {
    all += (all.empty() ? "" : ",") + std::string(system->id);
  }
  const Plan plan = tiny_plan({{"training.epochs", "2", "test"}, {"systems", all, "test"}});
  const Dataset data = whole_data();
  const auto persons = datasets::drawn_persons(data, 0.2, 0);
  const Dataset other = with_exchanged_genders(data, persons.front());
  REQUIRE(data.attributes.sensitive().front().id() == "gender");
  REQUIRE_FALSE(data.graph.digest() == other.graph.digest());
  const Dataset hidden = datasets::hide_values(data, persons);
  const Dataset hidden_other = datasets::hide_values(other, persons);
  CHECK_FALSE(hidden.hidden->attributes[0].values == hidden_other.hidden->attributes[0].values);
  for (const models::SystemEntry* system : models::systems()) {
    INFO(system->id);
    CHECK(table_hash(hidden, plan, *system) == table_hash(hidden_other, plan, *system));
  }
  const models::SystemEntry& basic = models::reference_system();
  CHECK(table_hash(data, plan, basic) != table_hash(other, plan, basic));
}

TEST_CASE("A plan hides a fifth of each attribute's persons, and none where it says so",
          "[run][hidden]") {
  const Dataset data = whole_data();
  const Dataset prepared = prepared_data(data, tiny_plan().evaluation());
  REQUIRE(prepared.hidden);
  const auto& gender = data.attributes.sensitive().front();
  CHECK(prepared.hidden->attributes[0].persons.size() == gender.train_persons().size() / 5);
  CHECK(prepared.attributes.sensitive().front().train_persons().size() +
            prepared.hidden->attributes[0].persons.size() ==
        gender.train_persons().size());
  const Plan nobody = tiny_plan({{"evaluation.hidden_share", "0", "test"}});
  CHECK_FALSE(prepared_data(data, nobody.evaluation()).hidden);
}

TEST_CASE("A ranking is filtered by what is hidden from training, too", "[run][hidden]") {
  const Dataset prepared = prepared_data(whole_data(), tiny_plan().evaluation());
  REQUIRE_FALSE(prepared.hidden->withheld.empty());
  const Triple& t = prepared.hidden->withheld.front();
  CHECK(std::ranges::find(prepared.graph.train(), t) == prepared.graph.train().end());
  CHECK(known_triples(prepared).contains(t));
}

TEST_CASE("Hidden persons of the half that is not asked are not asked either", "[run][hidden]") {
  const Dataset prepared = prepared_data(whole_data(), tiny_plan().evaluation());
  const auto some = asked_of_some(prepared, "selection");
  const auto others = asked_of_some(prepared, "others");
  for (std::size_t j = 0; j < prepared.hidden->attributes.size(); ++j) {
    CHECK(some->hidden->attributes[j].persons.size() +
              others->hidden->attributes[j].persons.size() ==
          prepared.hidden->attributes[j].persons.size());
  }
}

}  // namespace kgaudit::run
