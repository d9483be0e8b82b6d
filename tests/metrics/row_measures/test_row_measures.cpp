#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <Eigen/QR>

#include "datasets/people_dataset.hpp"
#include "suite/base/error.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace row_measure_tests {
namespace {

using Settings = std::map<std::string, std::string>;

Measured row_measure(std::string_view id, const datasets::Dataset& data,
                     const models::LinkScorer& scorer, const Settings& settings = {},
                     std::size_t threads = 1) {
  const metrics::MetricEntry& entry = metrics::find_row_measure(id);
  Parameters parameters(entry.parameters());
  for (const auto& [name, value] : settings) parameters.set(name, std::string_view(value), "test");
  ThreadPool pool(threads);
  const metrics::RankTable none;
  return {entry.measure({data, scorer, none, pool, 7}, parameters), {}};
}

Measured row_measure(std::string_view id, const Society& world, const Settings& settings = {}) {
  return row_measure(id, world.data, scorer_of(world.table, "transe-dot"), settings);
}

/// The rows of the persons turned by one random rotation and made longer.
Society turned(const Society& world, float scale) {
  Society result = world;
  result.table = std::make_shared<models::EmbeddingTable>(*world.table);
  auto& rows = result.table->entities;
  const auto d = static_cast<Eigen::Index>(result.table->dimension());
  Rng rng(12, "turn");
  Eigen::MatrixXd random(d, d);
  for (Eigen::Index i = 0; i < random.size(); ++i) random(i) = rng.normal();
  const Eigen::MatrixXd turn = random.householderQr().householderQ();
  for (std::size_t e = 0; e < rows.rows(); ++e) {
    const auto row = rows.values(e);
    const Eigen::VectorXd moved =
        turn * Eigen::Map<const Eigen::VectorXf>(row.data(), d).cast<double>();
    for (Eigen::Index k = 0; k < d; ++k) {
      row[static_cast<std::size_t>(k)] = scale * static_cast<float>(moved(k));
    }
  }
  return result;
}

const Settings kGender = {{"attribute", "gender"}};
const Settings kReligion = {{"attribute", "religion"}};

Settings with(Settings facets, const std::string& name, const std::string& value) {
  facets[name] = value;
  return facets;
}

const Settings kFemale = with(kGender, "group", "female");

/// Rows without relations, and people with two groups that lie `shift` apart on one axis.
struct Words {
  datasets::Dataset data;
  std::shared_ptr<models::EmbeddingTable> table;
};
Words words(float shift) {
  std::vector<std::string> names;
  datasets::PeopleTable people;
  people.file.name = "people.csv";
  people.columns.resize(1);
  people.columns[0].id = "gender";
  people.columns[0].values = {"f", "m"};
  for (std::uint32_t i = 0; i < 120; ++i) {
    names.push_back("w" + std::to_string(i));
    people.names.push_back(names.back());
    people.columns[0].of_person.push_back({i % 2});
  }
  names.insert(names.end(), {"home", "office"});
  Words result{datasets::dataset_of_rows("words", names, "names.txt"), nullptr};
  datasets::add_people(result.data, people, datasets::match_names(names, people.names));
  result.table = std::make_shared<models::EmbeddingTable>();
  result.table->entities = models::FloatTable(names.size(), 5);
  result.table->relations = models::FloatTable(0, 5);
  Rng rng(5, "words");
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (float& x : result.table->entities.values(i)) x = static_cast<float>(rng.normal());
    if (i < 120) result.table->entities.values(i)[0] += i % 2 == 0 ? shift : -shift;
  }
  const auto set = [&](std::size_t row, float x) {
    auto values = result.table->entities.values(row);
    std::fill(values.begin(), values.end(), 0.0F);
    values[0] = x;
  };
  set(120, 2.0F);
  set(121, -1.0F);
  return result;
}

}  // namespace

TEST_CASE("Every row measure has a test, tells what it is and has a part in docs/measures.md",
          "[metrics][row_measures]") {
  const std::set<std::string> tags = test_tags();
  const std::string page = read_file(source_file("docs/measures.md"));
  for (const metrics::MetricEntry* entry : metrics::row_measures()) {
    CAPTURE(entry->id);
    CHECK(tags.contains(std::string(entry->id)));
    CHECK(entry->rows_suffice);
    for (const std::string_view text : {entry->title, entry->reading, entry->formula, entry->range,
                                        entry->neutral, entry->direction, entry->source}) {
      CHECK_FALSE(text.empty());
    }
    CHECK(&metrics::find_row_measure(entry->id) == entry);
    CHECK(page.find("\n## " + std::string(entry->id) + "\n") != std::string::npos);
    CHECK(entry->pitfalls.ends_with("More in docs/measures.md."));
    CHECK(entry->pitfalls.size() < 300);
    for (const metrics::MetricEntry* metric : metrics::metrics()) CHECK(metric->id != entry->id);
  }
  CHECK_THROWS_WITH(metrics::find_row_measure("projektion"), Contains("projection"));
}

TEST_CASE("Row measures name their facts after themselves, once each, the same for any threads",
          "[metrics][row_measures]") {
  const auto world = society(1.0, 71, 240);
  const auto scorer = scorer_of(world.table, "transe-dot");
  for (const metrics::MetricEntry* entry : metrics::row_measures()) {
    CAPTURE(entry->id);
    const auto one = row_measure(entry->id, world.data, scorer, {}, 1);
    const auto three = row_measure(entry->id, world.data, scorer, {}, 3);
    REQUIRE(one.output.facts.size() == three.output.facts.size());
    std::set<std::pair<std::string, metrics::Facets>> keys;
    for (std::size_t i = 0; i < one.output.facts.size(); ++i) {
      const metrics::Fact& fact = one.output.facts[i];
      CAPTURE(fact.metric);
      CHECK(fact.metric.starts_with(std::string(entry->id) + "."));
      CHECK(keys.insert({fact.metric, fact.facets}).second);
      CHECK(fact.measurement == three.output.facts[i].measurement);
    }
  }
}

TEST_CASE("Row measures give reasons for persons that are not there, and for rows that are broken",
          "[metrics][row_measures]") {
  const auto bare = dataset_of({{"a", "r", "b"}}, {}, {});
  const auto few =
      dataset_of({{"p", "gender", "m"}, {"q", "gender", "f"}}, {}, {}, {{"gender", "gender"}});
  auto broken = society(1.0, 72, 120);
  broken.table->entities.row(entity(broken.data, "person_0").index())[1] = std::nanf("");
  auto flat = society(1.0, 72, 120);
  for (std::size_t e = 0; e < flat.table->entities.rows(); ++e) {
    for (float& x : flat.table->entities.values(e)) x = 1.0F;
  }
  for (const metrics::MetricEntry* entry : metrics::row_measures()) {
    CAPTURE(entry->id);
    CHECK(row_measure(entry->id, bare, scorer_of(random_table(bare, 4, 4, 1), "distmult"))
              .output.facts.empty());
    CHECK_NOTHROW(row_measure(entry->id, few, scorer_of(random_table(few, 4, 4, 1), "distmult")));
    CHECK_NOTHROW(row_measure(entry->id, broken));
    CHECK_NOTHROW(row_measure(entry->id, flat));
  }
  const auto reason =
      row_measure("group_distance", broken).fact("group_distance.explained", kGender);
  CHECK_THAT(reason.reason(), Contains("not finite"));
}

TEST_CASE("Group distance finds a planted gender at its size and no religion",
          "[metrics][group_distance]") {
  const auto world = society(2.0, 61);
  const auto found = row_measure("group_distance", world);
  // Apart by 4 on one axis of 12, each with a variance of 0.25: 16 / 3.
  const Measurement& separation = found.fact("group_distance.separation", kFemale);
  CHECK(separation.value() == near(16.0 / 3.0, 0.35));
  REQUIRE(separation.interval());
  CHECK(separation.interval()->low < 16.0 / 3.0);
  CHECK(separation.interval()->high > 16.0 / 3.0);
  CHECK(found.value("group_distance.p_value", kFemale) == near(1.0 / 201.0));
  CHECK(found.value("group_distance.explained", kGender) > 0.4);
  CHECK(found.value("group_distance.explained_p_value", kGender) == near(1.0 / 201.0));
  CHECK(std::abs(found.value("group_distance.explained", kReligion)) < 0.01);
  CHECK(found.value("group_distance.explained_p_value", kReligion) > 0.05);
  CHECK(found.value("group_distance.groups", kReligion) == 3.0);
}

TEST_CASE("Without bias the plain distance is what shuffled groups have, and separation is 0",
          "[metrics][group_distance]") {
  const auto found = row_measure("group_distance", society(0.0, 62));
  const double distance = found.value("group_distance.distance", kFemale);
  CHECK(distance == near(found.value("group_distance.chance_distance", kFemale), 0.1));
  CHECK(std::abs(found.value("group_distance.separation", kFemale)) < 0.02);
  CHECK(found.value("group_distance.p_value", kFemale) > 0.05);
  CHECK_FALSE(row_measure("group_distance", society(0.0, 62), {{"permutations", "0"}})
                  .fact("group_distance.p_value", kFemale)
                  .defined());
}

TEST_CASE("Projection finds a planted gender at its size, and nothing without bias",
          "[metrics][projection]") {
  const auto found = row_measure("projection", society(2.0, 61));
  // 4 over a deviation of 0.5.
  CHECK(found.value("projection.gap", kFemale) == near(8.0, 0.6));
  CHECK(found.value("projection.variance_share", kFemale) > 0.5);
  const Measurement& religion =
      found.fact("projection.gap", with(kReligion, "group", "religion_1"));
  REQUIRE(religion.interval());
  CHECK(std::abs(religion.value()) < 0.35);
  const Measurement none =
      row_measure("projection", society(0.0, 62)).fact("projection.gap", kFemale);
  CHECK(none.interval()->low < 0.0);
  CHECK(none.interval()->high > 0.0);
}

TEST_CASE("Neighbour share is 1 for groups that lie apart and chance for those that do not",
          "[metrics][neighbour_share]") {
  const auto found = row_measure("neighbour_share", society(6.0, 61));
  CHECK(found.value("neighbour_share.macro", kGender) == near(1.0, 1e-9));
  CHECK(found.value("neighbour_share.share", kFemale) == near(1.0, 1e-9));
  CHECK(found.value("neighbour_share.p_value", kGender) == near(1.0 / 201.0));
  const auto none = row_measure("neighbour_share", society(0.0, 62));
  CHECK(std::abs(none.value("neighbour_share.macro", kGender)) < 0.05);
  CHECK(none.value("neighbour_share.p_value", kGender) > 0.02);
  const double expected = none.value("neighbour_share.expected", kFemale);
  CHECK(none.value("neighbour_share.share", kFemale) == near(expected, 0.05));
  CHECK_THAT(row_measure("neighbour_share", society(0.0, 62, 40),
                         {{"neighbours", "1000"}, {"min_group", "2"}})
                 .fact("neighbour_share.macro", kGender)
                 .reason(),
             Contains("no 1000 neighbours"));
}

TEST_CASE("Professions planted near a gender associate with it as their persons do",
          "[metrics][word_association]") {
  const auto found = row_measure("word_association", society(1.0, 61));
  CHECK(found.value("word_association.profession_spearman", kFemale) == near(1.0, 0.1));
  CHECK(found.value("word_association.coherence", kFemale) < -0.8);
  // job_0 leans to the female end of the axis, job_5 to the male one.
  CHECK(found.value("word_association.profession", with(kFemale, "profession", "job_0")) > 1.0);
  CHECK(found.value("word_association.profession", with(kFemale, "profession", "job_5")) < -1.0);
  CHECK_THAT(found.fact("word_association.weat", kGender).reason(),
             Contains("first_words names no words"));
  const auto none = row_measure("word_association", society(0.0, 62));
  const Measurement& job =
      none.fact("word_association.profession", with(kFemale, "profession", "job_0"));
  CHECK(std::abs(job.value()) < 0.3);
}

TEST_CASE("WEAT compares two sets of named words, whichever of two spellings names them",
          "[metrics][word_association]") {
  const Words planted = words(1.5F);
  const Settings sets = {{"first_words", "home"}, {"second_words", "<office>"}};
  const auto scorer = scorer_of(planted.table, "transe-dot");
  const auto found = row_measure("word_association", planted.data, scorer, sets);
  const Settings group = with(kGender, "group", "m");
  CHECK(found.value("word_association.weat", group) < -1.0);
  CHECK(found.value("word_association.weat_p_value", group) == near(1.0 / 1001.0));
  // Exchanging the sets changes the sign only.
  const auto other = row_measure("word_association", planted.data, scorer,
                                 {{"first_words", "<office>"}, {"second_words", "home"}});
  CHECK(other.value("word_association.weat", group) ==
        near(-found.value("word_association.weat", group)));
  const Words none = words(0.0F);
  const auto chance =
      row_measure("word_association", none.data, scorer_of(none.table, "transe-dot"), sets);
  CHECK(std::abs(chance.value("word_association.weat", group)) < 0.4);
  CHECK(chance.value("word_association.weat_p_value", group) > 0.05);
  const auto unknown = row_measure("word_association", planted.data, scorer,
                                   {{"first_words", "home|kitchen"}, {"second_words", "office"}});
  CHECK_THAT(unknown.fact("word_association.weat", kGender).reason(), Contains("'kitchen'"));
}

TEST_CASE("A religion told by its inverse relation is the first proxy, and gender has few",
          "[metrics][proxies]") {
  const auto found = row_measure("proxies", society(1.0, 61));
  // The attribute "faith" is stated by the inverse of religion, so religion gives it back in full.
  const Settings faith = {{"attribute", "faith"}};
  CHECK(found.value("proxies.largest", faith) == near(1.0, 1e-9));
  // The largest of many: an interval of one of them would be too narrow.
  CHECK_FALSE(found.fact("proxies.largest", faith).interval());
  CHECK(found.value("proxies.auc", {{"attribute", "faith"}, {"relation", "religion"}}) ==
        near(1.0, 1e-9));
  CHECK(found.value("proxies.covered",
                    {{"attribute", "faith"}, {"relation", "religion"}, {"side", "head"}}) == 1.0);
  // Professions were drawn with the gender's lean.
  CHECK(found.value("proxies.auc", {{"attribute", "gender"}, {"relation", "profession"}}) > 0.75);
  const auto none = row_measure("proxies", society(0.0, 62));
  CHECK(none.value("proxies.auc", {{"attribute", "gender"}, {"relation", "profession"}}) ==
        near(0.5, 0.08));
}

TEST_CASE("Neither a rotation nor a scale of all rows changes what row measures say",
          "[metrics][row_measures]") {
  const auto world = society(1.0, 61, 200);
  const auto moved = turned(world, 3.0F);
  for (const metrics::MetricEntry* entry : metrics::row_measures()) {
    CAPTURE(entry->id);
    const auto before = row_measure(entry->id, world);
    const auto after = row_measure(entry->id, moved);
    for (std::size_t i = 0; i < before.output.facts.size(); ++i) {
      const Measurement& a = before.output.facts[i].measurement;
      const Measurement& b = after.output.facts[i].measurement;
      CAPTURE(before.output.facts[i].metric);
      REQUIRE(a.defined() == b.defined());
      if (a.defined()) CHECK(a.value() == near(b.value(), 2e-3));
    }
  }
}

TEST_CASE("Rows of 0 are left out of cosines and counted", "[metrics][neighbour_share]") {
  auto world = society(6.0, 61);
  // Of the persons whose gender train states, so that one of them is among the measured.
  for (const EntityId p : world.data.attributes.find("gender")->train_persons().first(3)) {
    auto row = world.table->entities.values(p.index());
    std::fill(row.begin(), row.end(), 0.0F);
  }
  const auto found = row_measure("neighbour_share", world);
  CHECK(found.value("neighbour_share.dropped_zero_rows", kGender) == 3.0);
  CHECK(found.value("neighbour_share.macro", kGender) == near(1.0, 1e-9));
}

TEST_CASE("What rows without relations cannot answer is listed with its reason",
          "[metrics][row_measures]") {
  const Words planted = words(1.0F);
  const auto scorer = scorer_of(planted.table, "transe-dot");
  std::set<std::string_view> listed;
  for (const metrics::NotMeasured& one : metrics::not_measured(planted.data, scorer)) {
    listed.insert(one.metric);
    CHECK(one.reason == "it asks relations, and these rows have none");
    CHECK(one.attribute.empty());
  }
  CHECK(listed.size() == metrics::metrics().size() - 1);
  CHECK_FALSE(listed.contains("leakage"));
  // The probes on rows work as they are.
  const auto& leakage = metrics::find_metric("leakage");
  Parameters parameters(leakage.parameters());
  parameters.set("probes", std::string_view("rows"), "test");
  ThreadPool pool(1);
  const metrics::RankTable none;
  const Measured probed{leakage.measure({planted.data, scorer, none, pool, 7}, parameters), {}};
  CHECK(probed.value("leakage.auc",
                     {{"attribute", "gender"}, {"probe", "linear"}, {"persons", "stated"}}) > 0.75);
}

TEST_CASE("An attribute beside a graph is measured on rows and listed for what asks relations",
          "[metrics][row_measures]") {
  auto world = society(1.0, 61, 200);
  const std::vector<std::string> parts = {"gender", "religion"};
  const std::string both = datasets::add_intersection(world.data, parts, "--intersect");
  const auto scorer = scorer_of(world.table, "transe-dot");
  std::set<std::string_view> listed;
  for (const metrics::NotMeasured& one : metrics::not_measured(world.data, scorer)) {
    CHECK(one.attribute == both);
    CHECK(one.reason == "no relation of the graph states gender x religion");
    listed.insert(one.metric);
  }
  // These ask the attribute's own relation; the others ask of its groups something else.
  CHECK(listed == std::set<std::string_view>{"score_gap", "question", "profession_bias"});
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    CAPTURE(entry->id);
    const auto facts = measure(std::string(entry->id), world.data, scorer).output.facts;
    const bool of_both = std::ranges::any_of(facts, [&](const metrics::Fact& fact) {
      const auto attribute = fact.facets.find("attribute");
      return attribute != fact.facets.end() && attribute->second == both;
    });
    const bool groups_alone = entry->id == "link_prediction" ||
                              entry->id == "test_prediction_bias" || entry->id == "degree_bias";
    CHECK(of_both == !(listed.contains(entry->id) || groups_alone));
  }
  const auto found = row_measure("group_distance", world.data, scorer);
  CHECK(found.value("group_distance.groups", {{"attribute", both}}) == 6.0);
  CHECK(found.value("group_distance.explained", {{"attribute", both}}) > 0.1);
  const datasets::Dataset bare = dataset_of({{"a", "r", "b"}}, {}, {});
  const auto nobody =
      metrics::not_measured(bare, scorer_of(random_table(bare, 4, 4, 1), "distmult"));
  CHECK(std::ranges::any_of(nobody, [](const metrics::NotMeasured& one) {
    return one.metric == "projection" && one.reason == "no persons with attributes are given";
  }));
}

}  // namespace row_measure_tests
