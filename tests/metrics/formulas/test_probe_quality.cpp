#include "metrics/formulas/probe_quality.hpp"

#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using tests::near;

TEST_CASE("Accuracy, balanced accuracy, F1, AUC and bits are those counted by hand",
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

TEST_CASE("With three classes AUC is the mean of one against the rest", "[metrics][leakage]") {
  FeatureMatrix p(4, 3);
  p << .6F, .3F, .1F, .2F, .5F, .3F, .5F, .3F, .2F, .1F, .2F, .7F;
  const std::vector<std::uint32_t> y = {0, 1, 1, 2};
  const auto q = metrics::probe_quality(p, y, 3);
  // Class 0: .6 over .2, .5, .1. Class 1: .5 over .3, .2; .3 ties .3 and is over .2. Class 2: .7.
  CHECK(*q.auc == near((1.0 + 3.5 / 4.0 + 1.0) / 3.0, 1e-9));
  CHECK(q.chance == near(1.0 / 3.0));
  CHECK(q.balanced_accuracy == near((1.0 + 0.5 + 1.0) / 3.0));
  // Only persons of the class that is not all right or all wrong make the figure uncertain.
  CHECK(q.balanced_influence[0] == near(0.0));
  CHECK(q.balanced_influence[1] == near(0.5 / 2.0 / 3.0));
  CHECK(q.balanced_influence[2] == near(-0.5 / 2.0 / 3.0));
}

TEST_CASE("Balanced accuracy takes the class above its share, accuracy the most probable",
          "[metrics][leakage]") {
  // Nine of ten are class 0, and the probe says so of everybody, but less of those of class 1.
  FeatureMatrix p(10, 2);
  FeatureMatrix shares(10, 2);
  std::vector<std::uint32_t> y(10, 0);
  for (Eigen::Index i = 0; i < 10; ++i) {
    p.row(i) << .95F, .05F;
    shares.row(i) << .9F, .1F;
  }
  y[9] = 1;
  p.row(9) << .8F, .2F;
  p.row(0) << .7F, .3F;
  const auto q = metrics::probe_quality(p, y, 2, shares);
  CHECK(q.accuracy == near(.9, 1e-9));
  CHECK(q.balanced_accuracy == near((8.0 / 9.0 + 1.0) / 2.0, 1e-9));
  CHECK(q.balanced_influence[0] == near(-8.0 / 9.0 / 18.0, 1e-9));
  CHECK(metrics::probe_quality(p, y, 2).balanced_accuracy == near(.5, 1e-9));
  // Who says the shares themselves knows nothing, whatever they are.
  CHECK(metrics::probe_quality(shares, y, 2, shares).balanced_accuracy == near(.5, 1e-9));
}

TEST_CASE("Balanced accuracy guesses among the classes that occur alone", "[metrics][leakage]") {
  // Three classes were learnt, nobody asked has the third, and the probe thinks of it first.
  FeatureMatrix p(2, 3);
  p << .3F, .1F, .6F, .1F, .3F, .6F;
  const FeatureMatrix shares = FeatureMatrix::Constant(2, 3, 1.0F / 3.0F);
  const auto q = metrics::probe_quality(p, std::vector<std::uint32_t>{0, 1}, 3, shares);
  CHECK(q.balanced_accuracy == near(1.0, 1e-9));
  CHECK(q.chance == near(.5, 1e-9));
  CHECK(q.accuracy == near(0.0, 1e-9));
}
