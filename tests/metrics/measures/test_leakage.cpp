#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "metrics/formulas/probe.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::FeatureMatrix;

namespace {

std::map<std::string, std::string> stated(const char* attribute, const char* probe) {
  return {{"attribute", attribute}, {"probe", probe}, {"persons", "stated"}};
}

}  // namespace

TEST_CASE("folds hold every class in proportion and every person once", "[metrics][leakage]") {
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 103; ++i) labels.push_back(i % 10 == 0 ? 1 : 0);
  const auto folds = metrics::stratified_folds(labels, 2, 5, Rng(1, "folds"));
  std::array<std::array<int, 2>, 5> count{};
  for (std::size_t i = 0; i < labels.size(); ++i) ++count[folds[i]][labels[i]];
  for (const auto& fold : count) {
    CHECK(fold[0] + fold[1] >= 20);
    CHECK(fold[1] >= 2);
    CHECK(fold[1] <= 3);
  }
}

TEST_CASE("features are standardised by the train rows alone", "[metrics][leakage]") {
  FeatureMatrix train(2, 2);
  train << 1, 5, 3, 5;
  FeatureMatrix test(1, 2);
  test << 4, 9;
  metrics::standardise(train, test);
  CHECK(train(0, 0) == -1.0F);
  CHECK(train(1, 0) == 1.0F);
  CHECK(test(0, 0) == 2.0F);
  CHECK(train(0, 1) == 0.0F);
  CHECK(test(0, 1) == 0.0F);
}

TEST_CASE("logistic regression reaches the optimum known in closed form", "[metrics][leakage]") {
  // No features: the optimum is the class shares.
  const FeatureMatrix train = FeatureMatrix::Zero(4, 1);
  const FeatureMatrix test = FeatureMatrix::Zero(1, 1);
  const std::vector<std::uint32_t> labels = {0, 1, 1, 1};
  metrics::LogisticOptions options;
  options.tolerance = 1e-6;
  const auto p = metrics::logistic_probabilities(train, labels, 2, test, options);
  CHECK(static_cast<double>(p(0, 1)) == near(.75, 1e-4));
  // One binary feature without a penalty: the optimum is the share observed at each of its values.
  FeatureMatrix x(8, 1);
  x << 1, 1, 1, 1, -1, -1, -1, -1;
  const std::vector<std::uint32_t> y = {1, 1, 1, 0, 0, 0, 0, 1};
  options.l2 = 0.0;
  FeatureMatrix at(2, 1);
  at << 1, -1;
  const auto q = metrics::logistic_probabilities(x, y, 2, at, options);
  CHECK(static_cast<double>(q(0, 1)) == near(.75, 1e-4));
  CHECK(static_cast<double>(q(1, 1)) == near(.25, 1e-4));
}

TEST_CASE("a penalty draws the logistic probe to the class shares", "[metrics][leakage]") {
  FeatureMatrix x(4, 1);
  x << 1, 1, -1, -1;
  const std::vector<std::uint32_t> y = {1, 1, 0, 0};
  metrics::LogisticOptions strong;
  strong.l2 = 1e5;
  const auto p = metrics::logistic_probabilities(x, y, 2, x, strong);
  CHECK(static_cast<double>(p(0, 1)) == near(.5, 1e-3));
}

TEST_CASE("the MLP learns what no linear probe can: exclusive or", "[metrics][leakage]") {
  Rng rng(5, "xor");
  FeatureMatrix x(600, 2);
  std::vector<std::uint32_t> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x(i, 0) = static_cast<float>(rng.normal());
    x(i, 1) = static_cast<float>(rng.normal());
    y.push_back((x(i, 0) > 0) != (x(i, 1) > 0) ? 1 : 0);
  }
  metrics::MlpOptions options;
  options.epochs = 40;
  const auto mlp =
      metrics::probe_quality(metrics::mlp_probabilities(x, y, 2, x, options, Rng(1, "mlp")), y, 2);
  const auto linear = metrics::probe_quality(metrics::logistic_probabilities(x, y, 2, x, {}), y, 2);
  CHECK(mlp.accuracy > 0.95);
  CHECK(linear.accuracy < 0.65);
}

TEST_CASE("accuracy, balanced accuracy, F1, AUC and bits are those counted by hand",
          "[metrics][leakage]") {
  FeatureMatrix p(4, 2);
  p << .75F, .25F, .5F, .5F, .25F, .75F, .75F, .25F;
  const std::vector<std::uint32_t> y = {0, 0, 1, 1};
  const auto q = metrics::probe_quality(p, y, 2);
  CHECK(q.accuracy == near(.75, 1e-9));
  CHECK(q.balanced_accuracy == near(.75, 1e-9));
  // Class 0: 2 right of 2, 3 predicted; class 1: 1 of 2, 1 predicted.
  CHECK(q.macro_f1 == near((4.0 / 5.0 + 2.0 / 3.0) / 2.0, 1e-9));
  // Positives .75, .25 against .25, .5: 2 + .5 of 4.
  CHECK(*q.auc == near(2.5 / 4.0, 1e-9));
  CHECK(q.cross_entropy[1] == near(1.0, 1e-9));
  CHECK(q.cross_entropy[3] == near(2.0, 1e-9));
}

TEST_CASE("a gender written into the rows is read in full, a religion that is not stays unread",
          "[metrics][leakage]") {
  const auto world = society(4.0, 61);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* probe : {"linear", "mlp"}) {
    CAPTURE(probe);
    CHECK(measured.value("leakage.accuracy", stated("gender", probe)) > 0.99);
    CHECK(measured.value("leakage.auc", stated("gender", probe)) > 0.99);
    const Measurement& religion =
        measured.fact("leakage.excess_accuracy", stated("religion", probe));
    REQUIRE(religion.interval());
    CHECK(std::abs(religion.value()) < religion.interval()->high - religion.interval()->low);
    CHECK(std::abs(measured.value("leakage.balanced_accuracy", stated("religion", probe)) -
                   1.0 / 3.0) < 0.08);
  }
  CHECK(measured.value("leakage.bits", stated("gender", "linear")) > 0.8);
  CHECK(measured.value("leakage.p_value", stated("gender", "linear")) == near(1.0 / 6.0, 1e-9));
  CHECK(std::abs(measured.value("leakage.control_balanced_accuracy", stated("gender", "linear")) -
                 0.5) < 0.05);
  // Persons whose gender stands in valid or test only.
  CHECK(measured.value("leakage.accuracy",
                       {{"attribute", "gender"}, {"probe", "linear"}, {"persons", "held_out"}}) >
        0.97);
  const double majority = measured.value("leakage.accuracy", stated("gender", "majority"));
  CHECK(majority > 0.5);
  CHECK(majority < 0.7);
  CHECK(measured.value("leakage.balanced_accuracy", stated("gender", "majority")) ==
        near(.5, 1e-9));
}

TEST_CASE("without bias no probe beats the majority by more than chance", "[metrics][leakage]") {
  const auto world = society(0.0, 62);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  for (const char* probe : {"linear", "mlp", "degree"}) {
    CAPTURE(probe);
    CHECK(std::abs(measured.value("leakage.balanced_accuracy", stated("gender", probe)) - 0.5) <
          0.07);
  }
  CHECK(measured.value("leakage.p_value", stated("gender", "linear")) > 1.0 / 6.0);
}

TEST_CASE("the number of threads changes no bit of a probe", "[metrics][leakage]") {
  const auto world = society(0.5, 63, 200);
  const auto scorer = scorer_of(world.table, "transe-dot");
  const auto one = measure("leakage", world.data, scorer, {}, 1);
  const auto four = measure("leakage", world.data, scorer, {}, 4);
  REQUIRE(one.output.facts.size() == four.output.facts.size());
  for (std::size_t i = 0; i < one.output.facts.size(); ++i) {
    CHECK(one.output.facts[i].measurement == four.output.facts[i].measurement);
  }
}

TEST_CASE("persons with two values, small groups and persons over the cap are dropped and said",
          "[metrics][leakage]") {
  std::vector<NamedTriple> train;
  for (int p = 0; p < 60; ++p) {
    train.push_back({fmt::format("p{}", p), "g", p % 2 == 0 ? "a" : "b"});
  }
  train.push_back({"p0", "g", "b"});
  for (int p = 0; p < 4; ++p) train.push_back({fmt::format("q{}", p), "g", "rare"});
  const auto data = dataset_of(train, {}, {{"p1", "g", "b"}}, {{"gender", "g"}});
  const auto scorer = scorer_of(random_table(data, 4, 4, 1), "transe-dot");
  const std::map<std::string, std::string> gender = {{"attribute", "gender"},
                                                     {"persons", "stated"}};
  const auto measured = measure("leakage", data, scorer);
  CHECK(measured.value("leakage.dropped_many_values", gender) == 1);
  CHECK(measured.value("leakage.dropped_small_groups", gender) == 4);
  CHECK(measured.value("leakage.persons", gender) == 59);
  CHECK(measured.value("leakage.classes", gender) == 2);

  std::vector<NamedTriple> many;
  for (int p = 0; p < 150; ++p) {
    many.push_back({fmt::format("p{}", p), "g", p % 2 == 0 ? "a" : "b"});
  }
  const auto crowd = dataset_of(many, {}, {{"p1", "g", "b"}}, {{"gender", "g"}});
  const auto capped = measure("leakage", crowd, scorer_of(random_table(crowd, 4, 4, 1), "distmult"),
                              {{"max_persons", "100"}, {"permutations", "0"}});
  CHECK(capped.value("leakage.persons", gender) == 100);
  CHECK(capped.value("leakage.dropped_over_max_persons", gender) == 50);
  CHECK_FALSE(capped.fact("leakage.p_value", gender).defined());
}

TEST_CASE("a broken embedding and a single group have reasons instead of accuracies",
          "[metrics][leakage]") {
  auto world = society(0.5, 64, 100);
  world.table->entities.row(entity(world.data, "person_0").index())[3] = HUGE_VALF;
  const auto broken = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  CHECK_FALSE(broken.fact("leakage.accuracy", stated("gender", "linear")).defined());
  const auto lonely = dataset_of({{"p", "g", "a"}}, {}, {{"p", "g", "a"}}, {{"gender", "g"}});
  const auto none = measure("leakage", lonely, scorer_of(table_of(lonely, 2, {}, {}), "distmult"));
  CHECK_FALSE(none.fact("leakage.accuracy", stated("gender", "linear")).defined());
}
