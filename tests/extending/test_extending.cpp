#include <cmath>
#include <map>
#include <memory>

#include "datasets/load_dataset.hpp"
#include "metrics/metric.hpp"
#include "models/scoring/score_kernel.hpp"
#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::models::scores_roster {
extern const ScoreEntry hadamard_l2;
}
namespace kgaudit::models::systems_roster {
extern const SystemEntry norm_cap;
}
namespace kgaudit::metrics::measures_roster {
extern const MetricEntry row_norm_gap;
}

namespace kgaudit::tests {
namespace {

/// The village of the example card: four women and men, two trades, a street of neighbours.
datasets::Dataset village(const TemporaryDirectory& folder) {
  write_file(folder / "village.toml",
             read_file(tests::source_file("tests/extending/village.toml")));
  write_file(folder / "train.txt",
             "ann\tgender\tfemale\nbea\tgender\tfemale\ncarl\tgender\tmale\ndave\tgender\tmale\n"
             "ann\tprofession\tsmith\nbea\tprofession\tbaker\ncarl\tprofession\tsmith\n"
             "dave\tprofession\tbaker\neve\tprofession\tbaker\nann\tneighbour\tbea\n"
             "bea\tneighbour\tcarl\ncarl\tneighbour\tdave\n");
  write_file(folder / "valid.txt", "dave\tneighbour\teve\n");
  write_file(folder / "test.txt", "eve\tneighbour\tann\n");
  return datasets::load_dataset(datasets::dataset_at(folder / "village.toml"));
}

EntityId entity(const datasets::Dataset& data, std::string_view name) {
  return EntityId(*data.graph.entities().find(name));
}

Parameters small_training() {
  Parameters training(models::training_parameters());
  training.set("dimension", std::int64_t{8}, "test");
  training.set("initial_scale", 1.0, "test");
  return training;
}

double norm(std::span<const float> row) {
  double squares = 0.0;
  for (const float x : row) squares += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(squares);
}

TEST_CASE("The page on extending shows the very files that these tests compile", "[extending]") {
  const std::string page = read_file(tests::source_file("docs/extending.md"));
  for (const char* file : {"hadamard_l2.cpp", "norm_cap.cpp", "row_norm_gap.cpp", "village.toml"}) {
    INFO(file);
    CHECK(page.find(read_file(tests::source_file("tests/extending") / file)) != std::string::npos);
  }
}

TEST_CASE("The example score follows its formula", "[extending]") {
  const models::ScoreFunction& score = models::scores_roster::hadamard_l2.function();
  const std::array<float, 2> h = {1.0F, 2.0F};
  const std::array<float, 2> r = {0.5F, -1.0F};
  const std::array<float, 2> t = {4.5F, 4.0F};
  std::array<float, 2> q{};
  const float constant = score.tail_query(h.data(), r.data(), q.data(), 2);
  // h (1 + r) = (1.5, 0); its distance to (4.5, 4) is 5
  CHECK(models::compare_one(score.comparator(), q.data(), t.data(), 2) + constant == -5.0F);
}

TEST_CASE("The example score's gradient is its slope", "[extending]") {
  const models::ScoreFunction& score = models::scores_roster::hadamard_l2.function();
  const std::array<float, 2> h = {1.0F, 2.0F};
  const std::array<float, 2> r = {0.5F, -0.25F};
  const std::array<float, 2> dq = {3.0F, -7.0F};
  std::array<float, 2> dh{};
  std::array<float, 2> dr{};
  score.tail_query_gradient(h.data(), r.data(), dq.data(), 0.0F, dh.data(), dr.data(), 2);
  CHECK(dh == std::array<float, 2>{4.5F, -5.25F});
  CHECK(dr == std::array<float, 2>{3.0F, -14.0F});
}

TEST_CASE("The example system keeps persons' rows short and leaves others alone", "[extending]") {
  const TemporaryDirectory folder;
  const datasets::Dataset data = village(folder);
  ThreadPool pool(2);
  Parameters limits(models::systems_roster::norm_cap.parameters());
  limits.set("limit", 0.5, "test");
  models::Trainer trainer(data, models::systems_roster::norm_cap, small_training(), limits, 1,
                          pool);
  trainer.run_epoch();
  const auto views = trainer.publish();
  for (const char* person : {"ann", "bea", "carl", "dave", "eve"}) {
    INFO(person);
    CHECK(norm(views.front().scorer.entity_row(entity(data, person))) <= 0.5 + 1e-6);
  }
  CHECK(norm(views.front().scorer.entity_row(entity(data, "smith"))) > 0.5);
}

TEST_CASE("With a limit that nobody reaches, the example system trains as Basic does",
          "[extending]") {
  const TemporaryDirectory folder;
  const datasets::Dataset data = village(folder);
  ThreadPool pool(1);
  Parameters limits(models::systems_roster::norm_cap.parameters());
  limits.set("limit", 1e6, "test");
  models::Trainer capped(data, models::systems_roster::norm_cap, small_training(), limits, 1, pool);
  models::Trainer basic(data, models::find_system("basic"), small_training(), Parameters(), 1,
                        pool);
  capped.run_epoch();
  basic.run_epoch();
  CHECK(capped.publish().front().scorer.table().digest() ==
        basic.publish().front().scorer.table().digest());
}

TEST_CASE("The example metric is the difference of two mean norms", "[extending]") {
  const TemporaryDirectory folder;
  const datasets::Dataset data = village(folder);
  auto table = std::make_shared<models::EmbeddingTable>();
  table->entities = models::FloatTable(data.graph.entity_count(), 1);
  table->relations = models::FloatTable(data.graph.relation_count(), 1);
  table->entities.row(entity(data, "ann").index())[0] = 3.0F;
  table->entities.row(entity(data, "bea").index())[0] = -5.0F;
  table->entities.row(entity(data, "carl").index())[0] = 1.0F;
  table->entities.row(entity(data, "dave").index())[0] = 2.0F;
  const models::LinkScorer scorer(table, models::find_score("transe-dot").function());
  ThreadPool pool(1);
  const metrics::RankTable no_ranks;
  const auto output = metrics::measures_roster::row_norm_gap.measure(
      {data, scorer, no_ranks, pool, 0}, Parameters());
  REQUIRE(output.facts.size() == 1);
  // women (3 + 5) / 2, men (1 + 2) / 2; both groups have two persons, so the smaller id comes first
  CHECK(output.facts.front().measurement.value() == 2.5);
  CHECK(output.facts.front().measurement.n() == 4);
}

TEST_CASE("The page on cards shows the very card that this test loads", "[extending]") {
  const std::string card = read_file(tests::source_file("tests/extending/town.toml"));
  CHECK(read_file(tests::source_file("docs/cards.md")).find(card) != std::string::npos);
  const TemporaryDirectory folder;
  write_file(folder / "town.toml", card);
  write_file(folder / "labels.tsv", "ann\tAnn A.\n");
  write_file(folder / "train.txt",
             "ann\tgender\tfemale\nbob\tgender\tmale\nann\tgiven_name\tAnn\n"
             "bob\tmother\tann\nann\tethnicity\tnorse\nceltic\tpeople\tbob\n"
             "ann\tprofession\tmidwife\nbob\tprofession\tsmith\nann\tspouse\tbob\n"
             "ann\tmother_tongue\told_norse\nclan\tclan_members\tbob\n");
  write_file(folder / "valid.txt", "bob\tspouse\tann\n");
  write_file(folder / "test.txt", "norse\tpeople\tann\n");
  const datasets::Dataset data =
      datasets::load_dataset(datasets::dataset_at(folder.path(), folder / "town.toml"));
  CHECK(data.id == "town");
  CHECK(data.labels[entity(data, "ann").index()] == "Ann A.");
  const datasets::PersonAttribute& ethnicity = *data.attributes.find("ethnicity");
  CHECK(ethnicity.train_persons().size() == 2);
  CHECK(data.attributes.find("gender")->proxies().size() == 2);
  CHECK(data.whitelist.allowed_profession(entity(data, "midwife")) == 1U);
  CHECK(data.whitelist.entries[1].inverse_relations.size() == 1);
  // Two optional names are absent, and train states by one relation what test asks by another.
  std::map<std::string, std::uint64_t> counts;
  for (const auto& finding : data.integrity.findings) counts[finding.id] = finding.count;
  CHECK(counts.at("absent_whitelist_names") == 2);
  CHECK(counts.at("restated_values") == 1);
}

TEST_CASE("The example card loads the village", "[extending]") {
  const TemporaryDirectory folder;
  const datasets::Dataset data = village(folder);
  CHECK(data.id == "village");
  CHECK(data.graph.train().size() == 12);
  REQUIRE(data.attributes.sensitive().size() == 1);
  CHECK(data.attributes.sensitive().front().train_persons().size() == 4);
  CHECK(data.attributes.persons().size() == 5);
}

}  // namespace
}  // namespace kgaudit::tests
