#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "datasets/hidden_persons.hpp"
#include "metrics/metric.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::Release;
using metrics::VectorUse;

namespace {

using Where = std::map<std::string, std::string>;

Where about(const char* attribute, const char* persons) {
  return {{"attribute", attribute}, {"persons", persons}};
}

/// Two hundred persons, every second one a woman, whose rows are all 0; of a further twenty train
/// does not know the gender. The vector of a value is the value's own row.
struct SilentRows {
  datasets::Dataset data;
  std::shared_ptr<models::EmbeddingTable> table;

  SilentRows() {
    std::vector<NamedTriple> train;
    std::vector<NamedTriple> test;
    for (int p = 0; p < 220; ++p) {
      const char* gender = p % 2 == 0 ? "male" : "female";
      (p < 200 ? train : test).push_back({fmt::format("p{}", p), "gender", gender});
      train.push_back({fmt::format("p{}", p), "lives_in", p % 3 == 0 ? "town" : "village"});
    }
    data = dataset_of(train, {}, test, {{"gender", "gender"}});
    table = table_of(data, 2,
                     {{"male", {1.0F, 0.0F}},
                      {"female", {0.0F, 1.0F}},
                      {"town", {1.0F, 0.0F}},
                      {"village", {0.0F, 1.0F}}},
                     {});
  }
  [[nodiscard]] models::LinkScorer scorer() const {
    return with_vectors(data, table, "transe-dot",
                        [&](std::size_t j, std::uint32_t v, std::size_t k) {
                          const EntityId value = data.attributes.sensitive()[j].values()[v];
                          return table->entities.row(value.index())[k];
                        });
  }
};

/// Two hundred persons whose gender train knows, and sixty others. Rows tell it weakly. So does the
/// religion of the first, surely; that of the others is the wrong one.
struct MisleadingVectors {
  datasets::Dataset data;
  std::shared_ptr<models::EmbeddingTable> table;

  MisleadingVectors() {
    std::vector<NamedTriple> train;
    std::vector<NamedTriple> test;
    NamedRows rows = {{"male", {1.0F, 0.0F}}, {"female", {0.0F, 1.0F}}};
    Rng noise(5, "rows");
    for (int p = 0; p < 260; ++p) {
      const bool known = p < 200;
      const bool male = p % 2 == 0;
      const std::string name = fmt::format("p{}", p);
      (known ? train : test).push_back({name, "gender", male ? "male" : "female"});
      train.push_back({name, "religion", male == known ? "one" : "other"});
      const auto draw = [&] { return static_cast<float>(noise.uniform(-1.5, 1.5)); };
      rows[name] = {(male ? 0.5F : -0.5F) + draw(), draw()};
    }
    data = dataset_of(train, {}, test, {{"gender", "gender"}, {"religion", "religion"}});
    table = table_of(data, 2, rows, {});
  }
  [[nodiscard]] models::LinkScorer scorer() const {
    return with_vectors(data, table, "transe-dot",
                        [](std::size_t j, std::uint32_t v, std::size_t k) {
                          return k == v ? 1.0F + static_cast<float>(j) : 0.0F;
                        });
  }
};

}  // namespace

TEST_CASE("Rows that say nothing have an AUC of one half, with vectors that say everything it is 1",
          "[metrics][leakage][releases]") {
  const SilentRows world;
  const Where panel = {{"probes", "panel"}, {"permutations", "0"}};
  const auto rows = measure("leakage", world.data, world.scorer(), panel);
  const auto whole = measure("leakage", world.data, world.scorer(), panel, 1, 7, Release::kWhole);
  Where stated = about("gender", "stated");
  // A probe that learns nothing answers with the class shares of its train folds, which differ by
  // fold: an AUC over folds is then not quite one half.
  CHECK(rows.value("leakage.strongest", stated) == near(0.5, 0.05));
  CHECK(whole.value("leakage.strongest", stated) == 1.0);
  for (const char* probe : {"linear", "mlp-stopped", "rbf", "answers"}) {
    CAPTURE(probe);
    stated["probe"] = probe;
    CHECK(whole.value("leakage.auc", stated) == 1.0);
  }
  CHECK(rows.fact("leakage.strongest", about("gender", "stated")).interval());
  const auto release = [](const Measured& measured) {
    for (const metrics::Fact& fact : measured.output.facts) {
      if (fact.metric == "leakage.strongest") return fact.facets.at("release");
    }
    return std::string();
  };
  CHECK(release(rows) == "rows");
  CHECK(release(whole) == "whole");
}

TEST_CASE("Of persons whose value training did not see, no vector tells more than the rows",
          "[metrics][leakage][question][releases]") {
  const SilentRows world;
  const Where panel = {{"probes", "panel"}, {"permutations", "0"}};
  const Where question = {{"min_group", "1"}};
  for (const Release release : {Release::kOwnRow, Release::kWhole}) {
    const auto leakage = measure("leakage", world.data, world.scorer(), panel, 1, 7, release);
    CHECK(leakage.value("leakage.strongest", about("gender", "held_out")) == near(0.5, 1e-9));
    const auto asked = measure("question", world.data, world.scorer(), question, 1, 7, release);
    CHECK(asked.value("question.auc_micro", about("gender", "held_out")) == 0.5);
    CHECK(asked.value("question.accuracy", about("gender", "held_out")) == 0.5);
  }
}

TEST_CASE("The question and the score gap of the whole are those of rows plus vectors",
          "[metrics][question][score_gap][releases]") {
  const SilentRows world;
  const Where one = {{"min_group", "1"}};
  const auto rows = measure("question", world.data, world.scorer(), one);
  CHECK(rows.value("question.auc_micro", about("gender", "stated")) == 0.5);
  CHECK(rows.value("question.accuracy", about("gender", "stated")) == 0.5);
  const auto whole = measure("question", world.data, world.scorer(), one, 1, 7, Release::kWhole);
  CHECK(whole.value("question.auc_micro", about("gender", "stated")) == 1.0);
  CHECK(whole.value("question.accuracy", about("gender", "stated")) == 1.0);
  // g(person, R, true value) = 1 and g(person, R, false value) = 0.
  const Where gender = {{"attribute", "gender"}};
  CHECK(measure("score_gap", world.data, world.scorer()).value("score_gap.micro", gender) == 0.0);
  CHECK(measure("score_gap", world.data, world.scorer(), {}, 1, 7, Release::kWhole)
            .value("score_gap.micro", gender) == 1.0);
}

TEST_CASE("Of hidden persons a probe of the whole reads the vectors of their other attributes",
          "[metrics][leakage][releases]") {
  // Religion is stated twice, as "religion" and as "faith"; each hides its own persons.
  const auto world = society(0.0, 71, 400);
  const auto data = datasets::with_hidden_persons(world.data, 0.2, 1);
  const auto told = [](std::size_t j, std::uint32_t v, std::size_t k) {
    return k == 3 * v + j ? 1.0F : 0.0F;
  };
  const auto scorer = with_vectors(data, world.table, "transe-dot", told);
  const Where panel = {{"probes", "panel"}, {"permutations", "0"}};
  const auto rows = measure("leakage", data, scorer, panel);
  const auto whole = measure("leakage", data, scorer, panel, 1, 7, Release::kWhole);
  CHECK(rows.value("leakage.strongest", about("religion", "held_out")) < 0.65);
  CHECK(whole.value("leakage.strongest", about("religion", "held_out")) > 0.85);
  // Nothing tells the gender of those who have no vector of it.
  CHECK(whole.value("leakage.strongest", about("gender", "stated")) > 0.99);
  CHECK(whole.value("leakage.strongest", about("gender", "held_out")) < 0.68);
  // Hidden labels enter neither features nor probes: with others, all figures of stated persons
  // stay.
  auto shuffled = data;
  for (auto& attribute : shuffled.hidden->attributes) {
    Rng(1, "labels").shuffle(std::span(attribute.values));
  }
  const auto again = measure("leakage", shuffled, scorer, panel, 1, 7, Release::kWhole);
  for (const char* attribute : {"gender", "religion", "faith"}) {
    CHECK(again.fact("leakage.strongest", about(attribute, "stated")) ==
          whole.fact("leakage.strongest", about(attribute, "stated")));
  }
}

TEST_CASE("Who has the whole can leave the vectors out where they mislead",
          "[metrics][leakage][releases]") {
  const MisleadingVectors world;
  const models::LinkScorer scorer = world.scorer();
  ThreadPool pool(1);
  const metrics::MetricEntry& leakage = metrics::find_metric("leakage");
  Parameters panel(leakage.parameters());
  panel.set("probes", std::string_view("panel"), "test");
  panel.set("permutations", std::string_view("0"), "test");
  const auto measured = [&](Release release, metrics::Memory* of_rows) {
    const metrics::MetricContext context{world.data, scorer,  {},      pool,   7,
                                         "",         nullptr, release, of_rows};
    return Measured{leakage.measure(context, panel), {}};
  };
  metrics::Memory of_rows;
  const Measured rows = measured(Release::kOwnRow, &of_rows);
  const Measured whole = measured(Release::kWhole, nullptr);
  const Where hidden = about("gender", "held_out");
  Where linear = hidden;
  linear["probe"] = "linear";
  CHECK(whole.value("leakage.auc", linear) < 0.2);
  CHECK(rows.value("leakage.auc", linear) > 0.7);
  CHECK(whole.fact("leakage.strongest", hidden) == rows.fact("leakage.strongest", hidden));
  const std::string balanced = "leakage.strongest_excess_balanced_accuracy";
  CHECK(whole.fact(balanced, hidden) == rows.fact(balanced, hidden));
  double shares = 0.0;
  for (const char* probe : {"linear", "mlp-stopped", "rbf", "answers"}) {
    Where of_probe = hidden;
    of_probe["probe"] = probe;
    CHECK(whole.value("leakage.is_strongest", of_probe) ==
          rows.value("leakage.is_strongest", of_probe));
    shares += whole.value("leakage.is_strongest", of_probe);
  }
  CHECK(shares == near(1.0, 1e-12));
  // What probes said of the rows need not be found again, and is the same if it is.
  const Measured again = measured(Release::kWhole, &of_rows);
  REQUIRE(again.output.facts.size() == whole.output.facts.size());
  for (std::size_t i = 0; i < again.output.facts.size(); ++i) {
    CHECK(again.output.facts[i].measurement == whole.output.facts[i].measurement);
  }
}

TEST_CASE("Without vectors the whole is the rows, to the last bit", "[metrics][releases]") {
  const auto world = society(0.5, 72, 200);
  const auto scorer = scorer_of(world.table, "transe-dot");
  for (const char* metric : {"leakage", "question", "score_gap"}) {
    const auto rows = measure(metric, world.data, scorer);
    const auto whole = measure(metric, world.data, scorer, {}, 1, 7, Release::kWhole);
    REQUIRE(rows.output.facts.size() == whole.output.facts.size());
    for (std::size_t i = 0; i < rows.output.facts.size(); ++i) {
      CHECK(rows.output.facts[i].measurement == whole.output.facts[i].measurement);
    }
  }
}

TEST_CASE("Every metric says truly whether attribute vectors take part in it",
          "[metrics][releases]") {
  const auto world = society(0.5, 73, 200);
  auto data = world.data;
  data.whitelist.entries.resize(data.attributes.sensitive().size());
  data.whitelist.entries[0].relations.push_back(relation(data, "profession"));
  const auto alone = scorer_of(world.table, "transe-dot");
  const auto vectors = with_vectors(
      data, world.table, "transe-dot",
      [](std::size_t, std::uint32_t v, std::size_t) { return static_cast<float>(v) + 0.5F; });
  for (const metrics::MetricEntry* metric : metrics::metrics()) {
    const std::string id(metric->id);
    CAPTURE(id);
    Where parameters;
    if (id == "leakage") parameters = {{"probes", "rows"}, {"permutations", "0"}};
    const auto of_rows = measure(id, data, alone, parameters);
    const auto differ = [&](const models::LinkScorer& scorer, Release release) {
      const auto other = measure(id, data, scorer, parameters, 1, 7, release);
      if (of_rows.output.facts.size() != other.output.facts.size()) return true;
      for (std::size_t i = 0; i < other.output.facts.size(); ++i) {
        if (!(of_rows.output.facts[i].measurement == other.output.facts[i].measurement))
          return true;
      }
      return false;
    };
    CHECK(differ(vectors, Release::kOwnRow) == (metric->vectors == VectorUse::kRanks));
    CHECK(differ(vectors, Release::kWhole) == (metric->vectors != VectorUse::kNone));
    CHECK_FALSE(differ(vectors.of_rows_alone(), Release::kOwnRow));
    CHECK_FALSE(metrics::in_words(metric->vectors).empty());
  }
}
