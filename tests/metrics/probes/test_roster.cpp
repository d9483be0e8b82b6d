#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using metrics::PersonFeatures;
using metrics::ProbeEntry;
using tests::near;

namespace {

/// Six persons of three classes who differ in one of two features, or in two links.
struct Six {
  PersonFeatures numbers = [] {
    PersonFeatures x;
    x.numbers.resize(6, 2);
    x.numbers << -1, 0, -1, 0, -1, 0, 1, 0, 1, 0, 0, 1;
    return x;
  }();
  PersonFeatures links = [] {
    PersonFeatures x;
    x.links.columns = 2;
    for (const std::vector<std::uint32_t>& ones :
         std::vector<std::vector<std::uint32_t>>{{}, {}, {}, {0}, {0}, {0, 1}}) {
      x.links.push_back(ones);
    }
    return x;
  }();
  std::vector<std::uint32_t> labels = {0, 0, 0, 1, 1, 2};
  Parameters parameters{metrics::find_metric("leakage").parameters()};

  [[nodiscard]] FeatureMatrix asked(const ProbeEntry& probe) const {
    const PersonFeatures& x = probe.features == metrics::ProbeFeatures::kLinks ? links : numbers;
    return probe.probabilities({x, labels, 3, x, parameters, Rng(1, "probe")});
  }
};

}  // namespace

TEST_CASE("Every probe has a test with its tag, tells what it is, and unknown ids name the nearest",
          "[metrics][leakage]") {
  const std::set<std::string> tags = tests::test_tags();
  std::set<std::string_view> ids;
  for (const ProbeEntry* probe : metrics::probes()) {
    CAPTURE(probe->id);
    CHECK(ids.insert(probe->id).second);
    CHECK_FALSE(probe->title.empty());
    CHECK_FALSE(probe->source.empty());
    CHECK_FALSE(probe->pitfalls.empty());
    CHECK(tags.contains(std::string(probe->id)));
    CHECK(&metrics::find_probe(probe->id) == probe);
  }
  CHECK(ids.contains(metrics::kLinearProbe));
  CHECK(ids.contains(metrics::kMajorityProbe));
  CHECK_THROWS_AS(metrics::find_probe("linaer"), InputError);
}

TEST_CASE("Every probe gives each person probabilities, the same each time", "[metrics][leakage]") {
  const Six six;
  for (const ProbeEntry* probe : metrics::probes()) {
    CAPTURE(probe->id);
    const FeatureMatrix p = six.asked(*probe);
    REQUIRE(p.rows() == 6);
    REQUIRE(p.cols() == 3);
    for (Eigen::Index i = 0; i < p.rows(); ++i) {
      CHECK(p.row(i).minCoeff() >= 0.0F);
      CHECK(static_cast<double>(p.row(i).sum()) == near(1.0, 1e-5));
    }
    CHECK(p == six.asked(*probe));
  }
}

TEST_CASE("The panel is the four probes that have the model alone", "[metrics][leakage]") {
  std::set<std::string_view> panel;
  for (const ProbeEntry* probe : metrics::probes()) {
    if (probe->panel) panel.insert(probe->id);
    CHECK_FALSE((probe->panel && probe->baseline));
  }
  CHECK(panel == std::set<std::string_view>{"linear", "mlp-stopped", "rbf", "answers"});
}

TEST_CASE("The majority probe gives everybody the class shares", "[metrics][leakage][majority]") {
  const Six six;
  const FeatureMatrix p = six.asked(metrics::find_probe(metrics::kMajorityProbe));
  CHECK(p(5, 0) == 0.5F);
  CHECK(static_cast<double>(p(0, 1)) == near(1.0 / 3.0, 1e-7));
  CHECK(static_cast<double>(p(0, 2)) == near(1.0 / 6.0, 1e-7));
}

TEST_CASE("The degree probe is the linear one on other features", "[metrics][leakage][degree]") {
  const Six six;
  CHECK(metrics::find_probe("degree").features == metrics::ProbeFeatures::kDegree);
  CHECK(six.asked(metrics::find_probe("degree")) ==
        six.asked(metrics::find_probe(metrics::kLinearProbe)));
}

TEST_CASE("The linear probe separates what a line separates", "[metrics][leakage][linear]") {
  const Six six;
  const FeatureMatrix p = six.asked(metrics::find_probe(metrics::kLinearProbe));
  CHECK(p(0, 0) > 0.5F);
  CHECK(p(3, 1) > std::max(p(3, 0), p(3, 2)));
}

TEST_CASE("The MLP reads an exclusive or, which no line separates", "[metrics][leakage][mlp]") {
  FeatureMatrix x(200, 2);
  std::vector<std::uint32_t> labels;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x(i, 0) = i % 2 == 0 ? 1.0F : -1.0F;
    x(i, 1) = i / 2 % 2 == 0 ? 1.0F : -1.0F;
    labels.push_back(x(i, 0) * x(i, 1) > 0.0F ? 1 : 0);
  }
  const PersonFeatures features{x, {}};
  const Parameters parameters(metrics::find_metric("leakage").parameters());
  const auto read = [&](std::string_view id) {
    const FeatureMatrix p = metrics::find_probe(id).probabilities(
        {features, labels, 2, features, parameters, Rng(1, "probe")});
    std::size_t right = 0;
    for (Eigen::Index i = 0; i < p.rows(); ++i) {
      if ((p(i, 1) > p(i, 0)) == (labels[static_cast<std::size_t>(i)] == 1)) ++right;
    }
    return right;
  };
  CHECK(read("mlp") == 200);
  CHECK(read(metrics::kLinearProbe) < 160);
}
